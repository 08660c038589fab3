using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Comparison;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Runs.Tests.Comparison;

/// <summary>Runs compared from their raw results.</summary>
public sealed class ComparingTests
{
    private static readonly StarFilter s_north = new() { DecDeg = new Bounds(0) };

    /// <summary>Flags the stars of a range; the others score above 0, higher the further up their number is.</summary>
    private static Func<int, double?> Flags(int from, int count) => i => i >= from && i < from + count ? -0.1 : 0.001 * (i + 1);

    [Fact]
    public async Task An_overlap_counts_only_stars_that_both_runs_analysed_and_two_ways_of_counting_agree()
    {
        await using var made = await MadeRuns.CreateAsync(1000);
        var all = await made.AnomaliesAsync(Flags(0, 100));
        var half = await made.AnomaliesAsync(i => i < 50 || i >= 500 ? Flags(40, 500)(i) : null, filter: s_north);
        var clusters = await made.ClustersAsync(i => i < 300 ? -1 : i % 3);
        var pair = await new RunAgreementReader(made.Test.Ledger).ReadAsync(all, half);
        // Run 2 analysed 0-49 and 500-999, and flags of them 40-49 and 500-539.
        Assert.Equal((100, 50), (pair.Marked1, pair.Marked2));
        Assert.Equal(new MarkOverlap(550, 50, 50, 10), pair.Overlap);
        Assert.Equal(10.0 / 90, pair.JaccardSimilarity, 1e-12);
        Assert.Equal((50 * 50 / 550.0, 10 / (50 * 50 / 550.0)), (pair.Overlap.Expected, pair.Overlap.Enrichment!.Value));
        var runs = new[] { all, half, clusters };
        var marks = await new RunSetReader(made.Test.Ledger).MarksAsync(runs);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                if (i == j)
                    continue;
                var counted = MarkOverlap.Count(marks[i].Analysed, marks[i].Marked, marks[j].Analysed, marks[j].Marked);
                Assert.Equal((await new RunAgreementReader(made.Test.Ledger).ReadAsync(runs[i], runs[j])).Overlap, counted);
            }
        }
        // Runs over one selection share one set of stars.
        Assert.Same(marks[0].Analysed, marks[2].Analysed);
    }

    [Fact]
    public async Task Q_values_are_adjusted_over_the_pairs_that_share_stars()
    {
        await using var made = await MadeRuns.CreateAsync(600);
        var runs = new List<DiscoveryRun>
        {
            await made.AnomaliesAsync(Flags(0, 30)),
            await made.AnomaliesAsync(Flags(5, 30)),
            await made.AnomaliesAsync(Flags(300, 30)),
            await made.AnomaliesAsync(i => i >= 300 ? Flags(310, 20)(i) : null, filter: s_north),
            await made.AnomaliesAsync(i => i < 100 ? Flags(0, 10)(i) : null, filter: new StarFilter { DecDeg = new Bounds(null, -60) }),
        };
        var matrix = PairSignificance.Matrix(runs, await new RunSetReader(made.Test.Ledger).MarksAsync(runs));
        Assert.Equal(10, matrix.Count);
        // The last two share no star: no test.
        var apart = Assert.Single(matrix, p => p.Overlap.Shared == 0);
        Assert.Equal((0.0, 0.0), (apart.Log10PValue, apart.Log10QValue));
        var tests = matrix.Where(p => p.Overlap.Shared > 0).ToList();
        Assert.Equal(FalseDiscoveryRate.AdjustLog10([.. tests.Select(t => t.Log10PValue)]), tests.Select(t => t.Log10QValue));
        Assert.Equal(matrix.Select(p => p.Log10PValue).Order(), matrix.Select(p => p.Log10PValue));
        Assert.True(matrix[0].Log10QValue < -20);
    }

    [Fact]
    public async Task Stars_flip_for_a_reason()
    {
        await using var made = await MadeRuns.CreateAsync(400);
        var forest = new IsolationForestParameters { Contamination = 0.05 };
        var first = await made.AnomaliesAsync(Flags(0, 20), forest);
        // Twice the share: of 10 to 49 run 1 has 20 to 39 next in line, as a run of 40 flags would show; 40 to 49 it has not.
        var looser = await made.AnomaliesAsync(Flags(10, 40), forest with { Contamination = 0.1, RandomState = 7 });
        var pair = await new RunAgreementReader(made.Test.Ledger).ReadAsync(first, looser);
        var reader = new PairStarReader(made.Test.Ledger);
        var counts = await reader.CountAsync(pair);
        Assert.Equal(new Dictionary<string, long> { ["seed"] = 10 }, counts.OnlyIn1);
        Assert.Equal(new Dictionary<string, long> { ["threshold"] = 20, ["seed"] = 10 }, counts.OnlyIn2);
        // A fifth more of run 1 would be the stars 20 to 23.
        Assert.Equal(4, counts.NearThreshold2);
        var threshold = await reader.PageAsync(pair, new PairStarQuery(PairSide.OnlyIn2, FlipReason.Threshold, 15));
        Assert.Equal(made.Stars[20..35], threshold.Items.Select(s => s.StarId));
        Assert.Equal([true, true, true, true, false], threshold.Items.Take(5).Select(s => s.NearThreshold!.Value));
        Assert.All(threshold.Items, s => Assert.True(s is { Score1: > 0, Score2: < 0, Reason: FlipReason.Threshold }));
        var rest = await reader.PageAsync(pair, new PairStarQuery(PairSide.OnlyIn2, FlipReason.Threshold, 15, threshold.Items[^1].StarId));
        Assert.Equal(made.Stars[35..40], rest.Items.Select(s => s.StarId));
        Assert.Null(rest.Next);
        var common = await reader.PageAsync(pair, new PairStarQuery(PairSide.Common));
        Assert.Equal(made.Stars[10..20], common.Items.Select(s => s.StarId));
        Assert.All(common.Items, s => Assert.True(s is { Reason: null, NearThreshold: null, Score1: < 0, Score2: < 0 }));
        Assert.Equal(made.Stars[10..13], await reader.IdsAsync(pair, PairSide.Common, 3));
        Assert.Equal(made.Stars[..10], await reader.IdsAsync(pair, PairSide.OnlyIn1, 100));
    }

    [Fact]
    public async Task Common_stars_are_ordered_by_their_ranks_whatever_the_scale_of_the_scores()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        var first = await made.AnomaliesAsync(i => i < 4 ? -0.1 * (4 - i) : 1);
        // A detector whose scores are thousands, in another order: 3, 0, 1, 2.
        var second = await made.AnomaliesAsync(i => i < 4 ? -1000.0 * (4 - (i + 1) % 4) : 1);
        var pair = await new RunAgreementReader(made.Test.Ledger).ReadAsync(first, second);
        var stars = await new PairStarReader(made.Test.Ledger).MostAnomalousAsync(pair, 3);
        // Sums of ranks: 0 has 1 + 2, 1 has 2 + 3, 3 has 4 + 1 and comes after 1, 2 has 3 + 4.
        Assert.Equal([made.Stars[0], made.Stars[1], made.Stars[3]], stars.Select(s => s.StarId));
        Assert.Equal(
            [(-0.4, -3000.0), (-0.3, -2000.0), (-0.1, -4000.0)],
            stars.Select(s => (Math.Round(s.Score1!.Value, 9), s.Score2!.Value))
        );
    }

    [Fact]
    public async Task What_differs_between_the_runs_is_the_reason_where_no_threshold_is()
    {
        await using var made = await MadeRuns.CreateAsync(200);
        var forest = new IsolationForestParameters();
        var first = await made.AnomaliesAsync(Flags(0, 10), forest);
        foreach (
            var (other, differences, reason) in new (DiscoveryRun, string, string)[]
            {
                (await made.AnomaliesAsync(Flags(5, 10), forest with { RandomState = 1 }), "seed", FlipReason.Seed),
                (
                    await made.AnomaliesAsync(Flags(5, 10), forest with { Features = "classic", RandomState = 1 }),
                    "features seed",
                    FlipReason.Features
                ),
                (await made.AnomaliesAsync(Flags(5, 10), forest with { NEstimators = 7 }), "parameters", FlipReason.Parameters),
                (await made.AnomaliesAsync(Flags(5, 10), forest with { Contamination = 0.2 }), "contamination", FlipReason.Threshold),
                (await made.AnomaliesAsync(Flags(5, 10), forest), "", FlipReason.Program),
                (await made.AnomaliesAsync(Flags(5, 10), forest, s_north), "selection", FlipReason.Data),
                (await made.ClustersAsync(i => i is >= 5 and < 15 ? -1 : 0), "algorithm", FlipReason.Algorithm),
            }
        )
        {
            Assert.Equal(differences, string.Join(' ', RunDifference.Of(first, other).Differences));
            var pair = await new RunAgreementReader(made.Test.Ledger).ReadAsync(first, other);
            var counts = await new PairStarReader(made.Test.Ledger).CountAsync(pair);
            Assert.Equal([new(reason, 5)], counts.OnlyIn1);
        }
        var part = await made.AnomaliesAsync(i => i >= 6 ? Flags(8, 10)(i) : null, forest, s_north);
        var flips = await new PairStarReader(made.Test.Ledger).CountAsync(
            await new RunAgreementReader(made.Test.Ledger).ReadAsync(first, part)
        );
        // 0 to 5 were not analysed; 6 and 7 were, by a forest that learned from other stars.
        Assert.Equal([new(FlipReason.Data, 8)], flips.OnlyIn1);
    }

    [Fact]
    public async Task Many_runs_stand_side_by_side_and_seeds_as_a_group()
    {
        await using var made = await MadeRuns.CreateAsync(300);
        var forest = new IsolationForestParameters();
        DiscoveryRun[] runs =
        [
            await made.AnomaliesAsync(Flags(0, 10), forest),
            await made.AnomaliesAsync(Flags(2, 12), forest with { RandomState = 1 }),
            await made.AnomaliesAsync(Flags(0, 20), forest with { RandomState = 2 }),
            await made.AnomaliesAsync(Flags(100, 10), forest with { Features = "classic" }),
            await made.ClustersAsync(i => i < 200 ? i / 100 : -1),
            await made.ClustersAsync(i => i < 200 ? 1 - i / 100 : -1, new DbscanParameters { Eps = 0.3 }),
        ];
        await new ViewRefresher(made.Test.Ledger).RefreshPendingAsync();
        var table = await new RunTableReader(made.Test.Ledger).ReadAsync(runs[..4]);
        Assert.Equal(["random_state", "features"], table.Differing.Select(d => d.Name).OrderDescending());
        Assert.Equal(["42", "1", "2", "42"], table.Differing.Single(d => d.Name == "random_state").Values);
        Assert.Equal([10, 12, 20, 10], table.Runs.Select(r => r.Marked));
        Assert.All(table.Runs, r => Assert.True(r is { Dataset: "sky", Stats.AnomalyCount: > 0 }));
        Assert.Equal([1, 2, 3, 4], table.Runs.Select(r => r.Draw!.Value));
        var group = Assert.Single(table.SeedGroups);
        Assert.Equal([1, 2, 42], group.Seeds);
        Assert.Equal(new Spread(3, 14, Math.Sqrt(28), 10, 20), group.Marked);
        Assert.Equal(3, group.Kappa!.Count);
        Assert.Equal(6, table.Pairs.Count);

        var mixed = await new RunTableReader(made.Test.Ledger).ReadAsync(runs);
        Assert.Equal(15, mixed.Pairs.Count);
        Assert.Equal(1, Assert.Single(mixed.Pairs, p => p.AdjustedRandIndex is not null).AdjustedRandIndex);
        Assert.Contains("algorithm", mixed.Differing.Select(d => d.Name));
        Assert.Equal(
            ["null", "null", "null", "null", "0.5", "0.3"],
            mixed.Differing.Single(d => d.Name == "eps").Values.Select(v => v ?? "null")
        );
        Assert.All(mixed.Runs, r => Assert.Null(r.Draw));
    }

    [Fact]
    public async Task A_consensus_is_that_of_the_plain_ranking_with_the_stars_of_the_catalogue()
    {
        await using var made = await MadeRuns.CreateAsync(300);
        DiscoveryRun[] runs =
        [
            await made.AnomaliesAsync(Flags(0, 10)),
            await made.AnomaliesAsync(Flags(0, 10)),
            await made.AnomaliesAsync(i => i < 150 ? Flags(5, 10)(i) : null, filter: s_north),
        ];
        var found = await new ConsensusReader(made.Test.Ledger).ReadAsync([runs[2], runs[0], runs[1]], 5);
        var marks = await new RunSetReader(made.Test.Ledger).MarksAsync(runs);
        // The first two share seed and parameters; the third learned from other stars, which is another question.
        var plain = new ConsensusRanking([new(marks[0], "all", "42"), new(marks[1], "all", "42"), new(marks[2], "north", "42")]).Top(5);
        Assert.Equal(
            plain.Select(p => (p.StarId, p.Flagged, p.Posterior)),
            found.Stars.Select(s => s.Consensus).Select(p => (p.StarId, p.Flagged, p.Posterior))
        );
        Assert.Equal([0, 0, 1], found.DrawOf);
        Assert.Equal([1, 1], found.Questions.Select(q => q.Draws));
        Assert.Equal(made.Stars[5..10], found.Stars.Select(s => s.Star.StarId));
        Assert.Equal(15, found.Total);
        Assert.Equal(runs.Select(r => r.RunId), found.Runs.Select(r => r.RunId));
        Assert.Equal(
            runs.Select(r => r.RunId),
            (await ComparedRuns.NewestAsync(made.Test.Ledger, RunTypes.Anomaly, made.DatasetId)).Select(r => r.RunId)
        );
        Assert.Empty((await new ConsensusReader(made.Test.Ledger).ReadAsync([])).Stars);
    }

    [Fact]
    public async Task Thresholds_of_one_seed_are_one_draw_other_seeds_others_and_other_parameters_another_question()
    {
        await using var made = await MadeRuns.CreateAsync(300);
        var forest = new IsolationForestParameters();
        DiscoveryRun[] runs =
        [
            await made.AnomaliesAsync(Flags(0, 10), forest),
            await made.AnomaliesAsync(Flags(0, 20), forest with { Contamination = 0.2 }),
            await made.AnomaliesAsync(Flags(0, 10), forest with { RandomState = 7 }),
            await made.AnomaliesAsync(Flags(0, 10), forest with { NEstimators = 30 }),
            await made.AnomaliesAsync(Flags(0, 10), forest with { Features = "classic" }),
        ];
        var found = await new ConsensusReader(made.Test.Ledger).ReadAsync(runs, 20);
        Assert.Equal([0, 0, 1, 2, 3], found.DrawOf);
        Assert.Equal(
            [
                [0, 1, 2],
                [3],
                [4],
            ],
            found.Questions.Select(q => q.Runs)
        );
        Assert.Equal([2, 1, 1], found.Questions.Select(q => q.Draws));
        var star = found.Stars.Single(s => s.Star.StarId == made.Stars[15]).Consensus;
        Assert.Equal((1, 5, 0.5, 4), (star.Flagged, star.Analysed, star.FlaggedDraws, star.Draws));
        Assert.Null(star.Posterior.Intervals);
    }

    [Fact]
    public async Task Clusters_are_recognised_across_runs_over_different_selections()
    {
        await using var made = await MadeRuns.CreateAsync(300);
        DiscoveryRun[] runs =
        [
            await made.ClustersAsync(i =>
                i < 60 ? 0
                : i is >= 100 and < 130 ? 1
                : -1
            ),
            await made.ClustersAsync(i =>
                i < 58 ? 7
                : i is >= 100 and < 130 ? 3
                : -1
            ),
            await made.ClustersAsync(i => i < 110 ? (i < 60 ? 2 : -1) : null, filter: s_north),
        ];
        var found = await new ClusterIdentityReader(made.Test.Ledger).ReadAsync(
            [runs[1], runs[2], runs[0]],
            new ClusterMatchingOptions { Members = 100 }
        );
        Assert.Equal(runs.Select(r => r.RunId), found.Runs.Select(r => r.RunId));
        var large = found.Identities.Identities[0];
        Assert.Equal([0, 7, 2], large.Found.Select(f => f.ClusterId));
        Assert.Equal(3, large.Members.Single(m => m.StarId == made.Stars[0]).In);
        Assert.Equal(2, large.Members.Single(m => m.StarId == made.Stars[59]).In);
        Assert.Equal("sky-59", found.Stars[made.Stars[59]].SourceId);
        var small = found.Identities.Identities[1];
        // The third run saw 10 of its stars, and no cluster there.
        Assert.Equal((2, 3), (small.Found.Count, small.Covered));
        Assert.Equal(
            (2, 2),
            (small.Members.Single(m => m.StarId == made.Stars[120]).In, small.Members.Single(m => m.StarId == made.Stars[120]).Of)
        );
        Assert.Equal(
            (2, 3),
            (small.Members.Single(m => m.StarId == made.Stars[105]).In, small.Members.Single(m => m.StarId == made.Stars[105]).Of)
        );
    }

    [Fact]
    public async Task Runs_that_cannot_be_compared_are_refused_with_the_reason()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        var ledger = made.Test.Ledger;
        var run = await made.AnomaliesAsync(Flags(0, 10));
        var clusters = await made.ClustersAsync(i => i % 2);
        var pending = await new RunRepository(ledger).CreateAsync(made.DatasetId, new IsolationForestParameters(), StarFilter.All);
        await Refused(LedgerErrorKind.Invalid, () => ComparedRuns.LoadAsync(ledger, [run.RunId]));
        await Refused(LedgerErrorKind.Invalid, () => ComparedRuns.LoadAsync(ledger, [run.RunId, run.RunId]));
        await Refused(
            LedgerErrorKind.Invalid,
            () => ComparedRuns.LoadAsync(ledger, [.. Enumerable.Range(0, ComparedRuns.Most + 1).Select(_ => Guid.NewGuid())])
        );
        await Refused(LedgerErrorKind.NotFound, () => ComparedRuns.LoadAsync(ledger, [run.RunId, Guid.NewGuid()]));
        await Refused(LedgerErrorKind.Conflict, () => ComparedRuns.LoadAsync(ledger, [run.RunId, pending.RunId]));
        await Refused(LedgerErrorKind.Invalid, () => new ConsensusReader(ledger).ReadAsync([run, clusters]));
        await Refused(LedgerErrorKind.Invalid, () => new ClusterIdentityReader(ledger).ReadAsync([run, clusters]));
        await Refused(
            LedgerErrorKind.Invalid,
            () => new ClusterIdentityReader(ledger).ReadAsync([clusters], new ClusterMatchingOptions { MinJaccard = 0 })
        );
        await Refused(
            LedgerErrorKind.Invalid,
            () => new ClusterIdentityReader(ledger).ReadAsync([clusters], new ClusterMatchingOptions { Members = 10_000, Limit = 1000 })
        );

        static async Task Refused<T>(LedgerErrorKind kind, Func<Task<T>> ask)
        {
            var error = await Assert.ThrowsAsync<LedgerException>(ask);
            Assert.Equal(kind, error.Kind);
            if (kind == LedgerErrorKind.Invalid)
                Assert.NotNull(error.Field);
        }
    }
}
