using System.Text.Json;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Storage;
using Almagest.Discovery.Tests.Redraws;
using Almagest.Discovery.Tests.Storage;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

/// <summary>What is said of clusters whose stars are in files is what is said of them in memory, to the last bit: statistics, notes, and
/// the draws of their members.</summary>
public sealed class TiledClustersTests
{
    private const int Stars = 20_000;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sky", "cluster5d", 0.25, 6, true)]
    [InlineData("sky", "astrometric", 0.1, 12, false)]
    [InlineData("origin", "cluster5d", 0.3, 5, true)]
    [InlineData("origin", "classic", 0.2, 5, true)]
    [InlineData("north", "cluster5d", 0.3, 5, true)]
    [InlineData("south", "comoving", 0.2, 5, false)]
    [InlineData("south", "sphere", 0.05, 4, true)]
    [InlineData("sky", "spatial", 0.1, 4, true)]
    [InlineData("sky", "cluster5d", 4, 10, true)] // all but one cluster
    [InlineData("north", "astrometric", 0.05, 1, true)] // every star core
    public void Labels_statistics_notes_and_draws_are_those_of_stars_in_memory(
        string field,
        string recipe,
        double eps,
        int least,
        bool exclude
    )
    {
        var stars = Made(field);
        var parameters = new DbscanParameters
        {
            Eps = eps,
            MinSamples = least,
            Draws = 7,
        };
        var options = new FeatureOptions { ExcludeMissing = exclude, Distances = DistanceRule.Usual };
        var whole = FeaturePipeline.Prepare(stars, FeatureRecipes.Get(recipe), options, CancellationToken);
        var tiled = FeaturePipeline.Prepare(InFiles(stars), FeatureRecipes.Get(recipe), options, CancellationToken);
        var context = new AlgorithmContext { MaxThreads = 2, CancellationToken = CancellationToken };

        var expected = DbscanAlgorithm.Instance.Cluster(whole.Matrix, parameters, context);
        // By the way that a run takes, of large tiles, and by small ones.
        foreach (
            var found in new[]
            {
                DbscanAlgorithm.Instance.Cluster(tiled.Matrix, parameters, context),
                TiledDbscan.Cluster(tiled.Matrix, parameters, context, 900) with
                {
                    Notes = expected.Notes,
                },
            }
        )
        {
            Assert.NotEqual(0, expected.ClusterCount);
            Assert.Equal(expected.Labels, All(found.OfLabels));
            Assert.Equal((expected.ClusterCount, expected.NoiseCount), (found.ClusterCount, found.NoiseCount));
            Assert.Equal(expected.Notes, found.Notes);
            Assert.Equal(MeridianTurn.Note(whole.Stars, expected, true), MeridianTurn.Note(tiled.Stars, found, true));
            Assert.Equal(FieldLike.Note(whole.Stars, expected), FieldLike.Note(tiled.Stars, found));
            Assert.Equal(Statistics(whole.Stars, expected), Statistics(tiled.Stars, found));

            var held = StarDraws.Of(whole, expected, parameters, context)!;
            foreach (var waiting in (int[])[1, 4000, int.MaxValue])
            {
                var draws = TiledMemberDraws.Of(tiled, found, parameters, context, waiting);
                Assert.Equal(Bits(held.OfShares), Bits(draws.OfShares));
                Assert.Equal((held.Stars, held.Made, held.Asked), (draws.Stars, draws.Made, draws.Asked));
                Assert.Equal(held.Drawn, draws.Drawn);
                Assert.Equal(held.Held, draws.Held);
            }
            Assert.NotEqual(0, held.Made);
        }
    }

    [Fact]
    public void Stars_without_errors_have_no_draws()
    {
        var stars = Made("sky");
        var parameters = new DbscanParameters { Eps = 0.25, MinSamples = 6 };
        var options = new FeatureOptions { ExcludeMissing = true };
        var none = stars.With(stars.Further.ToDictionary(f => f.Key, f => Array.ConvertAll(f.Value, _ => double.NaN)));
        var prepared = FeaturePipeline.Prepare(InFiles(none), FeatureRecipes.Get("cluster5d"), options, CancellationToken);
        var found = DbscanAlgorithm.Instance.Cluster(prepared.Matrix, parameters);
        Assert.NotEqual(0, found.ClusterCount);
        var draws = StarDraws.Of(prepared, found, parameters, new AlgorithmContext())!;
        Assert.Equal((0, 0L), (draws.Stars, draws.Made));
        Assert.Null(StarDraws.Of(prepared, found, parameters with { Draws = 0 }, new AlgorithmContext()));
    }

    private static string Statistics(StarColumns stars, ClusterResult found)
    {
        // Half of the clusters have errors of all their members.
        var errors = All(stars.Of(StarColumn.Parallax)).Select(p => p > 6 ? 0.01 * p : double.NaN).ToArray();
        return JsonSerializer.Serialize(ClusterStatistics.Of(stars, found, errors));
    }

    private static StarColumns InFiles(StarColumns stars)
    {
        var writer = new StarWriter(new PiecewiseRoom(1 << 14, 1000), [.. stars.Further.Keys]);
        writer.Add(stars);
        return writer.Finish();
    }

    private static T[] All<T>(Sequence<T> values)
        where T : unmanaged
    {
        var all = new T[values.Count];
        values.CopyTo(0, all);
        return all;
    }

    private static long[] Bits(Sequence<double> values) => Array.ConvertAll(All(values), BitConverter.DoubleToInt64Bits);

    /// <summary>Clusters of many sizes in a field: over all the sky, across the origin of right ascension, or around a pole.</summary>
    private static StarColumns Made(string field)
    {
        var random = new Random(8);
        var clumps = Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 5).Select(_ => random.NextDouble()).ToArray()).ToArray();
        var (ra, dec, parallax, pmra, pmdec) = (Empty(), Empty(), Empty(), Empty(), Empty());
        for (var i = 0; i < Stars; i++)
        {
            var clump = random.Next(3) == 0 ? clumps[random.Next(1 + random.Next(clumps.Length))] : null;
            double At(int j, double scatter) => clump is null ? random.NextDouble() : clump[j] + scatter * random.Normal();
            var (u, v) = (At(0, 0.003), At(1, 0.003));
            var north = field == "south" ? -1 : 1;
            (ra[i], dec[i]) = field switch
            {
                "origin" => ((358 + 4 * u + 360) % 360, 30 + 4 * v),
                "sky" => ((360 * u + 360) % 360, Math.Asin(Math.Clamp(2 * v - 1, -1, 1)) * 180 / Math.PI),
                _ => ((360 * u + 360) % 360, north * (90 - 4 * Math.Sqrt(Math.Abs(v)))),
            };
            parallax[i] = 1 + 8 * At(2, 0.003);
            pmra[i] = random.Next(50) == 0 ? double.NaN : 20 * At(3, 0.004) + (clump is null ? 8 * random.Normal() : 0);
            pmdec[i] = 20 * At(4, 0.004) + (clump is null ? 8 * random.Normal() : 0);
        }
        double[] Errors(double size) =>
            [.. Enumerable.Range(0, Stars).Select(_ => random.Next(20) == 0 ? double.NaN : size * random.NextDouble())];
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(0, Stars).Select(i => 5L + 2 * i)],
            RaDeg = ra,
            DecDeg = dec,
            ParallaxMas = parallax,
            PmraMasYr = pmra,
            PmdecMasYr = pmdec,
            Magnitude = [.. Enumerable.Range(0, Stars).Select(_ => 10 + 8 * random.NextDouble())],
            Color = [.. Enumerable.Range(0, Stars).Select(_ => random.NextDouble())],
            Further = new Dictionary<string, double[]>
            {
                ["parallax_error_mas"] = Errors(0.4),
                ["pmra_error"] = Errors(1),
                ["pmdec_error"] = Errors(3),
                ["ra_error"] = Errors(1e6),
                ["dec_error"] = Errors(1e6),
                ["parallax_pmra_corr"] = Errors(0.9),
            },
        };
    }

    private static double[] Empty() => new double[Stars];
}
