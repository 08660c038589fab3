using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly.IsolationForest;

public sealed class IsolationForestTests
{
    private static readonly IsolationForestParameters s_few = new() { NEstimators = 20, MaxSamples = 64 };

    // sklearn.ensemble._iforest._average_path_length
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1.207392357589623)]
    [InlineData(10, 3.748880484475505)]
    [InlineData(256, 10.244770920119917)]
    public void The_average_path_length_is_the_one_of_scikit_learn(int n, double expected) =>
        Assert.Equal(expected, AveragePathLength.Of(n), 1e-12);

    [Fact]
    public void Scores_follow_from_path_lengths_as_in_the_paper()
    {
        // One split at 1.5: three stars to the left, one to the right.
        var tree = new IsolationTree
        {
            Feature = [0, -1, -1],
            Threshold = [1.5, 0, 0],
            Left = [1, -1, -1],
            Right = [2, -1, -1],
            Count = [4, 3, 1],
            PathLength = [0, AveragePathLength.FromRoot(1, 3), 1],
        };
        var scores = new IsolationForestModel([tree], 4, ["a"], 1).ScoreSamples(new FeatureMatrix(3, ["a"], [0, 1.5, 9]));
        var c4 = 2 * (Math.Log(3) + 0.5772156649015329) - 2 * 3 / 4.0;
        Assert.Equal(-Math.Pow(2, -(1 + 1.207392357589623) / c4), scores[0], 1e-10);
        Assert.Equal(scores[0], scores[1]);
        Assert.Equal(-Math.Pow(2, -1 / c4), scores[2], 1e-10);
    }

    [Fact]
    public void The_threshold_is_the_percentile_of_the_scores_and_negative_decisions_are_flagged()
    {
        var scores = MadeMatrix.Gaussian(1000, 3).Scores(s_few);
        var result = AnomalyResult.FromScores(scores, 0.05);
        Assert.Equal(OrderStatistics.Percentile(scores, 5), result.Offset);
        Assert.Equal(50, result.AnomalyCount());
        Assert.All(
            Enumerable.Range(0, 1000),
            row =>
            {
                Assert.Equal(scores[row] - result.Offset, result.Decision(row));
                Assert.Equal(result.Decision(row) < 0, result.IsAnomaly(row));
            }
        );
    }

    [Fact]
    public void Another_contamination_needs_no_refit()
    {
        var matrix = MadeMatrix.Gaussian(2000, 3);
        var direct = IsolationForestAlgorithm.Instance.Detect(matrix, s_few with { Contamination = 0.2 });
        var later = AnomalyResult.FromScores(IsolationForestAlgorithm.Instance.Detect(matrix, s_few).RawScores, 0.2);
        Assert.Equal(direct.Offset, later.Offset);
        Assert.Equal(direct.RawScores, later.RawScores);
        Assert.Equal(400, later.AnomalyCount());
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var matrix = MadeMatrix.Gaussian(20_000, 4);
        var one = matrix.Scores(new IsolationForestParameters(), 1);
        Assert.Equal(one, matrix.Scores(new IsolationForestParameters(), 3));
        Assert.Equal(one, matrix.Scores(new IsolationForestParameters(), 16));
    }

    [Fact]
    public void Another_seed_gives_other_scores_but_nearly_the_same_order()
    {
        var matrix = MadeMatrix.Gaussian(3000, 3);
        var a = matrix.Scores(new IsolationForestParameters { RandomState = 1 });
        var b = matrix.Scores(new IsolationForestParameters { RandomState = 2 });
        Assert.NotEqual(a, b);
        Assert.True(RankCorrelation.Spearman(a, b) > 0.95);
    }

    [Fact]
    public void A_row_s_score_depends_on_no_other_row()
    {
        var matrix = MadeMatrix.Gaussian(500, 3);
        var model = IsolationForestModel.Grow(matrix, s_few);
        var scores = model.ScoreSamples(matrix);
        Gen.Shuffle(Enumerable.Range(0, 500).ToArray())
            .Sample(
                order =>
                {
                    var kept = order.Concat(order[..100]).ToArray();
                    var shuffled = new FeatureMatrix(kept.Length, matrix.Names, [.. kept.SelectMany(r => matrix.Row(r).ToArray())]);
                    Assert.Equal(kept.Select(r => scores[r]), model.ScoreSamples(shuffled));
                },
                iter: 5
            );
    }

    [Fact]
    public void A_forest_grown_on_shuffled_or_doubled_rows_orders_them_nearly_alike()
    {
        // Other rows are drawn for the trees, so no more than another seed does can be asked for.
        var matrix = MadeMatrix.Gaussian(3000, 3);
        var order = Enumerable.Range(0, 3000).ToArray();
        new Random(3).Shuffle(order);
        var scores = matrix.Scores(new IsolationForestParameters());
        var shuffled = new FeatureMatrix(3000, matrix.Names, [.. order.SelectMany(r => matrix.Row(r).ToArray())]).Scores(
            new IsolationForestParameters()
        );
        Assert.True(RankCorrelation.Spearman([.. order.Select(r => scores[r])], shuffled) > 0.95);
        var doubled = new FeatureMatrix(6000, matrix.Names, [.. matrix.Values, .. matrix.Values]).Scores(new IsolationForestParameters());
        Assert.Equal(doubled[..3000], doubled[3000..]);
        Assert.True(RankCorrelation.Spearman(scores, doubled[..3000]) > 0.95);
    }

    [Fact]
    public void Scaling_and_moving_a_feature_hardly_matters()
    {
        var matrix = MadeMatrix.Gaussian(2000, 2);
        var moved = new FeatureMatrix(2000, matrix.Names, [.. matrix.Values.Select((v, i) => i % 2 == 0 ? 1024 * v + 4096 : v)]);
        var before = matrix.Scores(new IsolationForestParameters());
        var after = moved.Scores(new IsolationForestParameters());
        Assert.True(RankCorrelation.Spearman(before, after) > 0.9999);
    }

    [Fact]
    public void Equal_stars_have_equal_scores_and_none_is_flagged()
    {
        var result = IsolationForestAlgorithm.Instance.Detect(new FeatureMatrix(100, ["a", "b"], [.. Enumerable.Repeat(3.25, 200)]), s_few);
        Assert.All(result.RawScores, s => Assert.Equal(-0.5, s));
        Assert.Equal(0, result.AnomalyCount());
    }

    [Fact]
    public void A_constant_feature_is_never_split_and_makes_no_tree_shallower()
    {
        var matrix = MadeMatrix.Gaussian(1000, 1);
        var padded = new FeatureMatrix(1000, ["zero", "a"], [.. matrix.Values.SelectMany(v => new[] { 0.0, v })]);
        var trees = IsolationForestModel.Grow(padded, s_few).Trees;
        Assert.All(trees, t => Assert.DoesNotContain(0, t.Feature));
        Assert.All(trees, t => Assert.True(t.Nodes > 20));
    }

    [Fact]
    public void Five_stars_are_enough_and_four_are_not()
    {
        Assert.All(MadeMatrix.Gaussian(5, 2).Scores(s_few), s => Assert.InRange(s, -1, 0));
        var error = Assert.Throws<DiscoveryException>(() => MadeMatrix.Gaussian(4, 2).Scores(s_few));
        Assert.Contains("holds 4 stars", error.Message);
    }

    [Fact]
    public void A_selection_smaller_than_the_subsample_is_used_whole()
    {
        var model = IsolationForestModel.Grow(MadeMatrix.Gaussian(40, 2), new IsolationForestParameters());
        Assert.Equal(40, model.Subsample);
        Assert.All(model.Trees, t => Assert.Equal(40, t.Count[0]));
    }

    [Fact]
    public void Trees_hold_distinct_stars_split_them_all_and_stay_within_their_depth() =>
        Gen.Select(Gen.Int[5, 300], Gen.Int[1, 4], Gen.Int[2, 256])
            .Sample(
                (rows, columns, subsample) =>
                {
                    var model = IsolationForestModel.Grow(
                        MadeMatrix.Gaussian(rows, columns),
                        new IsolationForestParameters { NEstimators = 3, MaxSamples = subsample }
                    );
                    var limit = (int)Math.Ceiling(Math.Log2(model.Subsample));
                    foreach (var tree in model.Trees)
                    {
                        Assert.Equal(model.Subsample, tree.Count[0]);
                        for (var node = 0; node < tree.Nodes; node++)
                        {
                            if (tree.IsLeaf(node))
                                continue;
                            Assert.True(tree.Count[tree.Left[node]] > 0 && tree.Count[tree.Right[node]] > 0);
                            Assert.Equal(tree.Count[node], tree.Count[tree.Left[node]] + tree.Count[tree.Right[node]]);
                        }
                        Assert.InRange(Depth(tree, 0), 1, limit);
                    }
                },
                iter: 100
            );

    [Fact]
    public void Extreme_but_finite_values_give_finite_scores()
    {
        var values = new[] { double.MaxValue, double.MinValue, 0, 5e-324, -5e-324, 1, 1, 1e300 };
        Assert.All(new FeatureMatrix(8, ["a"], values).Scores(s_few), s => Assert.InRange(s, -1, 0));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_with_its_place(double bad)
    {
        var matrix = MadeMatrix.Gaussian(50, 2);
        matrix.Values[41] = bad;
        var error = Assert.Throws<DiscoveryException>(() =>
            IsolationForestAlgorithm.Instance.Detect(matrix, s_few, new AlgorithmContext { MaxThreads = 1 })
        );
        Assert.Contains("Row 20 has f1", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.51)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_contamination_outside_its_range_is_refused(double contamination)
    {
        Assert.Contains(
            "contamination",
            Assert.Throws<ParameterException>(() => new IsolationForestParameters { Contamination = contamination }.Validate()).Message
        );
        Assert.Throws<ParameterException>(() => AnomalyResult.FromScores([-0.5], contamination));
    }

    [Fact]
    public void Senseless_numbers_of_trees_and_stars_are_refused()
    {
        Assert.Contains(
            "n_estimators is 0",
            Assert
                .Throws<ParameterException>(() => IsolationForestModel.Grow(MadeMatrix.Gaussian(50, 2), s_few with { NEstimators = 0 }))
                .Message
        );
        Assert.Contains(
            "max_samples is 1",
            Assert
                .Throws<ParameterException>(() =>
                    IsolationForestAlgorithm.Instance.Detect(MadeMatrix.Gaussian(50, 2), s_few with { MaxSamples = 1 })
                )
                .Message
        );
        Assert.Contains("max_threads", Assert.Throws<DiscoveryException>(() => new AlgorithmContext { MaxThreads = -1 }).Message);
    }

    [Fact]
    public void A_model_refuses_a_matrix_with_other_features()
    {
        var model = IsolationForestModel.Grow(MadeMatrix.Gaussian(50, 2), s_few);
        Assert.Contains("f0, f1", Assert.Throws<DiscoveryException>(() => model.ScoreSamples(MadeMatrix.Gaussian(50, 3))).Message);
    }

    [Fact]
    public void A_cancelled_run_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            IsolationForestAlgorithm.Instance.Detect(
                MadeMatrix.Gaussian(50, 2),
                s_few,
                new AlgorithmContext { CancellationToken = source.Token }
            )
        );
    }

    [Fact]
    public void Progress_ends_at_one()
    {
        var shares = new System.Collections.Concurrent.ConcurrentBag<double>();
        IsolationForestAlgorithm.Instance.Detect(
            MadeMatrix.Gaussian(10_000, 2),
            s_few,
            new AlgorithmContext { Progress = new Immediate(shares.Add) }
        );
        Assert.Equal(1, shares.Max());
        Assert.True(shares.Count > 1);
    }

    private static int Depth(IsolationTree tree, int node) =>
        tree.IsLeaf(node) ? 0 : 1 + Math.Max(Depth(tree, tree.Left[node]), Depth(tree, tree.Right[node]));

    private sealed class Immediate(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
