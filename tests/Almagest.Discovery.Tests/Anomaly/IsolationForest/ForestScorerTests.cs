using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly.IsolationForest;

public sealed class ForestScorerTests
{
    private static readonly Gen<double> s_value = Gen.OneOf(
        Gen.Double[-3, 3],
        Gen.Int[-2, 2].Select(i => (double)i),
        Gen.OneOf(0.0, -0.0, 5e-324, -5e-324, 1e300, -1e300, double.MaxValue, double.MinValue)
    );

    [Fact]
    public void The_bitset_kernel_gives_the_sums_of_the_plain_one_bit_for_bit() =>
        Gen.Select(Gen.Int[1, 19], Gen.Int[5, 400], Gen.Int[1, 12], Gen.Int[2, 300], Gen.Long)
            .Sample(
                (columns, rows, trees, subsample, seed) =>
                {
                    var matrix = MadeMatrix.Gaussian(rows, columns, (int)seed);
                    AssertSame(
                        matrix,
                        new IsolationForestParameters
                        {
                            NEstimators = trees,
                            MaxSamples = subsample,
                            RandomState = seed,
                        }
                    );
                },
                iter: 200
            );

    [Fact]
    public void Kernels_agree_on_ties_and_extremes() =>
        Gen.Select(s_value.Array[300], Gen.Int[1, 3])
            .Sample(
                (values, columns) =>
                    AssertSame(
                        new FeatureMatrix(300 / columns, [.. Enumerable.Range(0, columns).Select(c => $"f{c}")], values),
                        new IsolationForestParameters { NEstimators = 5 }
                    ),
                iter: 200
            );

    [Theory]
    [InlineData(1000, 9)]
    [InlineData(2000, 2)]
    public void Trees_of_several_bitsets_agree_too(int subsample, int columns) =>
        AssertSame(MadeMatrix.Gaussian(5000, columns), new IsolationForestParameters { NEstimators = 7, MaxSamples = subsample });

    [Fact]
    public void More_trees_than_share_one_table_agree_too() =>
        AssertSame(MadeMatrix.Gaussian(3000, 3), new IsolationForestParameters { NEstimators = 500 });

    [Fact]
    public void Values_on_a_threshold_go_left_in_both()
    {
        var model = IsolationForestModel.Grow(MadeMatrix.Gaussian(300, 1), new IsolationForestParameters { NEstimators = 10 });
        var thresholds = model
            .Trees.SelectMany(t => Enumerable.Range(0, t.Nodes).Where(n => !t.IsLeaf(n)).Select(n => t.Threshold[n]))
            .ToArray();
        var around = thresholds.SelectMany(t => new[] { t, Math.BitIncrement(t), Math.BitDecrement(t) }).ToArray();
        AssertSame(model, new FeatureMatrix(around.Length, ["f0"], around));
    }

    [Fact]
    public void A_tree_too_large_for_bitsets_is_left_to_the_plain_kernel()
    {
        var model = IsolationForestModel.Grow(
            MadeMatrix.Gaussian(20_000, 2),
            new IsolationForestParameters { NEstimators = 2, MaxSamples = 20_000 }
        );
        Assert.Null(BitsetForestScorer.TryCreate(model.Trees, 2));
        Assert.IsType<ScalarForestScorer>(ForestKernel.Choose(model.Trees, 2, 20_000, reference: false));
    }

    [Fact]
    public void The_plain_kernel_can_be_asked_for_and_is_taken_for_few_rows()
    {
        var trees = IsolationForestModel.Grow(MadeMatrix.Gaussian(300, 2), new IsolationForestParameters()).Trees;
        Assert.IsType<ScalarForestScorer>(ForestKernel.Choose(trees, 2, 1_000_000, reference: true));
        Assert.IsType<ScalarForestScorer>(ForestKernel.Choose(trees, 2, 5, reference: false));
        Assert.IsType<BitsetForestScorer>(ForestKernel.Choose(trees, 2, 1_000_000, reference: false));
    }

    [Fact]
    public void A_rank_is_the_number_of_lesser_thresholds() =>
        Gen.Select(s_value.Array[0, 60], s_value.Array[20])
            .Sample(
                (thresholds, values) =>
                {
                    var sorted = thresholds.Distinct().Order().ToArray();
                    var ranks = new ThresholdRanks(sorted);
                    foreach (var value in values.Concat(sorted))
                        Assert.Equal(sorted.Count(t => t < value), ranks.Of(value));
                }
            );

    [Fact]
    public void Leaf_boxes_cover_every_rank_once()
    {
        var model = IsolationForestModel.Grow(MadeMatrix.Gaussian(500, 3), new IsolationForestParameters { NEstimators = 3 });
        var ranks = Enumerable
            .Range(0, 3)
            .Select(f => new ThresholdRanks([
                .. model
                    .Trees.SelectMany(t => Enumerable.Range(0, t.Nodes).Where(n => t.Feature[n] == f).Select(n => t.Threshold[n]))
                    .Distinct()
                    .Order(),
            ]))
            .ToArray();
        foreach (var tree in model.Trees)
        {
            var cells = LeafBox
                .Of(tree, ranks)
                .Sum(b => Enumerable.Range(0, 3).Aggregate(1L, (product, f) => product * (b.High[f] - b.Low[f] + 1)));
            Assert.Equal(ranks.Aggregate(1L, (product, r) => product * (r.Count + 1)), cells);
        }
    }

    private static void AssertSame(FeatureMatrix matrix, IsolationForestParameters options) =>
        AssertSame(IsolationForestModel.Grow(matrix, options), matrix);

    private static void AssertSame(IsolationForestModel model, FeatureMatrix matrix)
    {
        var (plain, fast) = (new double[matrix.Rows], new double[matrix.Rows]);
        new ScalarForestScorer(model.Trees, matrix.Columns).SumPathLengths(matrix.Values, plain);
        BitsetForestScorer.TryCreate(model.Trees, matrix.Columns)!.SumPathLengths(matrix.Values, fast);
        Assert.Equal(plain, fast);
        Assert.All(plain, sum => Assert.True(sum > 0));
    }
}
