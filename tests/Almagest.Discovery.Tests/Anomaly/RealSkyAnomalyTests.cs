using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly;

/// <summary>What the advised recipe finds among the real stars within 100 pc.</summary>
public sealed class RealSkyAnomalyTests
{
    [Fact]
    public void The_advised_recipe_finds_white_dwarfs_fast_stars_and_giants()
    {
        var (stars, flagged) = Flag(FeatureRecipes.ForAnomalies, 0.1);
        var absolute = stars.Magnitude.Zip(stars.ParallaxMas, (m, p) => m + 5 * Math.Log10(p) - 10).ToArray();
        Assert.Equal(1, Recall(flagged, i => Speed(stars, i) > 200));
        Assert.True(Recall(flagged, i => absolute[i] > 10 && stars.Color[i] < 1.5) > 0.9);
        Assert.True(Recall(flagged, i => absolute[i] < 3.5 && stars.Color[i] > 0.8) > 0.65);
    }

    [Fact]
    public void The_default_recipe_finds_fast_stars_at_the_default_contamination()
    {
        var (stars, flagged) = Flag(FeatureRecipes.Default, 0.05);
        Assert.Equal(619, flagged.Count(f => f));
        Assert.True(Recall(flagged, i => Speed(stars, i) > 200) > 0.9);
    }

    private static (StarColumns, bool[]) Flag(string recipe, double contamination)
    {
        var stars = GaiaSample.Load();
        var result = IsolationForestAlgorithm.Instance.Detect(
            FeaturePipeline.Prepare(stars, FeatureRecipes.Get(recipe)).Matrix,
            new IsolationForestParameters { Contamination = contamination }
        );
        return (stars, [.. Enumerable.Range(0, stars.Count).Select(result.IsAnomaly)]);
    }

    private static double Speed(StarColumns s, int i) => 4.74047 * double.Hypot(s.PmraMasYr[i], s.PmdecMasYr[i]) / s.ParallaxMas[i];

    private static double Recall(bool[] flagged, Func<int, bool> wanted)
    {
        var those = Enumerable.Range(0, flagged.Length).Where(wanted).ToArray();
        Assert.True(those.Length > 10);
        return those.Count(i => flagged[i]) / (double)those.Length;
    }
}
