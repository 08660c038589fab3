using Almagest.Discovery.Clustering.Dbscan;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

public sealed class KDistanceTests
{
    [Fact]
    public void Distances_are_those_of_comparing_every_pair() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 6], Gen.Int[0, 1 << 30], Gen.Int[1, 20])
            .Sample(
                (rows, columns, seed, k) =>
                {
                    var features = Matrices.Clumpy(rows, columns, seed);
                    k = Math.Min(k, rows);
                    double[] expected =
                    [
                        .. Enumerable
                            .Range(0, rows)
                            .Select(i => Enumerable.Range(0, rows).Select(j => Matrices.Distance(features, i, j)).Order().ElementAt(k - 1))
                            .Order(),
                    ];
                    var found = KDistance.Compute(features, k).Distances;
                    Assert.Equal(expected.Length, found.Length);
                    for (var i = 0; i < rows; i++)
                        Assert.Equal(expected[i], found[i], 1e-12);
                },
                iter: 80
            );

    [Fact]
    public void The_star_itself_is_the_first()
    {
        var features = Matrices.OneColumn(0, 1, 3, 7);
        Assert.Equal([0, 0, 0, 0], KDistance.Compute(features, 1, cancellationToken: TestContext.Current.CancellationToken).Distances);
        Assert.Equal([1, 1, 2, 4], KDistance.Compute(features, 2, cancellationToken: TestContext.Current.CancellationToken).Distances);
    }

    [Fact]
    public void A_sample_measures_to_all_stars_and_is_the_same_every_time()
    {
        var features = Matrices.OneColumn([.. Enumerable.Range(0, 10_000).Select(i => (double)i)]);
        var sample = KDistance.Compute(features, 3, maxSample: 500, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(500, sample.Distances.Length);
        Assert.All(sample.Distances[..499], distance => Assert.Equal(1, distance));
        Assert.Equal(sample.Distances, KDistance.Compute(features, 3, 500, 1, TestContext.Current.CancellationToken).Distances);
    }

    [Fact]
    public void The_suggested_eps_parts_clumps_from_a_thin_field()
    {
        var random = new Random(2);
        var values = new List<double>();
        for (var i = 0; i < 900; i++)
            values.AddRange([i % 3 * 10 + 0.1 * Matrices.Normal(random), 0.1 * Matrices.Normal(random)]);
        for (var i = 0; i < 300; i++)
            values.AddRange([30 * random.NextDouble() - 5, 30 * random.NextDouble() - 15]);
        var features = Matrices.Of(2, [.. values]);
        var eps = KDistance.Compute(features, 8, cancellationToken: TestContext.Current.CancellationToken).SuggestedEps!.Value;
        Assert.InRange(eps, 0.05, 1.0);
        var result = new DbscanParameters { Eps = eps, MinSamples = 8 }.Run(features);
        Assert.Equal(3, result.ClusterCount);
        Assert.InRange(result.NoiseCount, 230, 310);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_tail_of_a_field_does_not_draw_eps_away_from_the_clump(int seed)
    {
        // Proper motions of a field have tails of a power law: the edge of the field is a hundred times thinner than its middle.
        var random = new Random(seed);
        var values = new List<double>();
        for (var i = 0; i < 900; i++)
            values.AddRange([3 + 0.05 * Matrices.Normal(random), 2 + 0.05 * Matrices.Normal(random)]);
        for (var i = 0; i < 1600; i++)
        {
            var scale = 1 / Math.Sqrt(1e-3 + random.NextDouble());
            values.AddRange([scale * Matrices.Normal(random), scale * Matrices.Normal(random)]);
        }
        var features = Matrices.Of(2, [.. values]);
        var distances = KDistance.Compute(features, 15, cancellationToken: TestContext.Current.CancellationToken);
        var labels = new DbscanParameters { Eps = distances.SuggestedEps!.Value, MinSamples = 15 }
            .Run(features)
            .Labels;
        var clump = labels[..900].Where(l => l >= 0).CountBy(l => l).MaxBy(c => c.Value);
        Assert.InRange(clump.Value, 880, 900);
        Assert.InRange((double)clump.Value / labels.Count(l => l == clump.Key), 0.9, 1);
    }

    [Fact]
    public void Candidates_say_what_dbscan_finds_at_each_eps_around_the_suggestion()
    {
        var features = Matrices.Clumpy(2000, 2, 3);
        var distances = KDistance.Compute(features, 10, cancellationToken: TestContext.Current.CancellationToken);
        var candidates = EpsCandidate.Around(features, distances, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(distances.SuggestedEps, Assert.Single(candidates, c => c.IsSuggested).Eps);
        Assert.Equal(
            [0.25, 0.5, 1, 2],
            candidates.Where((_, i) => i % 2 == 0).Select(c => Math.Round(c.Eps / distances.SuggestedEps!.Value, 9))
        );
        Assert.All(
            candidates,
            c =>
            {
                var found = new DbscanParameters { Eps = c.Eps, MinSamples = 10 }.Run(features);
                Assert.Equal((found.ClusterCount, found.NoiseCount), (c.Clusters, c.Noise));
                Assert.Equal(found.Labels.Where(l => l >= 0).CountBy(l => l).Select(g => g.Value).DefaultIfEmpty().Max(), c.LargestCluster);
            }
        );
        Assert.Equal(candidates.Select(c => c.Noise).OrderDescending(), candidates.Select(c => c.Noise));
        Assert.Empty(
            EpsCandidate.Around(features, distances with { SuggestedEps = null }, cancellationToken: TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void Distances_that_are_all_the_same_suggest_themselves() => Assert.Equal(1, KDistance.Cut([0, 0, 1, 1, 1, 1]));

    [Fact]
    public void The_cut_lies_between_the_two_sides() => Assert.Equal(10, KDistance.Cut([0.5, 1, 1, 1, 1, 100, 100, 200])!.Value, 1e-9);

    [Fact]
    public void Equal_stars_suggest_nothing() =>
        Assert.Null(
            KDistance.Compute(Matrices.OneColumn(4, 4, 4, 4), 2, cancellationToken: TestContext.Current.CancellationToken).SuggestedEps
        );

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_rank_that_does_not_exist_is_refused(int k) =>
        Assert.Contains(
            "k is",
            Assert
                .Throws<DiscoveryException>(() =>
                    KDistance.Compute(Matrices.OneColumn(1, 2, 3), k, cancellationToken: TestContext.Current.CancellationToken)
                )
                .Message,
            StringComparison.Ordinal
        );
}
