using System.Globalization;
using Almagest.Discovery.Features;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>
/// The published cuts on the quality of Gaia's solutions: how well the astrometry fits, whether BP and RP are blended or contaminated, and
/// whether the parallax is significant.
/// </summary>
/// <remarks>
/// DR3 and EDR3: RUWE &lt; 1.4 (Lindegren 2018, GAIA-C3-TN-LU-LL-124; Lindegren et al. 2021, A&amp;A 649, A2), the corrected excess
/// factor C* within 3 σ of 0 (Riello et al. 2021, A&amp;A 649, A3, equations 6 and 18, table 2). DR2: u &lt; 1.2 max(1, exp(-0.2 (G -
/// 19.5))), or RUWE where it is given,
/// and 1.0 + 0.015 (BP-RP)² &lt; E &lt; 1.3 + 0.06 (BP-RP)² (Lindegren et al. 2018, A&amp;A 616, A2, equations C.1 and
/// C.2; Arenou et al. 2018, A&amp;A 616, A17). Both: parallax / error of at least 5.
/// </remarks>
internal static class GaiaQuality
{
    /// <summary>The release follows from the dataset; what is stored with a run names it.</summary>
    public const string Gaia = "gaia";

    public const string Dr2 = "gaia_dr2";

    public const string Dr3 = "gaia_dr3";

    public const double MostRuwe = 1.4;

    public const double MostSigmas = 3;

    public const double LeastParallaxOverError = DistanceRule.UsualMinParallaxOverError;

    public static IReadOnlyList<string> All { get; } = [Gaia, Dr2, Dr3];

    /// <summary>DR2's columns of the fit, by their names in Gaia's archive and in VizieR's copy.</summary>
    internal static readonly string[] Chi2Names = ["astrometric_chi2_al", "chi2AL"];

    internal static readonly string[] ObservationNames = ["astrometric_n_good_obs_al", "NgAL"];

    /// <summary>The corrected BP/RP excess factor (Riello et al. 2021, equation 6, table 2).</summary>
    public static double CorrectedExcess(double excess, double color) => excess - BpRpExcess.Of(color);

    /// <summary>Its scatter among good sources (Riello et al. 2021, equation 18).</summary>
    public static double ExcessScatter(double magnitude) => BpRpExcess.Scatter(magnitude);

    /// <summary>The cuts of a release, in the order in which they are counted.</summary>
    /// <param name="quality"><see cref="Dr2"/> or <see cref="Dr3"/></param>
    internal static IReadOnlyList<QualityCut> Cuts(string quality) =>
        quality == Dr2
            ?
            [
                new(
                    "astrometry",
                    "RUWE < 1.4, or where it is not given u < 1.2 max(1, exp(-0.2 (G - 19.5)))",
                    bind =>
                        $"case when ruwe is not null then ruwe < {bind(MostRuwe)} "
                        + $"when {Extra(ObservationNames)} > 5 and abs({Extra(Chi2Names)}) < 1e12 and abs(magnitude) < 100 "
                        + $"then {Extra(Chi2Names)} / ({Extra(ObservationNames)} - 5) < power({bind(1.2)}, 2) * "
                        + $"greatest(1, exp(-0.4 * (magnitude - {bind(19.5)}))) else false end"
                ),
                new(
                    "excess_factor",
                    "1.0 + 0.015 (BP-RP)² < E < 1.3 + 0.06 (BP-RP)²",
                    bind =>
                        "case when abs(color) < 100 then "
                        + $"phot_bp_rp_excess_factor > {bind(1.0)} + {bind(0.015)} * color * color and "
                        + $"phot_bp_rp_excess_factor < {bind(1.3)} + {bind(0.06)} * color * color else false end"
                ),
                Parallax,
            ]
            :
            [
                new("ruwe", "RUWE < 1.4", bind => $"ruwe < {bind(MostRuwe)}"),
                new(
                    "excess_factor",
                    "|C*| < 3 σ",
                    bind =>
                        "case when abs(color) < 100 and abs(phot_bp_rp_excess_factor) < 1e6 and magnitude >= 0 and magnitude < 100 then "
                        + "abs(phot_bp_rp_excess_factor - case "
                        + "when color < 0.5 then 1.154360 + 0.033772 * color + 0.032277 * color * color "
                        + "when color < 4 then 1.162004 + 0.011464 * color + 0.049255 * color * color - 0.005879 * color * color * color "
                        + "else 1.057572 + 0.140537 * color end) "
                        + $"< {bind(MostSigmas)} * (0.0059898 + 8.817481e-12 * power(magnitude, 7.618399::double precision)) else false end"
                ),
                Parallax,
            ];

    private static QualityCut Parallax { get; } =
        new(
            "parallax_over_error",
            string.Create(CultureInfo.InvariantCulture, $"parallax / error ≥ {LeastParallaxOverError}"),
            bind =>
                $"case when abs(parallax_mas) <= 1e100 and {FeatureSql.HasParallaxError} and parallax_error_mas <= 1e100 "
                + $"then parallax_mas / parallax_error_mas >= {bind(LeastParallaxOverError)} else false end"
        );

    /// <summary>The condition that a star fulfils all of them.</summary>
    internal static string Where(string quality, NpgsqlCommand command) =>
        string.Join(" and ", Cuts(quality).Select(c => $"coalesce({c.Sql(value => Bind(command, value))}, false)"));

    internal static string Bind(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return $"${command.Parameters.Count}";
    }

    // The names are ours: they need no parameter.
    private static string Extra(string[] names) =>
        "coalesce("
        + string.Join(
            ", ",
            names.Select(n => $"case when jsonb_typeof(extra -> '{n}') = 'number' then (extra ->> '{n}')::double precision end")
        )
        + ")";

    /// <summary>The release and its cuts in words.</summary>
    internal static string Describe(string quality) =>
        quality == Gaia
            ? "Gaia's quality cuts"
            : $"Gaia {(quality == Dr2 ? "DR2" : "DR3")} quality ({string.Join("; ", Cuts(quality).Select(c => c.Words))})";
}

/// <summary>One cut.</summary>
/// <param name="Name">as in JSON</param>
/// <param name="Words">what stays</param>
/// <param name="Sql">the condition over <c>stars</c>, given how to bind a value</param>
internal sealed record QualityCut(string Name, string Words, Func<Func<object, string>, string> Sql);
