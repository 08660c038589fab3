using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Consensus;

/// <summary>Clusters recognised across runs by their members.</summary>
public sealed class ClusterMatchingTests
{
    private static readonly StarSet s_sky = new(Enumerable.Range(0, 100).Select(i => (long)i));

    [Fact]
    public void The_same_clusters_under_other_numbers_are_one_identity_each()
    {
        var found = Match(Run(s_sky, (0, 0, 20), (1, 30, 10)), Run(s_sky, (5, 30, 10), (9, 0, 20)), Run(s_sky, (0, 0, 20), (1, 30, 10)));
        Assert.Equal(2, found.Total);
        var large = found.Identities[0];
        Assert.Equal([(0, 0, 20, 1.0), (1, 9, 20, 1.0), (2, 0, 20, 1.0)], large.Found.Select(f => (f.Run, f.ClusterId, f.Size, f.Jaccard)));
        Assert.Equal((3, 1.0, 20, 20), (large.Covered, large.Stability!.Value, large.CoreSize, large.MemberCount));
        Assert.Empty(large.Events);
        Assert.All(large.Members, m => Assert.Equal(1, m.Probability));
        Assert.All(found.MeanAgreement, a => Assert.Equal(1, a, 1e-12));
    }

    [Fact]
    public void A_membership_probability_is_the_share_of_runs_that_analysed_the_star()
    {
        var half = new StarSet(Enumerable.Range(0, 15).Select(i => (long)i));
        var found = Match(Run(s_sky, (0, 0, 20)), Run(s_sky, (0, 0, 16)), Run(half, (3, 0, 15)), Run(s_sky));
        var identity = Assert.Single(found.Identities);
        Assert.Equal(3, identity.Found.Count);
        Assert.Equal(4, identity.Covered);
        var members = identity.Members.ToDictionary(m => m.StarId);
        Assert.Equal((3, 4), (members[3].In, members[3].Of));
        Assert.Equal((2, 3), (members[15].In, members[15].Of));
        Assert.Equal((1, 3), (members[18].In, members[18].Of));
        Assert.Equal((20, 16), (identity.MemberCount, identity.CoreSize));
        Assert.Equal(identity.Members.Select(m => m.Probability).OrderDescending(), identity.Members.Select(m => m.Probability));
        // Hennig's stability: with the run of 16 0.8; with the half, over its own stars, 1; with the one that found nothing 0. The anchor
        // is the run of 20 or of 16.
        var anchor = identity.Anchor.Size;
        Assert.Equal(anchor == 15 ? (1 + 1 + 0) / 3.0 : (0.8 + 1 + 0) / 3, identity.Stability!.Value, 1e-12);
    }

    [Fact]
    public void Splits_and_merges_are_named()
    {
        // Runs 0 to 2 see two clusters; run 3 sees the first in two parts, run 4 sees both as one.
        var two = Run(s_sky, (0, 0, 40), (1, 50, 20));
        var found = Match(two, two, two, Run(s_sky, (0, 0, 25), (1, 25, 15), (2, 50, 20)), Run(s_sky, (7, 0, 72)));
        var (first, second) = (found.Identities[0], found.Identities[1]);
        Assert.Equal((40, 20), (first.Anchor.Size, second.Anchor.Size));
        Assert.Equal([(ClusterEventKind.Split, 3, "0 1", ""), (ClusterEventKind.Merge, 4, "7", "1")], Events(first));
        Assert.Equal([(ClusterEventKind.Merge, 4, "7", "0")], Events(second));
        // The larger part is the same cluster, the smaller an identity of its own.
        Assert.Equal(0, first.Found.Single(f => f.Run == 3).ClusterId);
        Assert.Equal(3, found.Total);
        Assert.Equal((3, 1), (found.Identities[2].Anchor.Run, found.Identities[2].Found.Count));
        static IEnumerable<(ClusterEventKind, int, string, string)> Events(ClusterIdentity i) =>
            i.Events.Select(e => (e.Kind, e.Run, string.Join(' ', e.ClusterIds), string.Join(' ', e.With)));
    }

    [Fact]
    public void Clusters_that_share_too_little_are_different_ones()
    {
        var (a, b) = (Run(s_sky, (0, 0, 20)), Run(s_sky, (0, 15, 20)));
        Assert.Equal(2, ClusterMatching.Match([a, b], new() { MinJaccard = 0.2 }).Total); // 5 of 35
        Assert.Equal(1, ClusterMatching.Match([a, b], new() { MinJaccard = 0.1 }).Total);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterMatching.Match([a, b], new() { MinJaccard = 0 }));
    }

    [Fact]
    public void Every_cluster_has_one_identity_and_the_order_of_the_runs_changes_only_ties() =>
        Gen.Select(Gen.Int[-1, 3].Array[40].Array[1, 6], Gen.Int[0, 1 << 30], Gen.Int[1, 2])
            .Sample(
                (labels, seed, threads) =>
                {
                    var runs = labels.Select(FromLabels).ToArray();
                    var found = ClusterMatching.Match(
                        runs,
                        new()
                        {
                            Members = 1000,
                            Limit = 1000,
                            MaxThreads = threads,
                        }
                    );
                    var all = found.Identities.SelectMany(i => i.Found.Select(f => (f.Run, f.ClusterId))).ToList();
                    Assert.Equal(runs.Index().SelectMany(r => r.Item.Clusters.Select(c => (r.Index, c.ClusterId))).Order(), all.Order());
                    foreach (var identity in found.Identities)
                    {
                        Assert.Equal(identity.Found.Count, identity.Found.Select(f => f.Run).Distinct().Count());
                        Assert.All(identity.Found, f => Assert.InRange(f.Jaccard, 0.2, 1));
                        foreach (var m in identity.Members)
                            Assert.Equal(
                                identity.Found.Count(f =>
                                    runs[f.Run].Clusters.Single(c => c.ClusterId == f.ClusterId).Members.Contains(m.StarId)
                                ),
                                m.In
                            );
                        Assert.Equal(identity.Members.Count(m => m.Probability > 0.5), identity.CoreSize);
                        foreach (var (run, f) in identity.Found.Select(f => (f.Run, f)))
                        {
                            var (mine, theirs) = (Of(runs, identity.Anchor), Of(runs, f));
                            Assert.Equal((double)mine.Intersect(theirs).Count() / mine.Union(theirs).Count(), f.Jaccard, 1e-12);
                        }
                    }
                    if (found.MeanAgreement.Select(a => Math.Round(a, 9)).Distinct().Count() < runs.Length)
                        return; // a tie between runs
                    var permutation = Enumerable.Range(0, runs.Length).ToArray();
                    new Random(seed).Shuffle(permutation);
                    var other = ClusterMatching.Match([.. permutation.Select(p => runs[p])], new() { Limit = 1000 });
                    Assert.Equal(found.Order, other.Order.Select(r => permutation[r]));
                    Assert.Equal(found.Total, other.Total);
                },
                iter: 300
            );

    [Fact]
    public void Copies_of_a_run_find_every_cluster_in_each_with_full_stability() =>
        Gen.Select(Gen.Int[-1, 5].Array[60], Gen.Int[2, 5])
            .Sample(
                (labels, copies) =>
                {
                    var run = FromLabels(labels);
                    var found = ClusterMatching.Match([.. Enumerable.Repeat(run, copies)], new() { Limit = 1000 });
                    Assert.Equal(run.Clusters.Count, found.Total);
                    Assert.All(found.Identities, i => Assert.Equal((copies, 1.0, i.Anchor.Size), (i.Found.Count, i.Stability, i.CoreSize)));
                },
                iter: 200
            );

    private static ClusterIdentities Match(params ClusteredRun[] runs) => ClusterMatching.Match(runs, new() { Members = 1000 });

    private static ClusteredRun Run(StarSet sky, params (int Id, int From, int Count)[] clusters) =>
        new(sky, [.. clusters.Select(c => new LabelledCluster(c.Id, [.. Enumerable.Range(c.From, c.Count).Select(i => (long)i)]))]);

    private static ClusteredRun FromLabels(int[] labels) =>
        new(
            s_sky,
            [
                .. labels
                    .Index()
                    .Where(l => l.Item >= 0)
                    .GroupBy(l => l.Item)
                    .OrderBy(g => g.Key)
                    .Select(g => new LabelledCluster(g.Key, [.. g.Select(l => (long)l.Index)])),
            ]
        );

    private static long[] Of(ClusteredRun[] runs, IdentityMatch match) =>
        runs[match.Run].Clusters.Single(c => c.ClusterId == match.ClusterId).Members;
}
