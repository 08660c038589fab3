using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Hdbscan;

public sealed class HdbscanTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_and_strengths_are_those_of_the_definition(bool leaves) =>
        Gen.Select(Gen.Int[15, 60], Gen.Int[1, 4], Gen.Int[0, 1 << 30], Gen.Int[1, 7], Gen.Int[2, 9])
            .Sample(
                (rows, columns, seed, minSamples, minSize) =>
                    SameAsPlain(Matrices.Clumpy(rows, columns, seed), minSamples, minSize, Selection(leaves)),
                iter: 120
            );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_are_those_of_the_definition_among_equal_distances_and_equal_stars(bool leaves) =>
        Gen.Select(Gen.Int[0, 6].Array[24, 90], Gen.Int[1, 5], Gen.Int[2, 6])
            .Sample(
                (values, minSamples, minSize) =>
                    SameAsPlain(
                        Matrices.Of(2, [.. values[..(values.Length / 2 * 2)].Select(v => (double)(v * v))]),
                        minSamples,
                        minSize,
                        Selection(leaves)
                    ),
                iter: 120
            );

    private static ClusterSelection Selection(bool leaves) => leaves ? ClusterSelection.Leaf : ClusterSelection.ExcessOfMass;

    [Fact]
    public void The_spanning_tree_weighs_what_a_plain_one_weighs() =>
        Gen.Select(Gen.Int[2, 400], Gen.Int[1, 6], Gen.Int[0, 1 << 30], Gen.Int[1, 12])
            .Sample(
                (rows, columns, seed, minSamples) =>
                {
                    var features = Matrices.Clumpy(rows, columns, seed);
                    var found = ClusterHierarchy.Build(features, Math.Min(minSamples, rows), 3).MergeDistances;
                    var expected = PrimWeights(features, Math.Min(minSamples, rows));
                    Assert.Equal(expected.Length, found.Count);
                    for (var i = 0; i < expected.Length; i++)
                        Assert.Equal(expected[i], found[i], 1e-12);
                },
                iter: 60
            );

    [Fact]
    public void Three_groups_of_different_density_are_found_and_lone_stars_are_noise()
    {
        var random = new Random(4);
        var values = new List<double>();
        foreach (var (x, width) in ((double, double)[])[(0, 0.1), (10, 0.5), (25, 2)])
            for (var i = 0; i < 100; i++)
                values.AddRange([x + width * Matrices.Normal(random), width * Matrices.Normal(random)]);
        values.AddRange([100, 100, -80, 60]);
        var result = new HdbscanParameters { MinClusterSize = 20, MinSamples = 5 }.Run(Matrices.Of(2, [.. values]));
        Assert.Equal(3, result.ClusterCount);
        Assert.Equal([-1, -1], result.Labels[^2..]);
        for (var group = 0; group < 3; group++)
            Assert.InRange(result.Labels[(100 * group)..(100 * group + 100)].Count(label => label == group), 85, 100);
        Assert.All(result.Strengths!, p => Assert.InRange(p, 0, 1));
        Assert.Equal(result.Labels.Select(label => label < 0), result.Strengths!.Select(p => p == 0));
        for (var group = 0; group < 3; group++)
            Assert.Equal(1, result.Strengths!.Where((_, i) => result.Labels[i] == group).Max());
    }

    [Fact]
    public void Many_threads_give_the_answer_of_one()
    {
        var features = Matrices.Clumpy(8000, 3, 21);
        var options = new HdbscanParameters { MinClusterSize = 20, MinSamples = 8 };
        var one = options.Run(features, 1);
        var many = options.Run(features, 8);
        Assert.True(one.ClusterCount > 3);
        Assert.Equal(one.Labels, many.Labels);
        Assert.Equal(one.Strengths, many.Strengths);
    }

    [Fact]
    public void Shuffled_rows_give_the_same_clusters()
    {
        var features = Matrices.Clumpy(1500, 2, 8);
        var order = Enumerable.Range(0, 1500).ToArray();
        new Random(1).Shuffle(order);
        var options = new HdbscanParameters { MinClusterSize = 12 };
        var plain = options.Run(features);
        var shuffled = options.Run(Matrices.Of(2, [.. order.SelectMany(i => features.Row(i).ToArray())]));
        Assert.Equal((plain.ClusterCount, plain.NoiseCount), (shuffled.ClusterCount, shuffled.NoiseCount));
        Assert.Equal(
            plain.ClusterCount,
            order.Select((row, i) => (plain.Labels[row], shuffled.Labels[i])).Where(pair => pair.Item1 >= 0).Distinct().Count()
        );
        Assert.All(order.Select((row, i) => (plain.Labels[row] < 0, shuffled.Labels[i] < 0)), pair => Assert.Equal(pair.Item1, pair.Item2));
    }

    [Fact]
    public void A_sweep_over_one_hierarchy_gives_what_separate_runs_give()
    {
        var features = Matrices.Clumpy(3000, 2, 5);
        var hierarchy = ClusterHierarchy.Build(features, 6, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var size in (int[])[5, 10, 40, 200])
        {
            var condensed = hierarchy.Condense(size);
            foreach (var selection in Enum.GetValues<ClusterSelection>())
            {
                var once = new HdbscanParameters
                {
                    MinClusterSize = size,
                    MinSamples = 6,
                    ClusterSelectionMethod = selection == ClusterSelection.Leaf ? "leaf" : "eom",
                }.Run(features);
                Assert.Equal(once.Labels, condensed.Select(selection).Labels);
            }
        }
    }

    [Fact]
    public void Equal_stars_and_too_few_stars_are_noise_without_failing()
    {
        Assert.Equal(
            (0, 500),
            Counts(new HdbscanParameters { MinClusterSize = 5 }.Run(Matrices.OneColumn([.. Enumerable.Repeat(2.5, 500)])))
        );
        Assert.Equal((0, 3), Counts(new HdbscanParameters { MinClusterSize = 5 }.Run(Matrices.OneColumn(1, 2, 3))));
        Assert.Equal((0, 1), Counts(new HdbscanParameters { MinClusterSize = 2, MinSamples = 1 }.Run(Matrices.OneColumn(1))));
        Assert.Equal((0, 0), Counts(new HdbscanParameters().Run(Matrices.OneColumn())));
    }

    [Fact]
    public void Two_heaps_of_equal_stars_are_two_clusters_of_full_members()
    {
        var result = new HdbscanParameters { MinClusterSize = 5 }.Run(
            Matrices.OneColumn([.. Enumerable.Repeat(1.0, 3000), .. Enumerable.Repeat(2.0, 3000)])
        );
        Assert.Equal((2, 0), Counts(result));
        Assert.All(result.Strengths!, p => Assert.Equal(1, p));
    }

    [Fact]
    public void A_parameter_or_value_out_of_range_is_refused_by_its_name()
    {
        Refused("min_cluster_size", () => new HdbscanParameters { MinClusterSize = 1 }.Run(Matrices.OneColumn(0, 1)));
        Refused("min_samples", () => new HdbscanParameters { MinSamples = 0 }.Run(Matrices.OneColumn(0, 1)));
        Refused("max_threads", () => new HdbscanParameters().Run(Matrices.OneColumn(0, 1), -1));
        Refused("'f0' of row 1", () => new HdbscanParameters().Run(Matrices.OneColumn(0, double.NaN)));
        Refused("'f0' of row 2", () => new HdbscanParameters().Run(Matrices.OneColumn(0, 1, 1e200)));

        static void Refused(string name, Func<object> action) =>
            Assert.Contains(name, Assert.ThrowsAny<DiscoveryException>(action).Message, StringComparison.Ordinal);
    }

    private static (int Clusters, int Noise) Counts(ClusterResult result) => (result.ClusterCount, result.NoiseCount);

    private static void SameAsPlain(FeatureMatrix features, int minSamples, int minSize, ClusterSelection selection)
    {
        var (labels, strengths) = new PlainHdbscan(features, minSamples, minSize).Select(selection == ClusterSelection.Leaf);
        var found = new HdbscanParameters
        {
            MinClusterSize = minSize,
            MinSamples = minSamples,
            ClusterSelectionMethod = selection == ClusterSelection.Leaf ? "leaf" : "eom",
        }.Run(features);
        Assert.Equal(labels, found.Labels);
        for (var i = 0; i < strengths.Length; i++)
            Assert.Equal(strengths[i], found.Strengths![i], 1e-9);
    }

    private static double[] PrimWeights(FeatureMatrix features, int minSamples)
    {
        var rows = features.Rows;
        var core = Enumerable
            .Range(0, rows)
            .Select(i => Enumerable.Range(0, rows).Select(j => Matrices.Distance(features, i, j)).Order().ElementAt(minSamples - 1))
            .ToArray();
        var link = Enumerable.Repeat(double.PositiveInfinity, rows).ToArray();
        var rest = Enumerable.Range(1, rows - 1).ToHashSet();
        var weights = new List<double>();
        for (var last = 0; rest.Count > 0; )
        {
            foreach (var row in rest)
                link[row] = Math.Min(link[row], Math.Max(Matrices.Distance(features, last, row), Math.Max(core[last], core[row])));
            last = rest.MinBy(row => link[row]);
            rest.Remove(last);
            weights.Add(link[last]);
        }

        return [.. weights.Order()];
    }
}
