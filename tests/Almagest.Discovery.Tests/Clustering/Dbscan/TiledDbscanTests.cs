using System.Globalization;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Tests.Storage;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

/// <summary>Over stars that are seen tile by tile DBSCAN finds what it finds in memory, label by label.</summary>
public sealed class TiledDbscanTests
{
    [Fact]
    public void Labels_are_those_of_comparing_all_pairs_on_clumps() =>
        Gen.Select(DbscanPropertyTests.Clumpy, DbscanPropertyTests.Options, Gen.Int[1, 300], Gen.Int[1, 4]).Sample(Same, iter: 200);

    [Fact]
    public void Labels_are_those_of_comparing_all_pairs_on_a_lattice_with_ties_and_equal_rows() =>
        Gen.Select(DbscanPropertyTests.Lattice, Gen.Int[1, 9].Select(squared => Math.Sqrt(squared)), Gen.Int[1, 12], Gen.Int[1, 40])
            .Sample((features, eps, samples, most) => Same(features, new() { Eps = eps, MinSamples = samples }, most, 2), iter: 600);

    [Fact]
    public void Labels_are_those_of_comparing_all_pairs_over_many_magnitudes() =>
        Gen.Select(
                Gen.Select(Gen.Int[-320, 300], Gen.Double[-1, 1], (e, v) => v * Math.Pow(10, e)).Array[3, 240],
                DbscanPropertyTests.Options,
                Gen.Int[1, 60]
            )
            .Sample((values, options, most) => Same(Matrices.Of(3, values[..(values.Length / 3 * 3)]), options, most, 2), iter: 150);

    [Fact]
    public void Labels_are_those_of_comparing_all_pairs_for_crowds_that_face_each_other_across_tiles() =>
        Gen.Select(Gen.Int[1, 3], Gen.Double[0.5, 1.1], Gen.Int[0, 1 << 30])
            .Sample(
                (columns, gap, seed) =>
                {
                    var random = new Random(seed);
                    var values = new double[3000 * columns];
                    for (var i = 0; i < values.Length; i++)
                        values[i] = 0.5 * random.NextDouble() + (i % columns == 0 && i / columns % 2 == 0 ? gap : 0);
                    Same(Matrices.Of(columns, values), new() { Eps = 0.55, MinSamples = 5 }, 1600, 2);
                },
                iter: 4
            );

    [Theory]
    [InlineData(0.002, 1)] // all but every star a cluster of its own
    [InlineData(0.02, 4)]
    [InlineData(0.1, 30)]
    [InlineData(1e-6, 5)] // but for repeated rows all noise
    [InlineData(3, 10)] // one cluster over all tiles
    [InlineData(0.3, 30_000)] // more neighbours than a tile holds
    public void Labels_are_those_of_stars_in_memory_over_many_tiles(double eps, int samples)
    {
        var features = Matrices.Clumpy(40_000, 3, 17);
        var options = new DbscanParameters { Eps = eps, MinSamples = samples };
        Same(options.Run(features), Tiled(features, options, 1700, 2));
    }

    [Fact]
    public void A_chain_through_all_tiles_is_one_cluster()
    {
        double[] chain = [.. Enumerable.Range(0, 3000).Select(i => (double)i).Reverse()];
        var found = Tiled(Matrices.OneColumn(chain), new() { Eps = 1, MinSamples = 2 }, 50, 2);
        Assert.Equal((1, 0), (found.ClusterCount, found.NoiseCount));
        found = Tiled(Matrices.OneColumn(chain), new() { Eps = 0.999, MinSamples = 2 }, 50, 2);
        Assert.Equal((0, 3000), (found.ClusterCount, found.NoiseCount));
    }

    [Fact]
    public void Equal_stars_that_no_cut_can_part_are_several_tiles_and_one_cluster()
    {
        var features = Matrices.OneColumn([.. Enumerable.Repeat(3.25, 500)]);
        var tiles = MatrixTiles.Of(Tiles(features, 90), 1, 90, TestContext.Current.CancellationToken);
        Assert.True(tiles.Tiles.Count >= 6);
        Assert.All(tiles.Tiles, tile => Assert.InRange(tile.Count, 1, 90));
        var found = Tiled(features, new() { Eps = double.Epsilon, MinSamples = 400 }, 90, 2);
        Assert.Equal((1, 0), (found.ClusterCount, found.NoiseCount));
    }

    [Fact]
    public void Every_row_is_in_one_tile_of_no_more_than_were_asked_for_and_comes_back_in_its_place() =>
        Gen.Select(DbscanPropertyTests.Clumpy, Gen.Int[1, 200], Gen.Double[0, 1])
            .Sample(
                (features, most, reach) =>
                {
                    var tiles = MatrixTiles.Of(Tiles(features, most), reach, most, CancellationToken.None);
                    var seen = new List<int>();
                    var places = tiles.Room.Create<int>(features.Rows);
                    foreach (var tile in tiles.Tiles)
                    {
                        Assert.InRange(tile.Count, 1, most);
                        var rows = tiles.RowsOf(tile);
                        Assert.Equal(rows.Order(), rows);
                        Assert.Equal(rows.SelectMany(row => features.Row(row).ToArray()), tiles.Points(tile).Values);
                        seen.AddRange(rows);
                        places.Write(tile.First, Array.ConvertAll(rows, row => 3 * row));
                    }
                    Assert.Equal(Enumerable.Range(0, features.Rows), seen.Order());
                    var ordered = new int[features.Rows];
                    tiles.InOrder(places, CancellationToken.None).CopyTo(0, ordered);
                    Assert.Equal(Enumerable.Range(0, features.Rows).Select(row => 3 * row), ordered);
                },
                iter: 60
            );

    [Theory]
    [InlineData(2, 1.0, 4)]
    [InlineData(3, 1.0, 5)]
    [InlineData(4, 2.0, 9)]
    [InlineData(5, 0.4, 6)]
    public void Labels_are_those_of_scikit_learn_label_by_label(int column, double eps, int minSamples)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Clustering", "dbscan-sklearn.csv"));
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        var features = Matrices.Of(
            2,
            [.. rows.SelectMany(row => row[..2]).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
        );
        int[] expected = [.. rows.Select(row => int.Parse(row[column], CultureInfo.InvariantCulture))];
        Assert.Equal(expected, Labels(Tiled(features, new() { Eps = eps, MinSamples = minSamples }, 40, 2)));
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused_with_its_place() =>
        Assert.Contains(
            "'f1' of row 1",
            Assert.Throws<DiscoveryException>(() => Tiled(Matrices.Of(2, [0, 1, 2, double.NaN, 4, 5]), new(), 2, 1)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_cancelled_run_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            TiledDbscan.Cluster(
                Tiles(Matrices.OneColumn(0, 1, 2), 2),
                new DbscanParameters { MinSamples = 1 },
                new AlgorithmContext { CancellationToken = source.Token },
                2
            )
        );
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        var seen = new Recorder();
        TiledDbscan.Cluster(Tiles(Matrices.Clumpy(500, 2, 1), 60), new DbscanParameters(), new AlgorithmContext { Progress = seen }, 60);
        Assert.Equal(1, seen.Values[^1]);
        Assert.Equal(seen.Values.Order(), seen.Values);
    }

    private static void Same(FeatureMatrix features, DbscanParameters options, int most, int threads) =>
        Same(options.RunPlainly(features), Tiled(features, options, most, threads));

    private static void Same(ClusterResult expected, ClusterResult found)
    {
        Assert.Equal(expected.Labels, Labels(found));
        Assert.Equal((expected.ClusterCount, expected.NoiseCount), (found.ClusterCount, found.NoiseCount));
        Assert.Equal(expected.Sizes, found.Sizes);
    }

    private static int[] Labels(ClusterResult found)
    {
        var labels = new int[found.OfLabels.Count];
        found.OfLabels.CopyTo(0, labels);
        return labels;
    }

    private static ClusterResult Tiled(FeatureMatrix features, DbscanParameters options, int most, int threads) =>
        TiledDbscan.Cluster(
            Tiles(features, most),
            options,
            new AlgorithmContext { MaxThreads = threads, CancellationToken = TestContext.Current.CancellationToken },
            most
        );

    /// <summary>The same matrix, which can only be had by stretches.</summary>
    private static FeatureMatrix Tiles(FeatureMatrix features, int most)
    {
        var values = new PiecewiseRoom(most, 100).Create<double>(features.Values.Length);
        values.Write(0, features.Values);
        return new FeatureMatrix(features.Rows, features.Names, values);
    }

    private sealed class Recorder : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
