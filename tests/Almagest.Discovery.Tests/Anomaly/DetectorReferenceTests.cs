using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ExtendedIsolationForest;
using Almagest.Discovery.Anomaly.Knn;
using Almagest.Discovery.Anomaly.Lof;
using Almagest.Discovery.Anomaly.Mcd;
using Almagest.Discovery.Features;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly;

/// <summary>The detectors beside scikit-learn and a plain reference, on the real stars within 100 pc and on made ones.</summary>
public sealed class DetectorReferenceTests
{
    public static TheoryData<string> Tables { get; } = ["population", "kinematic", "default", "made"];

    [Theory]
    [InlineData("population", 5)]
    [InlineData("population", 20)]
    [InlineData("kinematic", 200)]
    [InlineData("default", 20)]
    [InlineData("made", 1)]
    public void Distances_to_neighbours_are_those_of_scikit_learn(string table, int k)
    {
        var matrix = Table(table);
        var expected = Reference.Answer(matrix, "knn", k);
        AssertNear(expected, KnnAlgorithm.Instance.Detect(matrix, new KnnParameters { NNeighbors = k }).RawScores, 1e-12);
    }

    [Theory]
    [InlineData("population", 20)]
    [InlineData("kinematic", 100)]
    [InlineData("default", 5)]
    [InlineData("made", 35)]
    public void Local_outlier_factors_are_those_of_scikit_learn(string table, int k)
    {
        var matrix = Table(table);
        var expected = Reference.Answer(matrix, "lof", k);
        AssertNear(expected, LofAlgorithm.Instance.Detect(matrix, new LofParameters { NNeighbors = k }).RawScores, 1e-9);
    }

    [Fact]
    public void Factors_are_the_same_where_neighbours_are_looked_for_again()
    {
        var matrix = MadeMatrix.Gaussian(3000, 3);
        var (kept, again) = (new double[3000], new double[3000]);
        new LofModel(matrix, 10, new AlgorithmContext()).Factors(kept);
        new LofModel(matrix, 10, new AlgorithmContext(), mostKeptBytes: 0).Factors(again);
        Assert.Equal(kept, again);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_determinant_is_no_larger_than_scikit_learn_s_and_scores_are_equal_where_the_rows_are(string table)
    {
        var matrix = Table(table);
        var answer = Reference.Answer(matrix, "mcd", 1);
        var model = McdModel.Fit(matrix, new McdParameters(), new AlgorithmContext());
        Assert.True(model.RawLogDeterminant <= answer[0] + 1e-9, $"{model.RawLogDeterminant} against {answer[0]}");
        // Equal determinants are those of the same rows.
        if (Math.Abs(model.RawLogDeterminant - answer[0]) < 1e-9)
            AssertNear(
                [.. answer[1..(matrix.Rows + 1)].Select(d => -d)],
                model.ScoreSamples(matrix, new AlgorithmContext()).InMemory,
                1e-6
            );
        else
            TestContext.Current.TestOutputHelper!.WriteLine($"{table}: {model.RawLogDeterminant} against {answer[0]}");
    }

    [Fact]
    public void One_column_has_the_least_variance_of_any_half()
    {
        var matrix = MadeMatrix.Gaussian(501, 1);
        var model = McdModel.Fit(matrix, new McdParameters(), new AlgorithmContext());
        double[] sorted = [.. matrix.Values.Order()];
        var least = Enumerable.Range(0, sorted.Length - model.Support + 1).Min(i => Variance(sorted[i..(i + model.Support)]));
        Assert.Equal(Math.Log(least), model.RawLogDeterminant, 1e-9);
    }

    [Theory]
    [InlineData("population")]
    [InlineData("default")]
    public void An_extended_forest_ranks_stars_as_the_published_algorithm_does(string table)
    {
        // The reference has a Python object a node: half of the stars are enough.
        var whole = Table(table);
        var matrix = whole.Pick([.. Enumerable.Range(0, whole.Rows / 2).Select(i => 2 * i)]);
        var reference = Enumerable.Range(1, 4).Select(seed => Reference.Answer(matrix, "forest", seed)).ToArray();
        var ours = Enumerable
            .Range(1, 4)
            .Select(seed => ExtendedForestAlgorithm.Instance.Detect(matrix, new ExtendedForestParameters { RandomState = seed }).RawScores)
            .ToArray();
        var among = (from a in reference from b in reference where a != b select RankCorrelation.Spearman(a, b)).ToArray();
        var between = (from a in reference from b in ours select RankCorrelation.Spearman(a, b)).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine($"{among.Min()} {among.Average()}, {between.Min()} {between.Average()}");
        // A tenth of what is missing to 1 is the chance of four seeds.
        Assert.True(1 - between.Average() < 1.1 * (1 - among.Average()), $"{between.Average()}, {among.Average()}");
        Assert.Equal(reference.Average(r => r.Average()), ours.Average(r => r.Average()), 0.006);
        Assert.Equal(reference.Average(r => r.Min()), ours.Average(r => r.Min()), 0.02);
    }

    [Fact]
    public void With_an_extension_level_of_0_cuts_are_along_one_feature()
    {
        // A ring's middle is as empty as its corners; cuts along the axes alone see both as crowded where bands cross.
        var random = new Random(5);
        var ring = Enumerable
            .Range(0, 4000)
            .SelectMany(_ =>
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
                return new[] { 5 * cos + 0.1 * random.NextDouble(), 5 * sin + 0.1 * random.NextDouble() };
            });
        var matrix = new FeatureMatrix(4002, ["x", "y"], [.. ring, 0, 0, 5, 5]);
        double Asymmetry(int? level)
        {
            var scores = ExtendedForestAlgorithm
                .Instance.Detect(matrix, new ExtendedForestParameters { ExtensionLevel = level, NEstimators = 400 })
                .RawScores;
            // Stars of the ring at the axes and between them: in truth all alike.
            var (at, between) = (new List<double>(), new List<double>());
            for (var i = 0; i < 4000; i++)
            {
                var angle = Math.Abs(Math.Atan2(matrix.Values[2 * i + 1], matrix.Values[2 * i])) % (Math.PI / 2);
                if (angle is < 0.1 or > Math.PI / 2 - 0.1)
                    at.Add(scores[i]);
                else if (Math.Abs(angle - Math.PI / 4) < 0.1)
                    between.Add(scores[i]);
            }
            return Math.Abs(at.Average() - between.Average());
        }
        Assert.True(Asymmetry(0) > 3 * Asymmetry(null), $"{Asymmetry(0)}, {Asymmetry(null)}");
    }

    // scipy.stats.chi2.ppf
    [Theory]
    [InlineData(0.5, 1, 0.454936423119573)]
    [InlineData(0.975, 3, 9.348403604496148)]
    [InlineData(0.5, 8, 7.344121497701792)]
    [InlineData(0.975, 30, 46.97924224367113)]
    public void Quantiles_of_chi_squared_are_those_of_SciPy(double p, int degrees, double expected) =>
        Assert.Equal(expected, Almagest.Discovery.Statistics.ChiSquared.Quantile(p, degrees), 1e-9);

    private static FeatureMatrix Table(string name) =>
        name == "made"
            ? MadeMatrix.Gaussian(5000, 4)
            : FeaturePipeline.Prepare(GaiaSample.Load(), FeatureRecipes.Get(name), new FeatureOptions { ExcludeMissing = true }).Matrix;

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }

    private static void AssertNear(double[] expected, double[] found, double relative)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - found[i]) <= relative * Math.Max(1, Math.Abs(expected[i])),
                $"row {i}: {found[i]}, expected {expected[i]}"
            );
    }
}
