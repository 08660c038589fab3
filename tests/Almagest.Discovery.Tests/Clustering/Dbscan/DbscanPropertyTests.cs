using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

public sealed class DbscanPropertyTests
{
    internal static Gen<DbscanParameters> Options { get; } =
        Gen.Select(
            Gen.Double[-2.5, 0.8],
            Gen.Int[1, 25],
            (logEps, samples) => new DbscanParameters { Eps = Math.Pow(10, logEps), MinSamples = samples }
        );

    /// <summary>Small integers make many exact ties with eps and many equal rows.</summary>
    internal static Gen<FeatureMatrix> Lattice { get; } =
        from columns in Gen.Int[1, 6]
        from rows in Gen.Int[0, 120]
        from side in Gen.Int[1, 12]
        from values in Gen.Int[0, side].Array[rows * columns]
        select Matrices.Of(columns, [.. values.Select(v => (double)v)]);

    internal static Gen<FeatureMatrix> Clumpy { get; } = Gen.Select(Gen.Int[1, 700], Gen.Int[1, 6], Gen.Int[0, 1 << 30], Matrices.Clumpy);

    [Fact]
    public void Fast_labels_are_the_reference_labels_on_clumps() => Gen.Select(Clumpy, Options, Gen.Int[1, 4]).Sample(Same, iter: 120);

    [Fact]
    public void Fast_labels_are_the_reference_labels_on_a_lattice_with_ties() =>
        Gen.Select(Lattice, Gen.Int[1, 9].Select(squared => Math.Sqrt(squared)), Gen.Int[1, 12], Gen.Int[1, 4])
            .Sample((features, eps, samples, threads) => Same(features, new() { Eps = eps, MinSamples = samples }, threads), iter: 600);

    [Fact]
    public void Fast_labels_are_the_reference_labels_over_many_magnitudes() =>
        Gen.Select(Gen.Select(Gen.Int[-320, 300], Gen.Double[-1, 1], (e, v) => v * Math.Pow(10, e)).Array[3, 240], Options, Gen.Int[1, 4])
            .Sample((values, options, threads) => Same(Matrices.Of(3, values[..(values.Length / 3 * 3)]), options, threads), iter: 150);

    [Fact]
    public void Fast_labels_are_the_reference_labels_for_crowded_cells_that_face_each_other() =>
        Gen.Select(Gen.Int[1, 3], Gen.Double[0.5, 1.1], Gen.Int[0, 1 << 30])
            .Sample(
                (columns, gap, seed) =>
                {
                    // Two crowds as wide as eps with a gap around eps: linked by few pairs, or by none.
                    var random = new Random(seed);
                    var values = new double[3000 * columns];
                    for (var i = 0; i < values.Length; i++)
                        values[i] = 0.5 * random.NextDouble() + (i % columns == 0 && i / columns % 2 == 0 ? gap : 0);
                    Same(Matrices.Of(columns, values), new() { Eps = 0.55, MinSamples = 5 }, 2);
                },
                iter: 4
            );

    [Fact]
    public void Shuffled_rows_give_the_same_groups_of_core_stars_and_the_same_noise() =>
        Gen.Select(Clumpy, Options, Gen.Int[0, 1 << 30])
            .Sample(
                (features, options, seed) =>
                {
                    var order = Enumerable.Range(0, features.Rows).ToArray();
                    new Random(seed).Shuffle(order);
                    var plain = options.Run(features);
                    var shuffled = options.Run(Matrices.Of(features.Columns, [.. order.SelectMany(i => features.Row(i).ToArray())]));
                    Assert.Equal((plain.ClusterCount, plain.NoiseCount), (shuffled.ClusterCount, shuffled.NoiseCount));
                    for (var i = 0; i < order.Length; i++)
                        Assert.Equal(plain.Labels[order[i]] < 0, shuffled.Labels[i] < 0);
                },
                iter: 80
            );

    [Fact]
    public void Doubled_rows_with_doubled_min_samples_give_the_same_labels() =>
        Gen.Select(Clumpy, Options)
            .Sample(
                (features, options) =>
                {
                    var doubled = Matrices.Of(features.Columns, [.. features.Values, .. features.Values]);
                    var once = options.Run(features).Labels;
                    Assert.Equal([.. once, .. once], (options with { MinSamples = 2 * options.MinSamples }).Run(doubled).Labels);
                },
                iter: 80
            );

    [Fact]
    public void Data_and_eps_scaled_by_a_power_of_two_give_the_same_labels() =>
        Gen.Select(Clumpy, Options, Gen.Int[-40, 40])
            .Sample(
                (features, options, power) =>
                {
                    var factor = Math.ScaleB(1, power);
                    var scaled = Matrices.Of(features.Columns, [.. features.Values.Select(v => v * factor)]);
                    Assert.Equal(options.Run(features).Labels, (options with { Eps = options.Eps * factor }).Run(scaled).Labels);
                },
                iter: 80
            );

    [Fact]
    public void Moving_all_stars_changes_nothing() =>
        Gen.Select(Lattice, Gen.Int[1, 9].Select(squared => Math.Sqrt(squared)), Gen.Int[1, 12], Gen.Int[-1000, 1000])
            .Sample(
                (features, eps, samples, by) =>
                {
                    // Whole numbers, so that moved distances are the same to the last bit, ties with eps included.
                    var options = new DbscanParameters { Eps = eps, MinSamples = samples };
                    var moved = Matrices.Of(features.Columns, [.. features.Values.Select((v, i) => v + by * (1 + i % features.Columns))]);
                    Assert.Equal(options.Run(features).Labels, options.Run(moved).Labels);
                },
                iter: 200
            );

    [Fact]
    public void A_constant_feature_changes_nothing() =>
        Gen.Select(Gen.Select(Gen.Int[1, 700], Gen.Int[1, 5], Gen.Int[0, 1 << 30], Matrices.Clumpy), Options, Gen.Double[-100, 100])
            .Sample(
                (features, options, constant) =>
                {
                    var padded = Matrices.Of(
                        features.Columns + 1,
                        [.. Enumerable.Range(0, features.Rows).SelectMany(i => features.Row(i).ToArray().Append(constant))]
                    );
                    Assert.Equal(options.Run(features).Labels, options.Run(padded).Labels);
                },
                iter: 80
            );

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_with_its_place(double bad) =>
        Assert.Contains(
            "'f0' of row 2",
            Assert.Throws<DiscoveryException>(() => new DbscanParameters().Run(Matrices.OneColumn(0, 1, bad))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.08)]
    [InlineData(3, 0.5)]
    [InlineData(5, 0.3)]
    public void Many_threads_give_the_labels_of_one(int columns, double eps)
    {
        var features = Matrices.Clumpy(20_000, columns, 11);
        var one = new DbscanParameters { Eps = eps }
            .Run(features, 1)
            .Labels;
        for (var repeat = 0; repeat < 3; repeat++)
            Assert.Equal(
                one,
                new DbscanParameters { Eps = eps }
                    .Run(features, 8)
                    .Labels
            );
    }

    private static void Same(FeatureMatrix features, DbscanParameters options, int threads)
    {
        var expected = options.RunPlainly(features);
        var found = options.Run(features, threads);
        Assert.Equal(expected.Labels, found.Labels);
        Assert.Equal((expected.ClusterCount, expected.NoiseCount), (found.ClusterCount, found.NoiseCount));
    }
}
