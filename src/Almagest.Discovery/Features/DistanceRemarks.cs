using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>What the reader of a run must know of its distances.</summary>
internal static class DistanceRemarks
{
    /// <summary>Sentences on distances from parallaxes of a low or unknown precision; none where no feature uses a distance.</summary>
    public static IReadOnlyList<string> Of(StarColumns stars, IReadOnlyList<Feature> features, DistanceRule rule)
    {
        var isStrict = rule is { WithoutErrors: false, MinParallaxOverError: >= DistanceRule.UsualMinParallaxOverError };
        if (isStrict || !features.Any(f => f.UsesDistance))
            return [];
        var (unknown, imprecise) = (0, 0);
        foreach (var (_, tile) in stars.Tiles())
        {
            for (var row = 0; row < tile.Count; row++)
            {
                if (!rule.Holds(tile.ParallaxMas[row], tile.ParallaxErrorMas[row]))
                    continue;
                var lack = DistanceRule.Usual.LackOf(tile.ParallaxMas[row], tile.ParallaxErrorMas[row]);
                unknown += lack == DistanceLack.Error ? 1 : 0;
                imprecise += lack == DistanceLack.Precision ? 1 : 0;
            }
        }
        var remarks = new List<string>();
        if (unknown > 0)
            remarks.Add(Sentence(unknown, stars.Count, "whose error is not known"));
        if (imprecise > 0)
            remarks.Add(Sentence(imprecise, stars.Count, $"below {DistanceRule.UsualMinParallaxOverError} times its error"));
        return remarks;
    }

    private static string Sentence(int some, int all, string which) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{some:N0} of {all:N0} stars {(some == 1 ? "has" : "have")} a distance from a parallax {which}: where it is "
                + $"small, absolute magnitude and velocity are noise."
        );
}
