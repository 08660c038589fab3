using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Sky;

namespace Almagest.Discovery.Recovery;

/// <summary>The unit of contrast of one trait: how far ordinary stars of the selection lie apart in it.</summary>
/// <param name="Spread">half the width of the central 68.27 % of the stars: the standard deviation of a Gaussian, unmoved by
/// outliers</param>
/// <param name="Unit">mag, km/s or mas/yr</param>
/// <param name="Stars">stars that it was measured on</param>
public sealed record TraitSpread(OutlierTrait Trait, double Spread, string Unit, int Stars)
{
    private const double LowPercent = 15.865525393145708,
        HighPercent = 100 - LowPercent;

    /// <summary>Whether the trait is a velocity, so that a displacement becomes a proper motion by the star's distance.</summary>
    public bool IsVelocity => Unit == "km/s";

    /// <param name="recipe">of the run: with features that use the distance, motions are velocities and magnitudes absolute ones</param>
    /// <exception cref="DiscoveryException">the selection does not have the columns, or all stars are alike in it</exception>
    public static TraitSpread Of(StarColumns stars, OutlierTrait trait, FeatureRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(recipe);
        var (spread, unit, known) = trait switch
        {
            OutlierTrait.Color => Of(stars.Color, "mag"),
            OutlierTrait.Magnitude => Of(Uses(recipe, StarColumn.Magnitude) ? Absolute(stars) : stars.Magnitude, "mag"),
            _ => Motion(stars, Uses(recipe, StarColumn.Pmra)),
        };
        if (!(spread > 0 && double.IsFinite(spread)))
        {
            throw new DiscoveryException(
                known == 0
                    ? $"No star of the selection has what an outlier in {trait.Name()} needs. Choose other traits, or another selection."
                    : $"The {known} stars of the selection that have it are all alike in {trait.Name()}: there is no spread to "
                        + $"measure contrast by."
            );
        }
        return new TraitSpread(trait, spread, unit, known);
    }

    private static bool Uses(FeatureRecipe recipe, StarColumn column) =>
        recipe.Features.Any(f => f.UsesDistance && f.Needs.Contains(column));

    private static double[] Absolute(StarColumns stars) =>
        [.. stars.Magnitude.Zip(stars.ParallaxMas, (m, p) => IsDistance(p) ? m + 5 * Math.Log10(p) - 10 : double.NaN)];

    private static (double Spread, string Unit, int Known) Motion(StarColumns stars, bool velocities)
    {
        // Both components of one motion: the root of their mean square.
        var (ra, unit, known) = Of(velocities ? Velocity(stars.PmraMasYr, stars) : stars.PmraMasYr, velocities ? "km/s" : "mas/yr");
        var (dec, _, _) = Of(velocities ? Velocity(stars.PmdecMasYr, stars) : stars.PmdecMasYr, unit);
        return (Math.Sqrt((ra * ra + dec * dec) / 2), unit, known);
    }

    private static double[] Velocity(double[] motion, StarColumns stars) =>
        [.. motion.Zip(stars.ParallaxMas, (m, p) => IsDistance(p) ? Constants.AuPerYearKmS * m / p : double.NaN)];

    internal static bool IsDistance(double parallax) => parallax >= DistanceRule.MinParallaxMas && parallax <= FeaturePipeline.MaxMagnitude;

    private static (double Spread, string Unit, int Known) Of(double[] values, string unit)
    {
        var known = values.Where(v => Math.Abs(v) <= FeaturePipeline.MaxMagnitude).ToArray();
        return known.Length == 0
            ? (double.NaN, unit, 0)
            : ((OrderStatistics.Percentile(known, HighPercent) - OrderStatistics.Percentile(known, LowPercent)) / 2, unit, known.Length);
    }
}
