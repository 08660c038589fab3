namespace Almagest.Catalog.Mapping;

/// <summary>The fields of a star that a catalogue's columns are mapped to; their names are what users write in <c>--map</c>.</summary>
public static class StarField
{
    /// <summary>The catalogue's own identifier, text. Without it the row number (from 1) is used.</summary>
    public const string SourceId = "source_id";

    /// <summary>Right ascension, degrees in [0, 360). Required.</summary>
    public const string RaDeg = "ra_deg";

    /// <summary>Declination, degrees in [-90, 90]. Required.</summary>
    public const string DecDeg = "dec_deg";

    /// <summary>Parallax, mas; may be zero or negative, as measured.</summary>
    public const string ParallaxMas = "parallax_mas";

    /// <summary>Standard error of the parallax, mas.</summary>
    public const string ParallaxErrorMas = "parallax_error_mas";

    /// <summary>Proper motion in right ascension times cos(dec), mas/yr.</summary>
    public const string PmraMasYr = "pmra_mas_yr";

    /// <summary>Proper motion in declination, mas/yr.</summary>
    public const string PmdecMasYr = "pmdec_mas_yr";

    /// <summary>Apparent magnitude in the catalogue's main band.</summary>
    public const string Magnitude = "magnitude";

    /// <summary>Colour index (BP-RP, B-V …), mag.</summary>
    public const string Color = "color";

    /// <summary>Radial velocity, km/s.</summary>
    public const string RadialVelocityKmS = "radial_velocity_km_s";

    /// <summary>Renormalised unit weight error of Gaia's astrometric solution.</summary>
    public const string Ruwe = "ruwe";

    /// <summary>Standard error of the right ascension times cos(dec), mas.</summary>
    public const string RaError = "ra_error";

    /// <summary>Standard error of the declination, mas.</summary>
    public const string DecError = "dec_error";

    /// <summary>Standard error of <see cref="PmraMasYr"/>, mas/yr.</summary>
    public const string PmraError = "pmra_error";

    /// <summary>Standard error of <see cref="PmdecMasYr"/>, mas/yr.</summary>
    public const string PmdecError = "pmdec_error";

    /// <summary>Correlation of the errors of two of the five astrometric parameters, -1 to 1.</summary>
    public const string RaDecCorr = "ra_dec_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string RaParallaxCorr = "ra_parallax_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string RaPmraCorr = "ra_pmra_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string RaPmdecCorr = "ra_pmdec_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string DecParallaxCorr = "dec_parallax_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string DecPmraCorr = "dec_pmra_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string DecPmdecCorr = "dec_pmdec_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string ParallaxPmraCorr = "parallax_pmra_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string ParallaxPmdecCorr = "parallax_pmdec_corr";

    /// <inheritdoc cref="RaDecCorr"/>
    public const string PmraPmdecCorr = "pmra_pmdec_corr";

    /// <summary>Flux in BP and RP over that in G, as Gaia publishes it.</summary>
    public const string PhotBpRpExcessFactor = "phot_bp_rp_excess_factor";

    /// <summary>Standard error of the radial velocity, km/s.</summary>
    public const string RadialVelocityError = "radial_velocity_error";

    /// <summary>Julian year for which the row's position holds; rows without one take the table's.</summary>
    public const string Epoch = "epoch";

    /// <summary>Truth, from the user: 1 where the star is known to be an outlier, else 0.</summary>
    public const string LabelOutlier = "label_outlier";

    /// <summary>Truth: what kind of star or outlier it is, text.</summary>
    public const string LabelKind = "label_kind";

    /// <summary>Truth: the cluster it is known to belong to, text.</summary>
    public const string LabelCluster = "label_cluster";

    public static IReadOnlyList<string> All { get; } =
    [
        SourceId,
        RaDeg,
        DecDeg,
        ParallaxMas,
        ParallaxErrorMas,
        PmraMasYr,
        PmdecMasYr,
        Magnitude,
        Color,
        RadialVelocityKmS,
        Ruwe,
        .. FurtherField.All.Select(f => f.Name),
        Epoch,
        LabelOutlier,
        LabelKind,
        LabelCluster,
    ];

    /// <summary>Units that a field is converted from, for people.</summary>
    internal static string Units(string field) =>
        field switch
        {
            RaDeg => "deg, hours, rad, arcmin, arcsec or mas",
            DecDeg => "deg, rad, arcmin, arcsec or mas",
            ParallaxMas or ParallaxErrorMas => "mas, arcsec, uas or deg",
            PmraMasYr => "mas/yr, arcsec/yr, arcsec/century, deg/yr or s/yr",
            PmdecMasYr => "mas/yr, arcsec/yr, arcsec/century or deg/yr",
            Magnitude or Color => "mag or mmag",
            RadialVelocityKmS or RadialVelocityError => "km/s, m/s or cm/s",
            RaError or DecError => "mas, uas, arcsec or deg",
            PmraError => Units(PmraMasYr),
            PmdecError => Units(PmdecMasYr),
            Epoch => "yr",
            _ => "none",
        };

    /// <summary>The field that a name means: other names are accepted for two that have their unit in it.</summary>
    public static string Named(string name) =>
        name switch
        {
            "parallax_error" => ParallaxErrorMas,
            "radial_velocity" => RadialVelocityKmS,
            _ => name,
        };

    internal static bool IsText(string field) => field is SourceId or LabelKind or LabelCluster;
}
