using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly;

/// <summary>What every detector promises, whatever it looks at.</summary>
public sealed class DetectorTests
{
    public static TheoryData<string> Names { get; } = [.. Algorithms.Of(AnomalyAlgorithm.Type).Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        var matrix = MadeMatrix.Gaussian(20_000, 4);
        var one = Scores(name, matrix, threads: 1);
        Assert.Equal(one, Scores(name, matrix, threads: 3));
        Assert.Equal(one, Scores(name, matrix, threads: 16));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_star_far_from_all_others_comes_first(string name)
    {
        var matrix = MadeMatrix.Gaussian(2000, 3);
        for (var f = 0; f < 3; f++)
            matrix.Values[3 * 700 + f] = 15;
        var scores = Scores(name, matrix);
        Assert.Equal(scores.Min(), scores[700]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_stars_have_equal_scores_and_none_is_flagged(string name)
    {
        var result = Detect(name, new FeatureMatrix(100, ["a", "b"], [.. Enumerable.Repeat(3.25, 200)]));
        Assert.Single(result.RawScores.Distinct());
        Assert.Equal(0, result.AnomalyCount());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Too_few_stars_to_tell_what_is_usual_are_said_to_be(string name)
    {
        Assert.Contains(
            Detect(name, MadeMatrix.Gaussian(49, 2)).Notes,
            n => n.StartsWith("Only 49 stars were analysed", StringComparison.Ordinal)
        );
        Assert.Empty(Detect(name, MadeMatrix.Gaussian(50, 2)).Notes);
    }

    [Theory]
    [InlineData("knn")]
    [InlineData("lof")]
    public void Neighbours_that_a_star_does_not_have_are_said(string name)
    {
        Assert.Equal(
            "20 neighbours were asked for; a star has 19 others, and all of these were taken.",
            Detect(name, MadeMatrix.Gaussian(20, 2)).Notes[1]
        );
        Assert.Single(Detect(name, MadeMatrix.Gaussian(21, 2)).Notes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_feature_changes_nothing_of_what_is_first(string name)
    {
        var matrix = MadeMatrix.Gaussian(500, 2);
        matrix.Values[2 * 77 + 1] = -14;
        var padded = new FeatureMatrix(500, ["a", "same", "b"], [.. matrix.Values.Chunk(2).SelectMany(v => new[] { v[0], 7.5, v[1] })]);
        var scores = Scores(name, padded);
        Assert.All(scores, s => Assert.True(double.IsFinite(s)));
        Assert.Equal(scores.Min(), scores[77]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stars_that_most_others_are_equal_to_are_ordinary(string name)
    {
        // 900 equal stars, and 100 that differ.
        var matrix = MadeMatrix.Gaussian(1000, 3);
        Array.Clear(matrix.Values, 0, 900 * 3);
        for (var i = 900 * 3; i < matrix.Values.Length; i++)
            matrix.Values[i] += 20;
        var scores = Scores(name, matrix);
        // The ledger adds scores up in units of 1e-9.
        Assert.All(scores, s => Assert.InRange(s, -10 * AnomalyAlgorithm.Far, 10 * AnomalyAlgorithm.Far));
        Assert.Single(scores[..900].Distinct());
        // What is explained is what is stored.
        var explained = Explainer(name, matrix).Explain(matrix, 950).RawScore;
        Assert.Equal(0, explained - scores[950], 1e-9 * Math.Max(1, Math.Abs(explained)));
        // The factor of a local group compares with its like: of the others all come before the equal ones.
        if (name != "lof")
            Assert.True(scores[900..].Max() < scores[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stars_on_a_line_have_scores_and_the_one_beside_it_is_among_the_first(string name)
    {
        var matrix = MadeMatrix.Gaussian(400, 1);
        var line = new FeatureMatrix(400, ["x", "y", "z"], [.. matrix.Values.SelectMany(v => new[] { v, 2 * v + 1, -v })]);
        line.Values[3 * 123 + 1] += 8;
        var scores = Scores(name, line);
        Assert.All(scores, s => Assert.True(double.IsFinite(s)));
        // Cuts along the axes see the line's ends as well.
        Assert.InRange(scores.Count(s => s < scores[123]), 0, name == "isolation_forest" ? 10 : 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Five_stars_are_enough_and_one_is_not(string name)
    {
        // Fewer than neighbours, than the stars of a tree, than features and one.
        Assert.All(Scores(name, MadeMatrix.Gaussian(5, 6)), s => Assert.True(double.IsFinite(s)));
        var error = Assert.Throws<DiscoveryException>(() => Scores(name, MadeMatrix.Gaussian(1, 2)));
        Assert.Contains("holds 1 stars", error.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_that_is_not_finite_is_refused_with_its_place(string name)
    {
        var matrix = MadeMatrix.Gaussian(50, 2);
        matrix.Values[41] = double.NaN;
        Assert.Contains("Row 20 has f1", Assert.Throws<DiscoveryException>(() => Scores(name, matrix)).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cancelled_run_stops(string name)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var algorithm = Algorithms.Find(name)!;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            algorithm.Run(MadeMatrix.Gaussian(500, 2), algorithm.Defaults, new AlgorithmContext { CancellationToken = source.Token })
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Progress_ends_at_one(string name)
    {
        var shares = new System.Collections.Concurrent.ConcurrentBag<double>();
        var algorithm = Algorithms.Find(name)!;
        algorithm.Run(MadeMatrix.Gaussian(10_000, 2), algorithm.Defaults, new AlgorithmContext { Progress = new Immediate(shares.Add) });
        Assert.Equal(1, shares.Max(), 1e-12);
        Assert.True(shares.Count > 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Explanations_add_up_and_have_the_score_of_the_run(string name)
    {
        var matrix = MadeMatrix.Gaussian(600, 4);
        matrix.Values[4 * 11 + 2] = 9;
        var scores = Scores(name, matrix);
        var explainer = Explainer(name, matrix);
        foreach (var row in new[] { 0, 11, 599 })
        {
            var e = explainer.Explain(matrix, row);
            Assert.Equal(scores[row], e.RawScore, 1e-12 * Math.Max(1, Math.Abs(scores[row])));
            Assert.Equal(e.Measured - e.Expected, e.Features.Sum(f => f.Change), 1e-9 * Math.Max(1, Math.Abs(e.Measured)));
            Assert.Equal(e.Features.Any(f => f.Share > 0) ? 1 : 0, e.Features.Sum(f => f.Share), 1e-9);
            Assert.All(e.Features, f => Assert.Equal(f.Share > 0, e.Measure.Towards(f.Change) > 0));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_feature_in_which_a_star_is_odd_comes_first(string name)
    {
        var matrix = MadeMatrix.Gaussian(1000, 3);
        matrix.Values[3 * 500 + 1] = 12;
        var e = Explainer(name, matrix).Explain(matrix, 500);
        Assert.Equal("f1", e.Features[0].Name);
        Assert.True(e.Features[0].Share > 0.7, $"{e.Features[0].Share}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void On_the_real_sky_the_fastest_star_is_unusual_for_its_speed(string name)
    {
        var stars = GaiaSample.Load();
        var prepared = FeaturePipeline.Prepare(stars, FeatureRecipes.Get(FeatureRecipes.ForAnomalies));
        var column = prepared.Matrix.Names.ToList().IndexOf("v_tan");
        var fastest = Enumerable.Range(0, stars.Count).MaxBy(i => prepared.InUnits(i, column));
        var e = Explainer(name, prepared.Matrix).Explain(prepared.Matrix, fastest);
        Assert.Equal("v_tan", e.Features[0].Name);
    }

    private static AnomalyExplainer Explainer(string name, FeatureMatrix matrix)
    {
        var algorithm = Algorithms.Find(name)!;
        return (AnomalyExplainer)((IExplainable)algorithm).Fit(matrix, algorithm.Defaults, new AlgorithmContext());
    }

    private static double[] Scores(string name, FeatureMatrix matrix, int threads = 0) => Detect(name, matrix, threads).RawScores;

    private static AnomalyResult Detect(string name, FeatureMatrix matrix, int threads = 0)
    {
        var algorithm = Algorithms.Find(name)!;
        return (AnomalyResult)algorithm.Run(matrix, algorithm.Defaults, new AlgorithmContext { MaxThreads = threads });
    }

    private sealed class Immediate(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
