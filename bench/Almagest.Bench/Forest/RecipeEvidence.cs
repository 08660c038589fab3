using System.Globalization;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Bench.Forest;

/// <summary>Which recipe finds what an astronomer would want: the share of known unusual stars that an isolation forest flags.</summary>
internal static class RecipeEvidence
{
    private static readonly long[] s_seeds = [42, 1, 2, 3, 4];

    public static void Print(string path, TextWriter output)
    {
        var stars = GaiaTable.Read(path);
        var absolute = Enumerable
            .Range(0, stars.Count)
            .Select(i => stars.Magnitude[i] + 5 * Math.Log10(stars.ParallaxMas[i]) - 10)
            .ToArray();
        var speed = Enumerable
            .Range(0, stars.Count)
            .Select(i =>
                Constants.AuPerYearKmS * Math.Sqrt(Square(stars.PmraMasYr[i]) + Square(stars.PmdecMasYr[i])) / stars.ParallaxMas[i]
            )
            .ToArray();
        (string Name, bool[] Is)[] truths =
        [
            ("white dwarfs", [.. absolute.Select((m, i) => m > 10 && stars.Color[i] < 1.5)]),
            ("faster than 200 km/s", [.. speed.Select(v => v > 200)]),
            ("giants", [.. absolute.Select((m, i) => m < 3.5 && stars.Color[i] > 0.8)]),
        ];
        output.WriteLine($"| recipe | contamination | {string.Join(" | ", truths.Select(t => $"{t.Name} ({t.Is.Count(x => x)})"))} |");
        output.WriteLine($"| --- | ---: |{string.Concat(truths.Select(_ => " ---: |"))}");
        foreach (
            var recipe in new[]
            {
                "default",
                "classic",
                "photometric",
                "kinematic",
                "photometric+kinematic",
                "population",
                "luminosity",
                "deep",
                "cluster5d",
                "spatial",
            }
        )
        {
            var matrix = FeaturePipeline.Prepare(stars, FeatureRecipes.Get(recipe)).Matrix;
            var scores = s_seeds
                .Select(seed =>
                    IsolationForestModel.Grow(matrix, new IsolationForestParameters { RandomState = seed }).ScoreSamples(matrix)
                )
                .ToList();
            foreach (var contamination in new[] { 0.02, 0.05, 0.1 })
            {
                var results = scores.ConvertAll(s => AnomalyResult.FromScores(s, contamination));
                var recalls = truths.Select(t => Range(results.ConvertAll(r => Recall(r, t.Is))));
                output.WriteLine($"| {recipe} | {contamination} | {string.Join(" | ", recalls)} |");
            }
        }
    }

    private static double Recall(AnomalyResult result, bool[] truth) =>
        Enumerable.Range(0, truth.Length).Count(i => truth[i] && result.IsAnomaly(i)) / (double)truth.Count(x => x);

    private static string Range(List<double> values) =>
        values.Max() - values.Min() < 0.0005
            ? values[0].ToString("F3", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{values.Min():F3} to {values.Max():F3}");

    private static double Square(double x) => x * x;
}
