using System.Globalization;
using Almagest.Discovery.Identification;

namespace Almagest.Runs.Identification;

/// <summary>What a comparison with known clusters says, in words.</summary>
internal static class IdentificationWords
{
    private const double LargeMotionError = 0.5,
        LargeParallaxError = 0.15;

    /// <summary>The verdict as it is stored.</summary>
    public static string Of(NamingVerdict verdict) =>
        verdict switch
        {
            NamingVerdict.Identified => "identified",
            NamingVerdict.Possible => "possible",
            NamingVerdict.PositionOnly => "position_only",
            NamingVerdict.Ambiguous => "ambiguous",
            NamingVerdict.Shared => "shared",
            NamingVerdict.New => "new",
            _ => "unmatched",
        };

    /// <summary>What could be compared, such as <c>position, motion, parallax, members</c>.</summary>
    public static string Basis(ClusterFit fit) =>
        string.Join(
            ", ",
            (
                (string?[])
                    [
                        "position",
                        fit.MotionSigma is null ? null : "motion",
                        fit.ParallaxSigma is null ? null : "parallax",
                        fit.Members is null ? null : "members",
                    ]
            ).OfType<string>()
        );

    public static string Sentence(NamedGroup named, string catalogue)
    {
        if (named.Best is not { } best)
            return named.Verdict == NamingVerdict.New
                ? $"Nothing in {catalogue} fits, though it has clusters with motions and parallaxes all around this place: not in "
                    + $"{catalogue}. Other catalogues may know it.{Nearest(named)}"
                : $"Nothing in {catalogue} fits. That does not make it new: {string.Join("; ", named.Doubts)}.{Nearest(named)}";
        var name = best.Known.Name;
        var how = $"{Differences(best)}{Members(best)}";
        var chance = best.ExpectedByChance is { } expected
            ? $" By chance {Chance(expected)} {(Chance(expected) == "1" ? "cluster" : "clusters")} of {catalogue} would fit so closely."
            : "";
        return named.Verdict switch
        {
            NamingVerdict.Identified => $"{name}: {how}.{chance}",
            NamingVerdict.PositionOnly =>
                $"{name} lies here, and nothing but its position can be compared: {how}.{chance} Whether it is the same cluster "
                    + "cannot be said.",
            NamingVerdict.Ambiguous => $"{List(named)} {(best.HasAstrometry ? "fit about as well" : "lie here")}; the best, {name}: "
                + $"{how}.{chance}{Alone(best)}",
            NamingVerdict.Shared =>
                $"{name} {(best.HasAstrometry ? "fits" : "lies here")}, and fits {Clusters(named.AlsoFits)} of this run as well or better: "
                    + $"parts of one cluster, or it is one of them. {Capital(how)}.{chance}{Alone(best)}",
            _ => $"Perhaps {name}: {how}.{chance}{Broad(best)}{Common(best)}",
        };
    }

    private static string Alone(ClusterFit fit) => fit.HasAstrometry ? "" : " Nothing but positions can be compared.";

    private static string List(NamedGroup named)
    {
        var all = named.AsGood.Select(f => f.Known.Name).ToList();
        return named.AsGoodCount > all.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", all)} and {named.AsGoodCount - all.Count} more")
            : $"{string.Join(", ", all.SkipLast(1))} and {all[^1]}";
    }

    private static string Broad(ClusterFit fit) =>
        fit.IsBroad ? " The motions of its members spread much wider than a cluster's: it holds more than a cluster." : "";

    private static string Common(ClusterFit fit) =>
        fit.IsCommon ? " Most clusters of the catalogue around would agree as well: that this one does says little." : "";

    private static string Nearest(NamedGroup named) =>
        named.Others.Count == 0
            ? named.NearestDeg is { } away
                ? $" Nothing is near: {Angle(away)} to the nearest."
                : ""
            : $" The nearest, {named.Others[0].Known.Name}: {Differences(named.Others[0])}{Members(named.Others[0])}.";

    private static string Differences(ClusterFit fit)
    {
        var parts = new List<string>
        {
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Angle(fit.SeparationDeg)} away ({fit.SeparationDeg / fit.RadiusDeg:0.00} of the larger radius)"
            ),
        };
        if (fit is { MotionDifferenceMasYr: { } motion, MotionErrorMasYr: { } motionError })
            parts.Add(
                string.Create(CultureInfo.InvariantCulture, $"motions differ by {motion:0.00} mas/yr ")
                    + Against(fit.MotionSigma, motionError, LargeMotionError, "mas/yr")
            );
        if (fit is { ParallaxDifferenceMas: { } parallax, ParallaxErrorMas: { } parallaxError })
            parts.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"parallaxes {(parts.Count > 1 ? "" : "differ ")}by {Math.Abs(parallax):0.000} mas "
                ) + Against(fit.ParallaxSigma, parallaxError, LargeParallaxError, "mas")
            );
        return string.Join(", ", parts);
    }

    // Beside a large difference "0.0 σ" reads as a mistake unless it is said how large a σ is.
    private static string Against(double? sigma, double error, double large, string unit)
    {
        var width = string.Create(CultureInfo.InvariantCulture, $"σ {Math.Round(error, error >= 10 ? 0 : 1):0.#} {unit}");
        return sigma is not { } known ? $"({width}: known too roughly to compare)"
            : error >= large ? $"({Sigma(known)}, {width})"
            : $"({Sigma(known)})";
    }

    private static string Members(ClusterFit fit) =>
        fit.Members is { } m
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; {m.Common} of its {m.Labelled} labelled members in the run (set {m.LabelSet}) are in it"
            )
            : "";

    private static string Angle(double deg) =>
        deg >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{deg:0.0}°")
        : deg >= 1 / 60.0 ? string.Create(CultureInfo.InvariantCulture, $"{60 * deg:0.0}′")
        : string.Create(CultureInfo.InvariantCulture, $"{3600 * deg:0}″");

    private static string Sigma(double sigma) =>
        sigma >= 10
            ? string.Create(CultureInfo.InvariantCulture, $"{sigma:0} σ")
            : string.Create(CultureInfo.InvariantCulture, $"{sigma:0.0} σ");

    private static string Chance(double expected) =>
        expected < 0.0001 ? "fewer than 0.0001"
        : expected < 0.95 ? string.Create(CultureInfo.InvariantCulture, $"{expected:G1}")
        : string.Create(CultureInfo.InvariantCulture, $"{expected:0}");

    private static string Clusters(IReadOnlyList<int> ids) =>
        ids.Count == 1 ? $"cluster {ids[0]}" : $"clusters {string.Join(", ", ids.Take(10))}{(ids.Count > 10 ? " …" : "")}";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
