using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering.Hdbscan;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Hdbscan;

/// <summary>allow_single_cluster, worked out by hand: with min_samples 1 the tree is that of the gaps between neighbours on a
/// line.</summary>
public sealed class HdbscanSingleClusterTests
{
    private static readonly HdbscanParameters s_three = new() { MinClusterSize = 3, MinSamples = 1 };

    [Fact]
    public void One_clump_is_a_cluster_of_the_stars_that_stay_longest()
    {
        // 8 leaves at distance 4, 4 at distance 2, the others together at 1: nothing ever splits.
        var line = Matrices.OneColumn(0, 1, 2, 4, 8);
        Assert.Equal([-1, -1, -1, -1, -1], s_three.Run(line).Labels);
        var allowed = (s_three with { AllowSingleCluster = true }).Run(line);
        Assert.Equal([0, 0, 0, -1, -1], allowed.Labels);
        Assert.Equal([1, 1, 1, 0, 0], allowed.Strengths!);
        Assert.Equal((1, 2), (allowed.ClusterCount, allowed.NoiseCount));
    }

    [Fact]
    public void A_whole_that_is_steadier_than_its_parts_is_chosen_and_keeps_all_that_outlast_its_split()
    {
        // Two threes, 1.5 apart, and a star 3 away. Whole: 6 stars to 1/1.5 and one to 1/3, mass 13/3. Parts: 2 × 3 × (1 - 1/1.5) = 2.
        var line = Matrices.OneColumn(0, 1, 2, 3.5, 4.5, 5.5, 8.5);
        Assert.Equal([0, 0, 0, 1, 1, 1, -1], s_three.Run(line).Labels);
        var allowed = (s_three with { AllowSingleCluster = true }).Run(line);
        Assert.Equal([0, 0, 0, 0, 0, 0, -1], allowed.Labels);
        Assert.Equal([1, 1, 1, 1, 1, 1, 0], allowed.Strengths!);
    }

    [Fact]
    public void Parts_that_are_steadier_than_the_whole_stay_apart()
    {
        // Ten apart: whole 6 / 10, parts 2 × 3 × (1 - 1/10).
        var line = Matrices.OneColumn(0, 1, 2, 12, 13, 14);
        Assert.Equal([0, 0, 0, 1, 1, 1], (s_three with { AllowSingleCluster = true }).Run(line).Labels);
    }

    [Fact]
    public void Labels_and_strengths_are_those_of_the_definition() =>
        Gen.Select(Gen.Int[15, 60], Gen.Int[1, 4], Gen.Int[0, 1 << 30], Gen.Int[1, 7], Gen.Int[2, 9])
            .Sample(
                (rows, columns, seed, minSamples, minSize) =>
                {
                    var features = Matrices.Clumpy(rows, columns, seed);
                    var (labels, strengths) = new PlainHdbscan(features, minSamples, minSize).Select(leaf: false, allowSingle: true);
                    var found = new HdbscanParameters
                    {
                        MinClusterSize = minSize,
                        MinSamples = minSamples,
                        AllowSingleCluster = true,
                    }.Run(features);
                    Assert.Equal(labels, found.Labels);
                    for (var i = 0; i < strengths.Length; i++)
                        Assert.Equal(strengths[i], found.Strengths![i], 1e-9);
                },
                iter: 120
            );

    [Fact]
    public void Equal_stars_are_one_cluster_and_too_few_are_none()
    {
        var allowed = new HdbscanParameters { MinClusterSize = 5, AllowSingleCluster = true };
        Assert.Equal(1, allowed.Run(Matrices.OneColumn([.. Enumerable.Repeat(2.5, 50)])).ClusterCount);
        Assert.Equal(0, allowed.Run(Matrices.OneColumn(1, 2, 3)).ClusterCount);
    }

    [Fact]
    public void With_leaf_selection_it_is_refused() =>
        Assert.Contains(
            "allow_single_cluster",
            Assert
                .Throws<ParameterException>(() =>
                    new HdbscanParameters { AllowSingleCluster = true, ClusterSelectionMethod = "leaf" }.Validate()
                )
                .Message,
            StringComparison.Ordinal
        );
}
