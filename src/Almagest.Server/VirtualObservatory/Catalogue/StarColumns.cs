using Almagest.Adql.Schema;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>The columns of a star, with the words that VO clients know them by (UCD1+ 1.5, VOUnits 1.0).</summary>
internal static class StarColumns
{
    public static readonly PublishedColumn StarId = new("star_id", PublishedType.Integer, "{0}.star_id", null, "meta.id", "Almagest's own id of the star, within one ledger", Indexed: true);

    public static readonly IReadOnlyList<PublishedColumn> All =
    [
        StarId,
        new("source_id", PublishedType.Text, "{0}.source_id", null, "meta.id;meta.main", "the catalogue's own id", Principal: true, Indexed: true),
        new("ra_deg", PublishedType.Double, "{0}.ra_deg", "deg", "pos.eq.ra;meta.main", "right ascension, ICRS", Principal: true, Indexed: true),
        new("dec_deg", PublishedType.Double, "{0}.dec_deg", "deg", "pos.eq.dec;meta.main", "declination, ICRS", Principal: true, Indexed: true),
        new("parallax_mas", PublishedType.Double, "{0}.parallax_mas", "mas", "pos.parallax.trig", "parallax", Principal: true),
        new("parallax_error_mas", PublishedType.Double, "{0}.parallax_error_mas", "mas", "stat.error;pos.parallax.trig", "standard error of the parallax"),
        new("pmra_mas_yr", PublishedType.Double, "{0}.pmra_mas_yr", "mas/yr", "pos.pm;pos.eq.ra", "proper motion in right ascension times cos(dec)", Principal: true),
        new("pmdec_mas_yr", PublishedType.Double, "{0}.pmdec_mas_yr", "mas/yr", "pos.pm;pos.eq.dec", "proper motion in declination", Principal: true),
        new("magnitude", PublishedType.Double, "{0}.magnitude", "mag", "phot.mag", "magnitude in the dataset's main band", Principal: true),
        new("color", PublishedType.Double, "{0}.color", "mag", "phot.color", "colour index", Principal: true),
        new("radial_velocity_km_s", PublishedType.Double, "{0}.radial_velocity_km_s", "km/s", "spect.dopplerVeloc", "radial velocity"),
        new("ruwe", PublishedType.Double, "{0}.ruwe", null, "stat.error", "Gaia's renormalised unit weight error"),
        new("healpix_29", PublishedType.Integer, "{0}.healpix_29", null, "pos.healpix", "HEALPix cell of the position, nested scheme, order 29", Indexed: true),
    ];

    public const string Cell = "{0}.healpix_29";
}
