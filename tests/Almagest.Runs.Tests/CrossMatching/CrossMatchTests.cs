using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Matching;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Lifecycle;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Almagest.Runs.Tests.CrossMatching;

/// <summary>Two datasets of 30 stars: star i of the second is i × 0.1" from star i of the first, in reverse order of ids.</summary>
public sealed class CrossMatchTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<(TestLedger Test, long[] Firsts, long[] Seconds)> CreateAsync()
    {
        var test = await TestLedger.CreateAsync();
        var (_, firsts) = await test.AddDatasetAsync("one", 30, i => (10 + i, i));
        var (_, seconds) = await test.AddDatasetAsync("two", 30, i => (10 + (29 - i), 29 - i + (29 - i) * 0.1 / 3600));
        return (test, firsts, seconds);
    }

    private static CrossMatchRequest Request(double radius = 1.05) =>
        new()
        {
            Dataset1 = "one",
            Dataset2 = "two",
            RadiusArcsec = radius,
        };

    [Fact]
    public async Task Pairs_within_the_radius_become_links_with_their_separations()
    {
        var (test, firsts, seconds) = await CreateAsync();
        await using var _ = test;
        var report = await new CrossMatcher(test.Ledger).MatchAsync(Request(), cancellationToken: CancellationToken);
        Assert.Equal((11, "best", null), (report.Match.LinkCount, report.Match.Find, report.Match.Epoch));
        var links = await test.Ledger.ReadAsync(c => c.StarLinks.OrderBy(l => l.Star1Id), CancellationToken);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => (firsts[i], seconds[29 - i])), links.Select(l => (l.Star1Id, l.Star2Id)));
        Assert.All(links.Select((l, i) => (l, i)), p => Assert.Equal(p.i * 0.1, p.l.SeparationArcsec, 1e-6));
        Assert.Equal(report.Match.MatchId, Assert.Single(await new CrossMatchRepository(test.Ledger).ListAsync(CancellationToken)).MatchId);

        var table = await new CrossMatchRepository(test.Ledger).TableAsync(report.Match, cancellationToken: CancellationToken);
        var rows = new List<object?[]>();
        await foreach (var batch in table.Batches)
            rows.AddRange(batch);
        Assert.Equal(["star_1_id", "source_id_1", "ra_deg_1"], table.Columns.Take(3).Select(c => c.Name));
        Assert.Equal(("pos.eq.ra;meta.main", "pos.eq.ra"), (table.Columns[2].Ucd, table.Columns[9].Ucd));
        Assert.Equal(("one-3", "two-26"), ((string?)rows[3][1], (string?)rows[3][8]));
        Assert.Equal(0.3, (double)rows[3][14]!, 1e-6);
    }

    [Fact]
    public async Task Proper_motions_bring_both_to_one_epoch()
    {
        var (test, _, _) = await CreateAsync();
        await using var _1 = test;
        // Star 20 of the first is 2" south of its twin, and moves north by 0.1" a year.
        await using (var context = test.Ledger.CreateContext())
        {
            await context
                .Stars.Where(s => s.SourceId == "one-20")
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.PmraMasYr, 0.0).SetProperty(s => s.PmdecMasYr, 100.0), CancellationToken);
        }
        var request = Request(0.001) with { Epoch1 = 2000, Epoch2 = 2020 };
        var report = await new CrossMatcher(test.Ledger).MatchAsync(request, cancellationToken: CancellationToken);
        Assert.Equal((2, 2020.0, 1, 0), (report.Match.LinkCount, report.Match.Epoch, report.Moved1, report.Moved2));
        Assert.Equal(
            1,
            (await new CrossMatcher(test.Ledger).MatchAsync(request with { Epoch = 2000 }, cancellationToken: CancellationToken))
                .Match
                .LinkCount
        );
    }

    [Theory]
    [InlineData(2000.0, 2020.0, null, null, 2020.0, 2)]
    [InlineData(2000.0, null, null, 2020.0, 2020.0, 2)]
    [InlineData(2000.0, 2020.0, 2000.0, 2000.0, 2000.0, 1)]
    [InlineData(2000.0, 2000.0, null, null, null, 1)]
    [InlineData(2000.0, null, null, null, null, 1)]
    public async Task Epochs_that_are_not_said_are_those_of_the_datasets(
        double? dataset1,
        double? dataset2,
        double? said1,
        double? said2,
        double? epoch,
        long pairs
    )
    {
        var (test, _, _) = await CreateAsync();
        await using var _1 = test;
        await using (var context = test.Ledger.CreateContext())
        {
            await context
                .Stars.Where(s => s.SourceId == "one-20")
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.PmraMasYr, 0.0).SetProperty(s => s.PmdecMasYr, 100.0), CancellationToken);
            await context.Datasets.Where(d => d.Name == "one").ExecuteUpdateAsync(u => u.SetProperty(d => d.ReferenceEpoch, dataset1));
            await context.Datasets.Where(d => d.Name == "two").ExecuteUpdateAsync(u => u.SetProperty(d => d.ReferenceEpoch, dataset2));
        }
        var request = Request(0.001) with { Epoch1 = said1, Epoch2 = said2 };
        var match = (await new CrossMatcher(test.Ledger).MatchAsync(request, cancellationToken: CancellationToken)).Match;
        Assert.Equal((pairs, epoch), (match.LinkCount, match.Epoch));
        Assert.Equal(epoch is null ? (null, null) : (said1 ?? dataset1, said2 ?? dataset2), (match.Epoch1, match.Epoch2));
    }

    [Fact]
    public async Task A_star_that_comes_nearer_moves_faster_and_faster()
    {
        var (test, _, _) = await CreateAsync();
        await using var _1 = test;
        // Star 20 again, now 2 pc away and approaching at 500 km/s: it is 0.5 % nearer after 20 years, its way on the sky as much longer.
        await using (var context = test.Ledger.CreateContext())
        {
            await context
                .Stars.Where(s => s.SourceId == "one-20")
                .ExecuteUpdateAsync(
                    u =>
                        u.SetProperty(s => s.PmraMasYr, 0.0)
                            .SetProperty(s => s.PmdecMasYr, 99.4886447)
                            .SetProperty(s => s.ParallaxMas, 500.0)
                            .SetProperty(s => s.RadialVelocityKmS, -500.0),
                    CancellationToken
                );
        }
        var report = await new CrossMatcher(test.Ledger).MatchAsync(
            Request(0.001) with
            {
                Epoch1 = 2000,
                Epoch2 = 2020,
            },
            cancellationToken: CancellationToken
        );
        Assert.Equal((2, 1), (report.Match.LinkCount, report.Moved1));
    }

    [Theory]
    [InlineData(0.0, null, null, "radius_arcsec")]
    [InlineData(40000.0, null, null, "radius_arcsec")]
    [InlineData(1.0, 2016.0, null, "epoch_2")]
    [InlineData(1.0, null, 2016.0, "epoch_1")]
    [InlineData(1.0, 2016.0, 57000.0, "epoch_2")]
    public async Task A_question_that_makes_no_sense_is_refused(double radius, double? epoch1, double? epoch2, string field)
    {
        var (test, _, _) = await CreateAsync();
        await using var _1 = test;
        var request = Request(radius) with { Epoch1 = epoch1, Epoch2 = epoch2 };
        Assert.Equal(
            field,
            (
                await Assert.ThrowsAsync<LedgerException>(() =>
                    new CrossMatcher(test.Ledger).MatchAsync(request, cancellationToken: CancellationToken)
                )
            ).Field
        );
        var same = await Assert.ThrowsAsync<LedgerException>(() =>
            new CrossMatcher(test.Ledger).MatchAsync(Request() with { Dataset2 = "one" }, cancellationToken: CancellationToken)
        );
        Assert.Equal("dataset_2", same.Field);
        Assert.Empty(await new CrossMatchRepository(test.Ledger).ListAsync(CancellationToken));
    }

    [Fact]
    public async Task Labels_follow_links_and_what_contradicts_itself_is_left_out()
    {
        var (test, firsts, seconds) = await CreateAsync();
        await using var _ = test;
        var labels = new StarLabels(test.Ledger);
        for (var i = 0; i < 5; i++)
            await labels.SetAsync(
                new StarLabel
                {
                    StarId = firsts[i],
                    LabelSet = "truth",
                    IsAnomaly = i % 2,
                    Kind = "white dwarf",
                },
                cancellationToken: CancellationToken
            );
        await labels.SetAsync(
            new StarLabel
            {
                StarId = seconds[29],
                LabelSet = "truth",
                Kind = "kept",
            },
            cancellationToken: CancellationToken
        );
        var match = (await new CrossMatcher(test.Ledger).MatchAsync(Request(), cancellationToken: CancellationToken)).Match;

        var report = await new LinkedLabels(test.Ledger).CopyAsync(match, cancellationToken: CancellationToken);
        Assert.Equal(new LinkedLabelReport(4, 0, 1), report);
        var copied = await test.Ledger.ReadAsync(
            c => c.StarLabels.Where(l => seconds.Contains(l.StarId)).OrderByDescending(l => l.StarId),
            CancellationToken
        );
        Assert.Equal(["kept", "white dwarf", "white dwarf", "white dwarf", "white dwarf"], copied.Select(l => l.Kind));
        Assert.Equal([null, 1, 0, 1, 0], copied.Select(l => l.IsAnomaly));
        Assert.Equal(
            5,
            (await new LinkedLabels(test.Ledger).CopyAsync(match, overwrite: true, cancellationToken: CancellationToken)).Copied
        );

        // All pairs of a degree and a half: a star of the second now has three labelled neighbours, which do not agree.
        var wide = (
            await new CrossMatcher(test.Ledger).MatchAsync(
                Request(5400) with
                {
                    Find = MatchFind.All,
                },
                cancellationToken: CancellationToken
            )
        ).Match;
        var ambiguous = await new LinkedLabels(test.Ledger).CopyAsync(wide, targetSet: "wide", cancellationToken: CancellationToken);
        Assert.True(ambiguous.Ambiguous >= 4, $"{ambiguous}");
    }

    [Fact]
    public async Task Runs_over_two_datasets_are_compared_through_links()
    {
        var (test, firsts, seconds) = await CreateAsync();
        await using var _ = test;
        var match = (await new CrossMatcher(test.Ledger).MatchAsync(Request(), cancellationToken: CancellationToken)).Match;
        var one = await RunAsync(test, match.Dataset1Id, firsts, 0, 1, 2, 20);
        var two = await RunAsync(test, match.Dataset2Id, seconds, 29, 28, 26, 5);
        var found = await new LinkedComparison(test.Ledger).ReadAsync(match, two, one, CancellationToken);
        // Eleven pairs; run 1 flags three of them, run 2 the first, the second and the fourth.
        Assert.Equal(
            (one.RunId, 11L, 11L, 3L, 3L, 2L),
            (found.Run1.RunId, found.Links, found.Overlap.Shared, found.Overlap.Marked1, found.Overlap.Marked2, found.Overlap.Common)
        );
        Assert.Equal(0.5, found.Overlap.Jaccard, 1e-12);
        await Assert.ThrowsAsync<LedgerException>(() => new LinkedComparison(test.Ledger).ReadAsync(match, one, one, CancellationToken));
    }

    private static async Task<DiscoveryRun> RunAsync(TestLedger test, long dataset, long[] stars, params int[] flagged)
    {
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => flagged.Contains(i) ? -0.1 : 0.1)]);
        await completion.MarkCompleteAsync(stars.Length, "{}");
        await completion.CommitAsync();
        return await runs.GetAsync(run.RunId);
    }

    [Fact]
    public async Task Links_go_with_their_match_and_with_either_dataset()
    {
        var (test, _, _) = await CreateAsync();
        await using var _1 = test;
        var matches = new CrossMatchRepository(test.Ledger);
        var first = (await new CrossMatcher(test.Ledger).MatchAsync(Request(), cancellationToken: CancellationToken)).Match;
        var second = (await new CrossMatcher(test.Ledger).MatchAsync(Request(0.35), cancellationToken: CancellationToken)).Match;
        await matches.DeleteAsync(first.MatchId, CancellationToken);
        Assert.Equal(
            [second.MatchId],
            (await test.Ledger.ReadAsync(c => c.StarLinks.Select(l => l.MatchId).Distinct(), CancellationToken))
        );
        await new DatasetRepository(test.Ledger).DeleteAsync(second.Dataset2Id, cancellationToken: CancellationToken);
        Assert.Empty(await test.Ledger.ReadAsync(c => c.StarLinks, CancellationToken));
        Assert.Empty(await matches.ListAsync(CancellationToken));
        await Assert.ThrowsAsync<LedgerException>(() => matches.GetAsync(first.MatchId, CancellationToken));
    }

    [Fact]
    public async Task A_coverage_holds_the_cells_of_the_stars_of_a_dataset_or_a_run()
    {
        var (test, firsts, _) = await CreateAsync();
        await using var _1 = test;
        var reader = new CoverageReader(test.Ledger);
        var dataset = await new DatasetRepository(test.Ledger).FindAsync("one", CancellationToken);
        var coverage = await reader.OfDatasetAsync(dataset, 5, CancellationToken);
        Assert.Equal(5, coverage.Order);
        for (var i = 0; i < 30; i++)
            Assert.True(coverage.Contains(10 + i, i));
        Assert.False(coverage.Contains(200, 0));
        var run = await RunAsync(test, dataset.DatasetId, [.. firsts.Take(3)]);
        Assert.Equal(3, (await reader.OfRunAsync(run, 10, CancellationToken)).Cells.Count);
        Assert.Equal(
            "order",
            (await Assert.ThrowsAsync<LedgerException>(() => reader.OfDatasetAsync(dataset, 30, CancellationToken))).Field
        );
    }
}
