namespace Almagest.Catalog.Mapping;

/// <summary>What a number can be; anything else is not a value of it.</summary>
public enum FieldKind
{
    /// <summary>A standard error: positive.</summary>
    Error,

    /// <summary>A correlation coefficient: from -1 to 1.</summary>
    Correlation,

    /// <summary>A ratio of positive quantities.</summary>
    Ratio,
}

/// <summary>
/// The errors, correlations and marks of quality of a star: numbers that everything treats alike. This table is the one place that says
/// what they are. A value that its kind does not allow is missing, and counted.
/// </summary>
/// <param name="Name">one of <see cref="StarField.All"/>, and the name of the column that keeps it</param>
/// <param name="Unit">in the style of VOUnit; null where it has none</param>
/// <param name="Ucd">UCD1+</param>
/// <param name="Description">in one line without a final full stop</param>
/// <param name="Label">a few words, with the unit</param>
/// <param name="Of">the field whose error it is; null where it is none</param>
public sealed record FurtherField(
    string Name,
    FieldKind Kind,
    string? Unit,
    string Ucd,
    string Description,
    string Label,
    string? Of = null
)
{
    /// <summary>The names under which catalogues publish it, best first.</summary>
    internal string[] Names { get; private init; } = [];

    public static IReadOnlyList<FurtherField> All { get; } =
    [
        Error(StarField.RaError, StarField.RaDeg, "mas", "pos.eq.ra", "right ascension, times cos(dec)", "RA error (mas)") with
        {
            Names =
            [
                "ra_error",
                "e_RA_ICRS",
                "e_RAdeg",
                "e_RAICRS",
                "e_RAmdeg",
                "e_RArad",
                "e_RAJ2000",
                "e_RA",
                "ra_err",
                "ra_error_mas",
                "sigma_ra",
            ],
        },
        Error(StarField.DecError, StarField.DecDeg, "mas", "pos.eq.dec", "declination", "Dec error (mas)") with
        {
            Names =
            [
                "dec_error",
                "e_DE_ICRS",
                "e_DEdeg",
                "e_DEICRS",
                "e_DEmdeg",
                "e_DErad",
                "e_DEJ2000",
                "e_DE",
                "e_Dec",
                "dec_err",
                "dec_error_mas",
                "sigma_dec",
            ],
        },
        Error(
            StarField.PmraError,
            StarField.PmraMasYr,
            "mas/yr",
            "pos.pm;pos.eq.ra",
            "proper motion in right ascension times cos(dec)",
            "pmRA error (mas/yr)"
        ) with
        {
            Names = ["pmra_error", "e_pmRA", "pmra_err", "e_pm_ra", "pm_ra_error", "e_mua", "sigma_pmra", "pmra_error_mas_yr"],
        },
        Error(
            StarField.PmdecError,
            StarField.PmdecMasYr,
            "mas/yr",
            "pos.pm;pos.eq.dec",
            "proper motion in declination",
            "pmDec error (mas/yr)"
        ) with
        {
            Names =
            [
                "pmdec_error",
                "e_pmDE",
                "e_pmDec",
                "pmdec_err",
                "pmde_err",
                "e_pm_dec",
                "e_pm_de",
                "pm_dec_error",
                "e_mud",
                "sigma_pmdec",
            ],
        },
        Correlation(StarField.RaDecCorr, "right ascension", "declination", "RADEcor", "DE:RA"),
        Correlation(StarField.RaParallaxCorr, "right ascension", "parallax", "RAPlxcor", "Plx:RA"),
        Correlation(StarField.RaPmraCorr, "right ascension", "proper motion in right ascension", "RApmRAcor", "pmRA:RA"),
        Correlation(StarField.RaPmdecCorr, "right ascension", "proper motion in declination", "RApmDEcor", "pmDE:RA"),
        Correlation(StarField.DecParallaxCorr, "declination", "parallax", "DEPlxcor", "Plx:DE"),
        Correlation(StarField.DecPmraCorr, "declination", "proper motion in right ascension", "DEpmRAcor", "pmRA:DE"),
        Correlation(StarField.DecPmdecCorr, "declination", "proper motion in declination", "DEpmDEcor", "pmDE:DE"),
        Correlation(StarField.ParallaxPmraCorr, "parallax", "proper motion in right ascension", "PlxpmRAcor", "pmRA:Plx"),
        Correlation(StarField.ParallaxPmdecCorr, "parallax", "proper motion in declination", "PlxpmDEcor", "pmDE:Plx"),
        Correlation(
            StarField.PmraPmdecCorr,
            "proper motion in right ascension",
            "proper motion in declination",
            "pmRApmDEcor",
            "pmDE:pmRA"
        ),
        new(
            StarField.PhotBpRpExcessFactor,
            FieldKind.Ratio,
            null,
            "arith.factor;phot.flux",
            "Gaia's flux in BP and RP over that in G, as published, without a correction for colour",
            "BP/RP excess factor"
        )
        {
            // VizieR's table of DR2 says BR. E(BP-RP) is another thing, a reddening.
            Names = ["phot_bp_rp_excess_factor", "E(BP/RP)", "E(BR/RP)", "E_BR_RP_", "bp_rp_excess_factor"],
        },
        Error(
            StarField.RadialVelocityError,
            StarField.RadialVelocityKmS,
            "km/s",
            "spect.dopplerVeloc",
            "radial velocity",
            "radial velocity error (km/s)"
        ) with
        {
            Names =
            [
                "radial_velocity_error",
                "dr2_radial_velocity_error",
                "e_RV",
                "e_RVel",
                "e_HRV",
                "e_RadVel",
                "eHRV",
                "rv_err",
                "rv_error",
                "rvz_err",
                "rvz_error",
                "e_rv_galah",
                "hrv_error_sparv",
                "radial_velocity_err",
            ],
        },
    ];

    /// <summary>Its place in <see cref="All"/>; -1 where it is none of these fields.</summary>
    public static int IndexOf(string name)
    {
        for (var i = 0; i < All.Count; i++)
            if (All[i].Name == name)
                return i;
        return -1;
    }

    /// <summary>The field that a column of that name becomes; null where it becomes none of these.</summary>
    public static FurtherField? OfColumn(string name) => All.FirstOrDefault(f => f.Names.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Can it be such a value?</summary>
    internal static bool Allows(FieldKind kind, double value) =>
        kind == FieldKind.Correlation ? value is >= -1 and <= 1 : value > 0 && double.IsFinite(value);

    private static FurtherField Error(string name, string of, string unit, string ucd, string what, string label) =>
        new(name, FieldKind.Error, unit, $"stat.error;{ucd}", $"standard error of the {what}", label, of);

    private static FurtherField Correlation(string name, string first, string second, string vizier, string hipparcos) =>
        new(
            name,
            FieldKind.Correlation,
            null,
            "stat.correlation",
            $"correlation of the errors of {first} and {second}",
            name.Replace('_', ' ')
        )
        {
            // What makes identifiers of names writes the colon as an underscore.
            Names = [name, vizier, hipparcos, hipparcos.Replace(':', '_')],
        };
}
