using Almagest.Catalog.Mapping;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of a star, as its catalogue has them.</summary>
public static class StarColumns
{
    public static Column StarId { get; } = Integer("star_id", "meta.id", "Almagest's own id of the star, within one ledger");

    public static Column DatasetId { get; } = Integer("dataset_id", "meta.id;meta.dataset", "number of the dataset, within one ledger");

    /// <summary>The stored columns of <c>stars</c>, but for the dataset and the extra columns of its file.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        StarId,
        UnicodeText("source_id", "meta.id;meta.main", "the catalogue's own id"),
        Double("ra_deg", "deg", "pos.eq.ra;meta.main", "right ascension, ICRS"),
        Double("dec_deg", "deg", "pos.eq.dec;meta.main", "declination, ICRS"),
        Double("parallax_mas", "mas", "pos.parallax.trig", "parallax"),
        Double("parallax_error_mas", "mas", "stat.error;pos.parallax.trig", "standard error of the parallax"),
        Double("pmra_mas_yr", "mas/yr", "pos.pm;pos.eq.ra", "proper motion in right ascension times cos(dec)"),
        Double("pmdec_mas_yr", "mas/yr", "pos.pm;pos.eq.dec", "proper motion in declination"),
        Double("magnitude", "mag", "phot.mag", "magnitude in the dataset's main band"),
        Double("color", "mag", "phot.color", "colour index"),
        Double("radial_velocity_km_s", "km/s", "spect.dopplerVeloc", "radial velocity"),
        Double("ruwe", null, "stat.fit.goodness", "Gaia's renormalised unit weight error"),
        .. FurtherField.All.Select(f => Double(f.Name, f.Unit, f.Ucd, f.Description)),
        Integer("healpix_29", "pos.healpix", "HEALPix cell of the position, nested scheme, order 29"),
    ];

    /// <summary>The cell of the position by the name that HATS gives it.</summary>
    public static Column Place { get; } = Integer("_healpix_29", "pos.healpix", "HEALPix cell of the position, nested scheme, order 29");

    public static Column Extra { get; } = Json("extra", "meta.note", "the other columns of the source table, a JSON object");

    /// <summary>How well the parallax is measured.</summary>
    public static Column ParallaxOverError { get; } =
        Double(
            "parallax_over_error",
            null,
            "stat.snr;pos.parallax.trig",
            "parallax over its standard error; null where the parallax is a mark of missing values (-999), or beyond that of any star"
        );

    /// <summary>Of the answer to a search around a position.</summary>
    public static Column DistanceDeg { get; } = Double("distance_deg", "deg", "pos.angDistance", "angle from the centre");

    /// <summary>Of two catalogues joined by position.</summary>
    public static Column SeparationArcsec { get; } =
        Double("separation_arcsec", "arcsec", "pos.angDistance", "angle between the two stars, at the common epoch where there is one");
}
