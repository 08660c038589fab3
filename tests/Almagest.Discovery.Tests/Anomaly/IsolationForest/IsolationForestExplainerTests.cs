using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Tests.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly.IsolationForest;

public sealed class IsolationForestExplainerTests
{
    [Fact]
    public void Attributions_are_the_shapley_values_of_the_path_length() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[6, 80], Gen.Int[0, 5], Gen.Int[0, 1000])
            .Sample(
                (columns, rows, row, seed) =>
                {
                    var matrix = MadeMatrix.Gaussian(rows, columns, seed);
                    var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters { NEstimators = 3, RandomState = seed });
                    var explanation = new IsolationForestExplainer(model).Explain(matrix, row);
                    for (var f = 0; f < columns; f++)
                    {
                        var expected = model.Trees.Average(t => Shapley(t, matrix.Row(row).ToArray(), f));
                        Assert.Equal(expected, explanation.Features.Single(a => a.Name == $"f{f}").Change, 1e-9);
                    }
                },
                iter: 40
            );

    [Fact]
    public void Attributions_add_up_from_the_expected_path_to_the_star_s_and_to_its_score() =>
        Gen.Select(Gen.Int[1, 14], Gen.Int[2, 1000], Gen.Int[0, 999])
            .Sample(
                (columns, subsample, row) =>
                {
                    var matrix = MadeMatrix.Gaussian(1000, columns);
                    var model = IsolationForestModel.Grow(
                        matrix,
                        new IsolationForestParameters { NEstimators = 5, MaxSamples = subsample }
                    );
                    var e = new IsolationForestExplainer(model).Explain(matrix, row);
                    Assert.Equal(e.Measured - e.Expected, e.Features.Sum(f => f.Change), 1e-9);
                    Assert.Equal(model.ScoreSamples(matrix)[row], e.RawScore);
                    Assert.Equal(-Math.Pow(2, -e.Measured / AveragePathLength.Of(subsample)), e.RawScore, 1e-9);
                    Assert.Equal(e.Features.Any(f => f.Change < 0) ? 1 : 0, e.Features.Sum(f => f.Share), 1e-9);
                },
                iter: 20
            );

    [Fact]
    public void The_feature_in_which_a_star_is_odd_comes_first_and_a_constant_one_has_no_part()
    {
        var matrix = new FeatureMatrix(
            1000,
            ["a", "odd", "same"],
            [.. MadeMatrix.Gaussian(1000, 3).Values.Select((v, i) => i % 3 == 2 ? 0 : v)]
        );
        matrix.Values[3 * 500 + 1] = 12;
        var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters { MaxSamples = 1000 });
        var e = new IsolationForestExplainer(model).Explain(matrix, 500);
        Assert.Equal(("odd", 12.0), (e.Features[0].Name, e.Features[0].Value));
        Assert.True(e.Features[0].Share > 0.9);
        Assert.Equal(99.95, e.Features[0].Percentile, 1e-9);
        // 999 of 1000 have a lesser value: the star is not above itself.
        Assert.Equal((99.9, 0.0), (e.Features[0].Above, e.Features[0].Below));
        Assert.Equal((0.0, 50.0), (e.Features.Single(f => f.Name == "same").Change, e.Features.Single(f => f.Name == "same").Percentile));
    }

    [Fact]
    public void On_the_real_sky_a_fast_star_is_fast_and_a_white_dwarf_is_faint_and_blue()
    {
        var stars = GaiaSample.Load();
        var prepared = FeaturePipeline.Prepare(stars, FeatureRecipes.Get(FeatureRecipes.ForAnomalies));
        var explainer = new IsolationForestExplainer(IsolationForestModel.Grow(prepared.Matrix, new IsolationForestParameters()));
        int Row(Func<int, double> least) => Enumerable.Range(0, stars.Count).MinBy(least);
        var column = prepared.Matrix.Names.ToList().IndexOf("v_tan");
        var fastest = explainer.Explain(prepared, Row(i => -prepared.InUnits(i, column)));
        Assert.Equal(("v_tan", "km/s"), (fastest.Features[0].Name, fastest.Features[0].Unit));
        Assert.InRange(fastest.Features[0].Value, 300, 1500);
        var bluest = explainer.Explain(
            prepared,
            Row(i =>
                double.IsNaN(stars.Color[i]) || stars.Magnitude[i] + 5 * Math.Log10(stars.ParallaxMas[i]) - 10 < 10 ? 99 : stars.Color[i]
            )
        );
        Assert.Equal("color", bluest.Features[0].Name);
        Assert.True(bluest.Features[0].Percentile < 1);
    }

    [Fact]
    public void A_row_that_is_not_there_is_refused()
    {
        var matrix = MadeMatrix.Gaussian(10, 1);
        var explainer = new IsolationForestExplainer(IsolationForestModel.Grow(matrix, new IsolationForestParameters()));
        Assert.Throws<ArgumentOutOfRangeException>(() => explainer.Explain(matrix, 10));
    }

    [Theory]
    [InlineData(4, 7)]
    [InlineData(16, 31)]
    public void Quadrature_is_exact_up_to_its_degree(int points, int degree)
    {
        var rule = new GaussLegendre(points);
        for (var k = 0; k <= degree; k++)
            Assert.Equal(1.0 / (k + 1), rule.Points.Zip(rule.Weights, (x, w) => w * Math.Pow(x, k)).Sum(), 1e-13);
    }

    /// <summary>By the definition: over all coalitions of the other features.</summary>
    private static double Shapley(IsolationTree tree, double[] row, int feature)
    {
        double total = 0;
        for (var coalition = 0; coalition < 1 << row.Length; coalition++)
        {
            if ((coalition >> feature & 1) == 1)
                continue;
            var size = int.PopCount(coalition);
            var weight = Factorial(size) * Factorial(row.Length - size - 1) / Factorial(row.Length);
            total += weight * (Expected(tree, row, coalition | 1 << feature, 0) - Expected(tree, row, coalition, 0));
        }
        return total;
    }

    private static double Expected(IsolationTree tree, double[] row, int known, int node)
    {
        if (tree.IsLeaf(node))
            return tree.PathLength[node];
        var (left, right) = (tree.Left[node], tree.Right[node]);
        if ((known >> tree.Feature[node] & 1) == 1)
            return Expected(tree, row, known, row[tree.Feature[node]] <= tree.Threshold[node] ? left : right);
        return (Expected(tree, row, known, left) * tree.Count[left] + Expected(tree, row, known, right) * tree.Count[right])
            / tree.Count[node];
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
