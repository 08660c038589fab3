using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Scoring;
using Almagest.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Almagest.Runs.Tests.Scoring;

/// <summary>A dataset of 200 stars: the first 60 are members of Alpha, by a list of ids; all others count as members of no
/// cluster.</summary>
public sealed class RunScoreTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<(TestLedger Test, long Dataset, long[] Stars, TestFolder Folder)> CreateAsync()
    {
        var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("sky", 200);
        return (test, dataset, stars, TestFolder.Create("score"));
    }

    private static async Task<LabelReport> ListAsync(TestLedger test, TestFolder folder, long dataset, string text, LabelOptions options)
    {
        var file = Path.Combine(folder.Path, "members.txt");
        await File.WriteAllTextAsync(file, text, CancellationToken);
        return await new LabelIngestor(test.Ledger).IngestAsync(dataset, file, options, CancellationToken);
    }

    private static string Ids(int from, int to) => string.Join('\n', Enumerable.Range(from, to - from).Select(i => $"sky-{i}"));

    /// <summary>A complete cluster run; the label of star i is <paramref name="label"/>, null = it is not analysed.</summary>
    private static async Task<Guid> ClusterAsync(TestLedger test, long dataset, long[] stars, Func<int, int?> label)
    {
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All, CancellationToken);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        var analysed = Enumerable.Range(0, stars.Length).Where(i => label(i) is not null).ToArray();
        await completion.SaveClustersAsync([.. analysed.Select(i => stars[i])], [.. analysed.Select(i => label(i)!.Value)]);
        await completion.MarkCompleteAsync(analysed.Length, null);
        await completion.CommitAsync();
        return run.RunId;
    }

    [Fact]
    public async Task Members_are_counted_against_the_found_cluster_with_the_best_F1_and_those_not_analysed_are_missed()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        var report = await ListAsync(test, folder, dataset, Ids(0, 60) + "\nsky-9999", new LabelOptions { MembersOf = "Alpha" });
        Assert.Equal((60, 1, 140), (report.Labels, report.Unknown, report.NonMembers));

        // Cluster 0 holds 50 members and 10 others; cluster 1 the whole rest; 5 members have no result, 5 are in the large cluster.
        var run = await ClusterAsync(
            test,
            dataset,
            stars,
            i =>
                i < 50 ? 0
                : i < 55 ? null
                : i < 60 ? 1
                : i < 70 ? 0
                : 1
        );
        var score = await new RunScorer(test.Ledger).ScoreAsync(run, cancellationToken: CancellationToken);

        var found = Assert.Single(score.Clusters);
        Assert.Equal((200, 5, "truth"), (score.LabelledStars, score.NotAnalysed, score.LabelSet));
        Assert.Equal(("Alpha", 60, 5, 0), (found.Cluster, found.Members, found.NotAnalysed, found.FoundClusterId));
        Assert.Equal((60, 60, 50), (found.FoundSize, found.FoundLabelled, found.Common));
        Assert.Equal((50.0 / 60, 50.0 / 60), (found.Precision.Share, found.Recall.Share));
        // The score interval of 50 of 60, as statsmodels' proportion_confint(50, 60, method="wilson") gives it.
        Assert.Equal((0.7197, 0.9069), (Math.Round(found.Recall.Low, 4), Math.Round(found.Recall.High, 4)));
        Assert.Contains(score.Notes, n => n.StartsWith("5 members were not analysed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_partial_list_nothing_follows_for_the_stars_that_it_does_not_name()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        await ListAsync(test, folder, dataset, Ids(0, 60), new LabelOptions { MembersOf = "Alpha", Partial = true });
        var run = await ClusterAsync(test, dataset, stars, i => i < 100 ? 0 : -1);

        var score = await new RunScorer(test.Ledger).ScoreAsync(run, cancellationToken: CancellationToken);

        var found = Assert.Single(score.Clusters);
        Assert.Equal((100, 60, 60), (found.FoundSize, found.FoundLabelled, found.Common));
        // It would be 1 whatever the found cluster holds.
        Assert.Equal((null, null, 1), (found.Precision.Share, found.F1, found.Recall.Share));
        Assert.Contains(score.Notes, n => n.Contains("no precision is given", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_version_of_a_list_takes_the_place_of_the_old_one_and_leaves_other_clusters_alone()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        await ListAsync(test, folder, dataset, Ids(0, 60), new LabelOptions { MembersOf = "Alpha" });
        var beta = await ListAsync(test, folder, dataset, "source_id\n" + Ids(100, 130), new LabelOptions { MembersOf = "Beta" });
        Assert.Equal((30, 0), (beta.Labels, beta.Unknown));
        await ListAsync(test, folder, dataset, Ids(0, 40) + "\n" + Ids(0, 2), new LabelOptions { MembersOf = "Alpha" });

        await using var context = test.Ledger.CreateContext();
        var counts = await context.StarLabels.GroupBy(l => l.Cluster).Select(g => new { g.Key, Stars = g.Count() }).ToListAsync();

        Assert.Equal(40, counts.Single(c => c.Key == "Alpha").Stars);
        Assert.Equal(30, counts.Single(c => c.Key == "Beta").Stars);
        Assert.Equal(130, counts.Single(c => c.Key == null).Stars);
    }

    [Fact]
    public async Task Only_rows_of_the_least_probability_are_members_and_a_column_that_is_not_looked_at_is_said()
    {
        var (test, dataset, _, folder) = await CreateAsync();
        await using var _test = test;
        using var __ = folder;
        const string Table = "source_id,probability\nsky-1,0.9\nsky-2,0.2\nsky-3,0.5\n";
        var all = await ListAsync(test, folder, dataset, Table, new LabelOptions { MembersOf = "Alpha" });
        var some = await ListAsync(test, folder, dataset, Table, new LabelOptions { MembersOf = "Alpha", LeastProbability = 0.5 });

        Assert.Equal((3, 2), (all.Labels, some.Labels));
        Assert.Contains("probability", Assert.Single(all.Notes), StringComparison.Ordinal);
        Assert.Empty(some.Notes);
    }

    [Fact]
    public async Task A_list_of_which_the_dataset_holds_no_star_is_refused_and_nothing_is_stored()
    {
        var (test, dataset, _, folder) = await CreateAsync();
        await using var _test = test;
        using var __ = folder;
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            ListAsync(test, folder, dataset, "4083558732135405056\n4083614807222135936", new LabelOptions { MembersOf = "Alpha" })
        );
        Assert.Equal(ErrorCode.UnknownLabelledStars, error.Code);
        await using var context = test.Ledger.CreateContext();
        Assert.Equal(0, await context.StarLabels.CountAsync(CancellationToken));
    }

    [Fact]
    public async Task Flags_are_judged_as_a_whole_and_by_kind()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        // Unusual: 0-29, of these 0-9 white dwarfs and 10-29 fast; ordinary: 30-99; the others have no label.
        // Of the ordinary ones 40-49 have a kind, too.
        var rows = Enumerable
            .Range(0, 100)
            .Select(i =>
                $"sky-{i},{(i < 30 ? 1 : 0)},{(i < 10 ? "white dwarf" : i < 30 ? "fast" : i is >= 40 and < 50 ? "spurious" : "")}"
            );
        await ListAsync(test, folder, dataset, "source_id,label_outlier,label_kind\n" + string.Join('\n', rows), new LabelOptions());
        // Most anomalous are 5-14, then 15-44.
        var run = await TestRuns.CompleteAsync(
            test,
            dataset,
            stars,
            i =>
                i is >= 5 and < 15 ? -2
                : i is >= 15 and < 45 ? -1
                : 1
        );

        var score = (await new RunScorer(test.Ledger).ScoreAsync(run, cancellationToken: CancellationToken)).Anomalies!;

        Assert.Equal((100, 30, 40, 25), (score.Labelled, score.Unusual, score.Flagged, score.TruePositives));
        Assert.Equal((25.0 / 40, 25.0 / 30, 50.0 / 70), (score.Precision.Share, score.Recall.Share, score.F1));
        Assert.Equal(
            [("fast", true, 20L, 20L, 20L), ("white dwarf", true, 10L, 5L, 5L), ("spurious", false, 10L, 5L, 0L)],
            score.Kinds.Select(k => (k.Kind!, k.IsUnusual, k.Recall.Trials, k.Recall.Successes, k.First))
        );
        // The first thirty are 5-34: five white dwarfs, twenty fast stars, five ordinary ones.
        Assert.Equal((25, 30), (score.PrecisionAtUnusual.Successes, score.PrecisionAtUnusual.Trials));
    }

    [Theory]
    [InlineData(1, "none of the analysed stars ordinary")]
    [InlineData(0, "none of the analysed stars unusual")]
    public async Task Of_labels_of_one_class_alone_flags_have_no_precision(int label, string note)
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        // A run that flags every other star is right, or wrong, as often as one that knows something.
        var rows = Enumerable.Range(0, 60).Select(i => $"sky-{i},{label}");
        await ListAsync(test, folder, dataset, "source_id,label_outlier\n" + string.Join('\n', rows), new LabelOptions());
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i % 2 == 0 ? -1 : 1);

        var score = await new RunScorer(test.Ledger).ScoreAsync(run, cancellationToken: CancellationToken);

        var flags = score.Anomalies!;
        Assert.Equal((60, 60 * label, 30, 30 * label), (flags.Labelled, flags.Unusual, flags.Flagged, flags.TruePositives));
        Assert.Equal((null, null, null), (flags.Precision.Share, flags.F1, flags.PrecisionAtUnusual.Share));
        Assert.Equal(label == 1 ? 0.5 : null, flags.Recall.Share);
        Assert.Contains(score.Notes, n => n.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_checkpoint_says_that_it_is_too_good_by_the_labels_that_it_learned_from()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        // All even stars are flagged, which is what the eye said; in truth every other of them is unusual.
        foreach (var (set, every) in new[] { ("eye", 2), ("truth", 4) })
        {
            var rows = Enumerable.Range(0, 60).Select(i => $"sky-{i},{(i % every == 0 ? 1 : 0)}");
            await ListAsync(
                test,
                folder,
                dataset,
                "source_id,label_outlier\n" + string.Join('\n', rows),
                new LabelOptions { LabelSet = set }
            );
        }
        var run = await TestRuns.CompleteAsync(
            test,
            dataset,
            stars,
            i => i % 2 == 0 ? -1 : 1,
            new ActiveForestParameters { LabelSet = "eye" }
        );
        var scorer = new RunScorer(test.Ledger);

        Assert.Contains(
            (await scorer.ScoreAsync(run, "eye", CancellationToken)).Notes,
            n => n.Contains("too good", StringComparison.Ordinal)
        );
        Assert.Empty((await scorer.ScoreAsync(run, "truth", CancellationToken)).Notes);
        // Nor do lists rank it by them.
        await new ViewRefresher(test.Ledger).RefreshPendingAsync("test", CancellationToken);
        var found = (await new AnalyticsQueries(test.Ledger).QualityAsync(run, cancellationToken: CancellationToken)).ToDictionary(q =>
            q.LabelSet
        );
        Assert.Equal((1, 2.0 / 3), (found["eye"].F1, found["truth"].F1));
        foreach (var (set, isFound) in new[] { ("eye", false), ("truth", true) })
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"f1 = {found[set].F1}");
            Assert.Equal(
                isFound,
                (await new RunRepository(test.Ledger).ListAsync(new RunQuery { Where = where }, CancellationToken)).Any()
            );
        }
    }

    [Fact]
    public async Task A_set_without_a_label_of_the_runs_stars_is_refused_with_those_that_there_are()
    {
        var (test, dataset, stars, folder) = await CreateAsync();
        await using var _ = test;
        using var __ = folder;
        await ListAsync(test, folder, dataset, Ids(0, 60), new LabelOptions { MembersOf = "Alpha", LabelSet = "eye" });
        var run = await ClusterAsync(test, dataset, stars, i => 0);
        var scorer = new RunScorer(test.Ledger);

        Assert.Equal("eye", (await scorer.ScoreAsync(run, cancellationToken: CancellationToken)).LabelSet);
        var error = await Assert.ThrowsAsync<LedgerException>(() => scorer.ScoreAsync(run, "nose", CancellationToken));
        Assert.Equal((ErrorCode.LabelSetNotFound, "There are: eye."), (error.Code, error.Remedy));
        Assert.True(error.Facts.ContainsKey("label_sets"));
    }
}
