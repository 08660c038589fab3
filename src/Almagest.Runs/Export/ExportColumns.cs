using Almagest.Contract.Columns;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Export;

/// <summary>The columns of a star that every export of results has.</summary>
internal static class ExportColumns
{
    public static readonly IReadOnlyList<Column> Star = ColumnDictionary.List(
        "star_id",
        "source_id",
        "ra_deg",
        "dec_deg",
        "parallax_mas",
        "pmra_mas_yr",
        "pmdec_mas_yr",
        "magnitude",
        "color"
    );

    public static object?[] Of(Star s, params ReadOnlySpan<object?> more) =>
        [s.StarId, s.SourceId, s.RaDeg, s.DecDeg, s.ParallaxMas, s.PmraMasYr, s.PmdecMasYr, s.Magnitude, s.Color, .. more];

    public static object?[] Of(StarResult r, params ReadOnlySpan<object?> more) =>
        [r.StarId, r.SourceId, r.RaDeg, r.DecDeg, r.ParallaxMas, r.PmraMasYr, r.PmdecMasYr, r.Magnitude, r.Color, .. more];
}
