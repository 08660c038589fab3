using Almagest.Catalog;
using Almagest.Ledger.Model;
using Almagest.Ledger.Runs;

namespace Almagest.Ledger.Export;

/// <summary>The columns of a star that every export has, with units as VOUnits and astropy write them.</summary>
static class ExportColumns
{
    public static readonly IReadOnlyList<CatalogColumn> Star =
    [
        new("star_id", ColumnType.Int64, Description: "Almagest's own id of the star, within one ledger"),
        new("source_id", ColumnType.Text, Description: "the catalogue's own id"),
        new("ra_deg", ColumnType.Double, "deg", Description: "right ascension, ICRS"),
        new("dec_deg", ColumnType.Double, "deg", Description: "declination, ICRS"),
        new("parallax_mas", ColumnType.Double, "mas", Description: "parallax"),
        new("pmra_mas_yr", ColumnType.Double, "mas/yr", Description: "proper motion in right ascension times cos(dec)"),
        new("pmdec_mas_yr", ColumnType.Double, "mas/yr", Description: "proper motion in declination"),
        new("magnitude", ColumnType.Double, "mag", Description: "magnitude in the dataset's main band"),
        new("color", ColumnType.Double, "mag", Description: "colour index"),
    ];

    public static object?[] Of(Star s, params ReadOnlySpan<object?> more) =>
        [s.StarId, s.SourceId, s.RaDeg, s.DecDeg, s.ParallaxMas, s.PmraMasYr, s.PmdecMasYr, s.Magnitude, s.Color, .. more];

    public static object?[] Of(StarResult r, params ReadOnlySpan<object?> more) =>
        [r.StarId, r.SourceId, r.RaDeg, r.DecDeg, r.ParallaxMas, r.PmraMasYr, r.PmdecMasYr, r.Magnitude, r.Color, .. more];
}
