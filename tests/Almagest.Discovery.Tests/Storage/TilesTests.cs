using System.Text.Json;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Storage;
using Xunit;

namespace Almagest.Discovery.Tests.Storage;

/// <summary>Detectors whose score of a star needs the fitted model alone see stars by tiles, and say the same to the last bit.</summary>
public sealed class TilesTests
{
    private static readonly string[] s_further =
    [
        StarColumns.ParallaxErrorName,
        StarColumns.PmraErrorName,
        StarColumns.PmdecErrorName,
        StarColumns.PmraPmdecCorrelationName,
        StarColumns.RadialVelocityName,
    ];

    private static readonly StarColumns s_stars = Made(36_000);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, bool> Cases =>
        new()
        {
            { "isolation_forest", "population", true },
            { "isolation_forest", "population", false },
            { "isolation_forest", "default", true },
            { "isolation_forest", "population3d", false },
            { "extended_isolation_forest", "deep", true },
            { "extended_isolation_forest", "classic+deep", false },
            { "mcd", "population", true },
            { "mcd", "astrometric", false },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_detector_says_of_stars_that_it_sees_by_tiles_is_what_it_says_of_all_at_once(string name, string recipe, bool exclude)
    {
        var algorithm = Algorithms.Find(name)!;
        Assert.False(algorithm.NeedsAllStars);
        var trees = name == "mcd" ? "" : "\"n_estimators\": 12, ";
        var parameters = algorithm.Read($"{{{trees}\"draws\": 9, \"contamination\": 0.07, \"distance_without_errors\": true}}");
        var options = new FeatureOptions
        {
            ExcludeMissing = exclude,
            Distances = parameters.Distances,
            LeastStars = Algorithm.MinStars,
        };
        var whole = Found.Of(s_stars, recipe, options, parameters, 1);
        var room = new PiecewiseRoom(1 << 14, 1000);
        var tiled = Found.Of(In(room, s_stars), recipe, options, parameters, 2);

        Assert.False(tiled.Prepared.Stars.IsInMemory);
        Assert.Equal(Json(whole.Prepared.Statistics), Json(tiled.Prepared.Statistics));
        Assert.Equal(whole.Prepared.Notes, tiled.Prepared.Notes);
        Assert.Equal(whole.Prepared.FilledStars, tiled.Prepared.FilledStars);
        Assert.Equal(Bits(whole.Prepared.Matrix.Numbers), Bits(tiled.Prepared.Matrix.Numbers));
        Assert.Equal(whole.Prepared.Stars.StarId, All(tiled.Prepared.Stars.Ids));
        Assert.Equal(
            whole.Prepared.Excluded.Select(e => (e.Reason, string.Join(' ', e.StarIds))),
            tiled.Prepared.Excluded.Select(e => (e.Reason, string.Join(' ', All(e.Ids))))
        );
        Assert.Equal(exclude, whole.Prepared.Excluded.Count > 0);
        Assert.Equal(Bits(whole.Anomalies.Scores), Bits(tiled.Anomalies.Scores));
        Assert.Equal(whole.Anomalies.Offset, tiled.Anomalies.Offset);
        Assert.Equal(whole.Anomalies.AnomalyCount(), tiled.Anomalies.AnomalyCount());
        Assert.InRange(whole.Anomalies.AnomalyCount(), 1, s_stars.Count);
        Assert.Equal(Bits(whole.Draws.OfShares), Bits(tiled.Draws.OfShares));
        Assert.Equal(Bits(whole.Draws.OfSpreads!), Bits(tiled.Draws.OfSpreads!));
        Assert.Equal((whole.Draws.Stars, whole.Draws.Made), (tiled.Draws.Stars, tiled.Draws.Made));
        Assert.Equal(whole.Draws.Drawn, tiled.Draws.Drawn);
        Assert.Equal(whole.Draws.Held, tiled.Draws.Held);
        Assert.NotEqual(0, whole.Draws.Made);
    }

    [Theory]
    [InlineData("knn")]
    [InlineData("lof")]
    [InlineData("rank_ensemble")]
    [InlineData("dbscan")]
    [InlineData("hdbscan")]
    [InlineData("auto")]
    public void Algorithms_that_look_at_all_stars_at_once_say_so(string name)
    {
        var algorithm = Algorithms.Find(name)!;
        Assert.True(algorithm.NeedsAllStars);
        Assert.Equal(name == "dbscan", algorithm.TakesTiles(algorithm.Defaults));
    }

    [Fact]
    public void Who_asks_stars_in_files_for_a_whole_column_is_told()
    {
        var stars = In(new PiecewiseRoom(1 << 14, 1000), Made(100));
        Assert.Throws<InvalidOperationException>(() => stars.StarId);
        Assert.Throws<InvalidOperationException>(() => stars.ParallaxErrorMas);
        Assert.Equal(100, stars.Count);
        Assert.True(stars.Has(StarColumns.PmraErrorName));
        Assert.False(stars.Has("ruwe"));
    }

    private static StarColumns In(Room room, StarColumns stars)
    {
        var writer = new StarWriter(room, s_further);
        writer.Add(stars);
        return writer.Finish();
    }

    private static long[] Bits(Sequence<double> values) => Array.ConvertAll(All(values), BitConverter.DoubleToInt64Bits);

    private static T[] All<T>(Sequence<T> values)
        where T : unmanaged
    {
        var all = new List<T>();
        values.ForEach((_, part) => all.AddRange(part.ToArray()));
        return [.. all];
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);

    /// <summary>A field with gaps of every kind: no value, a fill value, no distance, no error.</summary>
    private static StarColumns Made(int count)
    {
        var random = new Random(5);
        double[] Column(double gaps, Func<double> value) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(_ =>
                        random.NextDouble() >= gaps ? value()
                        : random.Next(5) == 0 ? 1e200
                        : double.NaN
                    ),
            ];
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(0, count).Select(i => 7L + 3 * i)],
            RaDeg = Column(0, () => 360 * random.NextDouble()),
            DecDeg = Column(0, () => Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI),
            ParallaxMas = Column(0.05, () => 2 + 3 * Normal()),
            PmraMasYr = Column(0.02, () => 5 * Normal()),
            PmdecMasYr = Column(0.03, () => 5 * Normal()),
            Magnitude = Column(0.01, () => 15 + 2 * Normal()),
            Color = Column(0.3, () => 1 + 0.4 * Normal()),
            Further = new Dictionary<string, double[]>
            {
                [StarColumns.ParallaxErrorName] = Column(0.2, () => 0.1 + 0.2 * random.NextDouble()),
                [StarColumns.PmraErrorName] = Column(0.1, () => 0.1 + 0.2 * random.NextDouble()),
                [StarColumns.PmdecErrorName] = Column(0.1, () => 0.1 + 0.2 * random.NextDouble()),
                [StarColumns.PmraPmdecCorrelationName] = Column(0.1, () => 1.6 * random.NextDouble() - 0.8),
                [StarColumns.RadialVelocityName] = Column(0.4, () => 30 * Normal()),
            },
        };
    }

    private sealed record Found(PreparedFeatures Prepared, AnomalyResult Anomalies, StarDraws Draws)
    {
        public static Found Of(StarColumns stars, string recipe, FeatureOptions options, RunParameters parameters, int threads)
        {
            var prepared = FeaturePipeline.Prepare(
                stars,
                FeatureRecipes.Get(recipe),
                options with
                {
                    MaxThreads = threads,
                },
                CancellationToken
            );
            var context = new AlgorithmContext { MaxThreads = threads, CancellationToken = CancellationToken };
            var found = (AnomalyResult)parameters.Algorithm.Run(prepared.Matrix, parameters, context);
            return new Found(prepared, found, StarDraws.Of(prepared, found, parameters, context)!);
        }
    }
}
