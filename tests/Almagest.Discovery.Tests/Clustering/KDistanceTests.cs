using Almagest.Discovery.Clustering;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

public sealed class KDistanceTests
{
    [Fact]
    public void Distances_are_those_of_comparing_every_pair() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 6], Gen.Int[0, 1 << 30], Gen.Int[1, 20]).Sample((rows, columns, seed, k) =>
        {
            var features = Matrices.Clumpy(rows, columns, seed);
            k = Math.Min(k, rows);
            double[] expected =
            [
                .. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, rows)
                    .Select(j => Math.Sqrt(Enumerable.Range(0, columns).Sum(c => Math.Pow(features.Row(i)[c] - features.Row(j)[c], 2))))
                    .Order().ElementAt(k - 1)).Order(),
            ];
            var found = KDistance.Compute(features, k).Distances;
            Assert.Equal(expected.Length, found.Length);
            for (var i = 0; i < rows; i++) Assert.Equal(expected[i], found[i], 1e-12);
        }, iter: 80);

    [Fact]
    public void The_star_itself_is_the_first()
    {
        var features = Matrices.OneColumn(0, 1, 3, 7);
        Assert.Equal([0, 0, 0, 0], KDistance.Compute(features, 1, cancellation: TestContext.Current.CancellationToken).Distances);
        Assert.Equal([1, 1, 2, 4], KDistance.Compute(features, 2, cancellation: TestContext.Current.CancellationToken).Distances);
    }

    [Fact]
    public void A_sample_measures_to_all_stars_and_is_the_same_every_time()
    {
        var features = Matrices.OneColumn([.. Enumerable.Range(0, 10_000).Select(i => (double)i)]);
        var sample = KDistance.Compute(features, 3, maxSample: 500, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(500, sample.Distances.Length);
        Assert.All(sample.Distances[..499], distance => Assert.Equal(1, distance));
        Assert.Equal(sample.Distances, KDistance.Compute(features, 3, 500, 1, TestContext.Current.CancellationToken).Distances);
    }

    [Fact]
    public void The_suggested_eps_parts_clumps_from_a_thin_field()
    {
        var random = new Random(2);
        var values = new List<double>();
        for (var i = 0; i < 900; i++) values.AddRange([i % 3 * 10 + 0.1 * Matrices.Normal(random), 0.1 * Matrices.Normal(random)]);
        for (var i = 0; i < 300; i++) values.AddRange([30 * random.NextDouble() - 5, 30 * random.NextDouble() - 15]);
        var features = Matrices.Of(2, [.. values]);
        var eps = KDistance.Compute(features, 8, cancellation: TestContext.Current.CancellationToken).SuggestedEps!.Value;
        Assert.InRange(eps, 0.05, 1.0);
        var result = new Dbscan(new() { Eps = eps, MinSamples = 8 }).Run(features);
        Assert.Equal(3, result.ClusterCount);
        Assert.InRange(result.NoiseCount, 230, 310);
    }

    [Fact]
    public void Equal_stars_suggest_nothing() =>
        Assert.Null(KDistance.Compute(Matrices.OneColumn(4, 4, 4, 4), 2, cancellation: TestContext.Current.CancellationToken).SuggestedEps);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_rank_that_does_not_exist_is_refused(int k) =>
        Assert.Contains("k is", Assert.Throws<DiscoveryException>(() => KDistance.Compute(Matrices.OneColumn(1, 2, 3), k, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
}
