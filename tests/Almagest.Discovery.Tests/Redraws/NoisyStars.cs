using Almagest.Discovery.Features;
using Almagest.Discovery.Tests.Features;

namespace Almagest.Discovery.Tests.Redraws;

/// <summary>Small made-up selections whose stars have errors.</summary>
internal static class NoisyStars
{
    public static StarColumns WithErrors(this StarColumns stars, double error, double? correlation = null) =>
        stars.With(
            new Dictionary<string, double[]>
            {
                ["parallax_error_mas"] = All(stars, error),
                ["pmra_error"] = All(stars, error),
                ["pmdec_error"] = All(stars, error),
                ["ra_error"] = All(stars, error),
                ["dec_error"] = All(stars, error),
                ["parallax_pmra_corr"] = All(stars, correlation ?? double.NaN),
            }
        );

    public static StarColumns Stars(int count, int seed = 1) => MadeStars.Random(count, seed);

    /// <summary>The same stars in another order.</summary>
    public static StarColumns Reversed(this StarColumns stars) => stars.Take([.. Enumerable.Range(0, stars.Count).Reverse()]);

    public static PreparedFeatures Prepare(this StarColumns stars, string recipe, DistanceRule? distances = null) =>
        FeaturePipeline.Prepare(
            stars,
            FeatureRecipes.Get(recipe),
            new FeatureOptions { ExcludeMissing = true, Distances = distances ?? DistanceRule.Usual }
        );

    /// <summary>A number of the standard normal distribution.</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] All(StarColumns stars, double value) => [.. Enumerable.Repeat(value, stars.Count)];
}
