using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Hdbscan;

public sealed class HdbscanPropertyTests
{
    private static readonly Gen<FeatureMatrix> s_clumpy = Gen.Select(Gen.Int[20, 500], Gen.Int[1, 4], Gen.Int[0, 1 << 30], Matrices.Clumpy);

    private static readonly Gen<HdbscanParameters> s_options = Gen.Select(
        Gen.Int[2, 25],
        Gen.Int[1, 12],
        Gen.Bool,
        (size, samples, leaf) =>
            new HdbscanParameters
            {
                MinClusterSize = size,
                MinSamples = samples,
                ClusterSelectionMethod = leaf ? "leaf" : "eom",
            }
    );

    [Fact]
    public void Doubled_rows_with_doubled_sizes_give_the_same_labels_and_strengths() =>
        Gen.Select(s_clumpy, s_options)
            .Sample(
                (features, options) =>
                {
                    var once = options.Run(features);
                    var twice = (options with { MinClusterSize = 2 * options.MinClusterSize, MinSamples = 2 * options.MinSamples }).Run(
                        Matrices.Of(features.Columns, [.. features.Values, .. features.Values])
                    );
                    Assert.Equal([.. once.Labels, .. once.Labels], twice.Labels);
                    Assert.Equal([.. once.Strengths!, .. once.Strengths!], twice.Strengths!);
                },
                iter: 60
            );

    [Fact]
    public void Moving_all_stars_changes_nothing() =>
        Gen.Select(Gen.Int[0, 40].Array[24, 300], Gen.Int[-1000, 1000].Array[2], s_options)
            .Sample(
                (values, by, options) =>
                {
                    // Whole numbers, so that moved distances are the same to the last bit.
                    var rows = values[..(values.Length / 2 * 2)];
                    var found = options.Run(Matrices.Of(2, [.. rows.Select(v => (double)v)]));
                    var moved = options.Run(Matrices.Of(2, [.. rows.Select((v, i) => (double)(v + by[i % 2]))]));
                    Assert.Equal(found.Labels, moved.Labels);
                    Assert.Equal(found.Strengths, moved.Strengths);
                },
                iter: 60
            );

    [Fact]
    public void A_constant_feature_changes_nothing() =>
        Gen.Select(s_clumpy, s_options, Gen.Double[-100, 100])
            .Sample(
                (features, options, constant) =>
                {
                    var padded = Matrices.Of(
                        features.Columns + 1,
                        [.. Enumerable.Range(0, features.Rows).SelectMany(i => features.Row(i).ToArray().Append(constant))]
                    );
                    Assert.Equal(options.Run(features).Labels, options.Run(padded).Labels);
                },
                iter: 60
            );

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_with_its_place(double bad) =>
        Assert.Contains(
            "'f0' of row 3",
            Assert.Throws<DiscoveryException>(() => new HdbscanParameters().Run(Matrices.OneColumn(0, 1, 2, bad))).Message,
            StringComparison.Ordinal
        );
}
