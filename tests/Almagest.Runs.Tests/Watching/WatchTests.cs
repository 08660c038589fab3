using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Watches;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Tests.Comparison;
using Almagest.Runs.Watching;
using Xunit;

namespace Almagest.Runs.Tests.Watching;

/// <summary>What runs newly flag among the stars of a set of labels or of a region.</summary>
public sealed class WatchTests
{
    // Of 100 stars in order of declination those from number 50 on.
    private static readonly StarFilter s_north = new() { DecDeg = new Bounds(0) };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static Func<int, double?> Flags(params int[] stars) => i => stars.Contains(i) ? -0.001 * (i + 1) : 0.001 * (i + 1);

    private static string Summary(int flagged) => $$"""{"anomaly_count": {{flagged}}}""";

    private static Task<WatchResource> NorthAsync(MadeRuns made) =>
        new StarWatches(made.Test.Ledger).AddAsync("north", null, s_north, null, "eve", CancellationToken);

    private static Task<IReadOnlyList<WatchNews>> LookAsync(MadeRuns made) =>
        new WatchRounds(made.Test.Ledger).LookAsync(CancellationToken);

    private static async Task<WatchNews> NewsAsync(MadeRuns made) => Assert.Single(await LookAsync(made));

    private static string Short(DiscoveryRun run) => run.RunId.ToString()[^8..];

    private static async Task RefusedAsync(ErrorCode code, string field, Func<Task> act)
    {
        var error = await Assert.ThrowsAsync<LedgerException>(act);
        Assert.Equal((code, field), (error.Code, error.Field));
    }

    [Fact]
    public async Task A_star_is_newly_flagged_where_no_earlier_run_of_the_same_question_flagged_it_and_is_told_once()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        await made.AnomaliesAsync(Flags(60, 61, 62));
        await NorthAsync(made);
        Assert.Empty(await LookAsync(made));

        var second = await made.AnomaliesAsync(Flags(10, 60, 61, 70, 71));
        var news = await NewsAsync(made);
        Assert.Equal(("north", second.RunId, "isolation_forest", 1), (news.Watch, news.RunId, news.Algorithm, news.EarlierRuns));
        Assert.Equal((50, 4, 2, 0), ((int)news.Stars, (int)news.Flagged, (int)news.NewlyFlagged, (int)news.FirstAnalysed));
        // The most anomalous first; star 10 is not watched.
        Assert.Equal(["sky-71", "sky-70"], news.SourceIds);
        Assert.Equal(
            $"2 newly flagged by run {Short(second)}; 1 earlier run of the same detector and recipe did not flag them",
            news.Sentence
        );
        Assert.Empty(await LookAsync(made));

        // Another seed and threshold ask the same question.
        var third = await made.AnomaliesAsync(Flags(70, 90), new IsolationForestParameters { RandomState = 7, Contamination = 0.2 });
        news = await NewsAsync(made);
        Assert.Equal(["sky-90"], news.SourceIds);
        Assert.Equal(
            $"1 newly flagged by run {Short(third)}; 2 earlier runs of the same detector and recipe did not flag it",
            news.Sentence
        );
        var fourth = await made.AnomaliesAsync(Flags(10, 90));
        news = await NewsAsync(made);
        Assert.Equal(
            $"nothing newly flagged by run {Short(fourth)}; it flags 1 of 50 watched stars, 3 earlier runs of the same detector and recipe",
            news.Sentence
        );

        var history = await new StarWatches(made.Test.Ledger).HistoryAsync("north", cancellationToken: CancellationToken);
        Assert.Equal([fourth.RunId, third.RunId, second.RunId], history.News.Select(n => n.RunId));
        Assert.Equal((3, 2, fourth.RunId), ((int)history.Watch.Runs, (int)history.Watch.RunsWithNews, history.Watch.Last!.RunId));
        Assert.Equal(("eve", "Dec (deg) ≥ 0"), (history.Watch.AddedBy, history.Watch.Watched));
    }

    [Fact]
    public async Task The_first_run_of_its_kind_has_nothing_to_be_compared_with()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        await made.AnomaliesAsync(Flags(60));
        await NorthAsync(made);
        var other = await made.AnomaliesAsync(Flags(60, 90), new IsolationForestParameters { NEstimators = 50 });
        var news = await NewsAsync(made);
        Assert.Equal((0, 2, 0, 0), (news.EarlierRuns, (int)news.Flagged, (int)news.NewlyFlagged, (int)news.FirstAnalysed));
        Assert.Empty(news.SourceIds);
        Assert.Equal(
            $"run {Short(other)} is the first run of its kind: nothing to compare with; it flags 2 of 50 watched stars",
            news.Sentence
        );
        Assert.Equal("1 new run over watched stars; nothing newly flagged", WatchRounds.Summary([news]));
        // Clusters are no flags.
        await made.ClustersAsync(i => i % 3);
        Assert.Equal("no new run over watched stars", WatchRounds.Summary(await LookAsync(made)));
    }

    [Fact]
    public async Task A_copy_with_another_threshold_is_no_new_look_but_what_it_flagged_is_not_new()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        var first = await made.AnomaliesAsync(Flags(60));
        await NorthAsync(made);
        await made.AnomaliesAsync(
            Flags(60, 61, 62),
            new IsolationForestParameters { Contamination = 0.3 },
            summary: $$"""{"rethresholded_from": "{{first.RunId}}"}"""
        );
        Assert.Empty(await LookAsync(made));
        await made.AnomaliesAsync(Flags(61, 63), new IsolationForestParameters { RandomState = 7 });
        var news = await NewsAsync(made);
        Assert.Equal(["sky-63"], news.SourceIds);
        Assert.Equal(1, news.EarlierRuns);
    }

    [Fact]
    public async Task Stars_that_no_earlier_run_analysed_are_told_apart_and_a_looser_threshold_is_said()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        var labels = new StarLabels(made.Test.Ledger);
        foreach (var star in new[] { 10, 20, 80, 81 })
            await labels.SetAsync(
                new StarLabel
                {
                    StarId = made.Stars[star],
                    LabelSet = "eye",
                    IsAnomaly = 1,
                },
                cancellationToken: CancellationToken
            );
        var watch = await new StarWatches(made.Test.Ledger).AddAsync("seen", "eye", null, "sky", null, CancellationToken);
        Assert.Equal(("labels eye", "sky"), (watch.Watched, watch.Dataset));
        Func<int, double?> south = i => i < 50 ? Flags(1)(i) : null;
        await made.AnomaliesAsync(i => i < 15 ? Flags(1)(i) : null, summary: Summary(1));
        Assert.Contains("first run of its kind", (await NewsAsync(made)).Sentence, StringComparison.Ordinal);
        await made.AnomaliesAsync(south, filter: new StarFilter { DecDeg = new Bounds(null, 0) }, summary: Summary(1));
        Assert.StartsWith("run ", (await NewsAsync(made)).Sentence, StringComparison.Ordinal);

        var all = await made.AnomaliesAsync(Flags([.. Enumerable.Range(0, 40), 80]), summary: Summary(41));
        var news = await NewsAsync(made);
        Assert.Equal(
            (2, 4, 3, 2, 1),
            (news.EarlierRuns, (int)news.Stars, (int)news.Flagged, (int)news.NewlyFlagged, (int)news.FirstAnalysed)
        );
        Assert.Equal(["sky-20", "sky-10"], news.SourceIds);
        Assert.Equal(
            $"2 newly flagged by run {Short(all)}; 2 earlier runs of the same detector and recipe did not flag them (not all of them "
                + "analysed each of these stars); 1 more flagged star was analysed by no earlier run: no news of a change; it flags "
                + "41 % of its stars, the earlier ones at most 6.67 %",
            news.Sentence
        );
        Assert.Equal($"1 new run over watched stars; seen: {news.Sentence}: sky-20, sky-10", WatchRounds.Summary([news]));
    }

    [Fact]
    public async Task Of_two_programs_that_look_at_once_one_tells_and_a_deleted_run_takes_its_news_along()
    {
        await using var made = await MadeRuns.CreateAsync(100);
        await made.AnomaliesAsync(Flags(60));
        await NorthAsync(made);
        var run = await made.AnomaliesAsync(Flags(61));
        var told = await Task.WhenAll(LookAsync(made), LookAsync(made), LookAsync(made));
        Assert.Equal(run.RunId, Assert.Single(told.SelectMany(t => t)).RunId);
        var watches = new StarWatches(made.Test.Ledger);
        await new RunRepository(made.Test.Ledger).PutAwayAsync(run.RunId, "eve", CancellationToken);
        Assert.Empty((await watches.HistoryAsync("north", cancellationToken: CancellationToken)).News);
        Assert.Empty(await LookAsync(made));
        // Brought back it has been told.
        var deletions = new LedgerDeletions(made.Test.Ledger);
        await deletions.RestoreAsync(Assert.Single(await deletions.ListAsync(CancellationToken)).DeletionId, CancellationToken);
        Assert.Empty(await LookAsync(made));
        Assert.Equal(["sky-61"], Assert.Single((await watches.HistoryAsync("north", cancellationToken: CancellationToken)).News).SourceIds);
        await watches.RemoveAsync("north", CancellationToken);
        Assert.Empty(await watches.ListAsync(CancellationToken));
    }

    [Fact]
    public async Task A_watch_of_one_dataset_leaves_runs_over_others_alone()
    {
        await using var made = await MadeRuns.CreateAsync(20);
        await made.Test.AddDatasetAsync("other", 5);
        await new StarWatches(made.Test.Ledger).AddAsync("north", null, s_north, "other", null, CancellationToken);
        await made.AnomaliesAsync(Flags(19));
        Assert.Empty(await LookAsync(made));
    }

    [Fact]
    public async Task There_are_no_more_watches_than_can_be_looked_at_with_each_run()
    {
        await using var made = await MadeRuns.CreateAsync(5);
        var watches = new StarWatches(made.Test.Ledger);
        for (var i = 0; i < 200; i++)
            await watches.AddAsync($"w{i}", null, s_north, null, null, CancellationToken);

        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            watches.AddAsync("one more", null, s_north, null, null, CancellationToken)
        );
        Assert.Equal(ErrorCode.TooManyWatches, error.Code);
        await RefusedAsync(ErrorCode.WatchNameTaken, "name", () => watches.AddAsync("w7", null, s_north, null, null, CancellationToken));
        await watches.RemoveAsync("w7", CancellationToken);
        await watches.AddAsync("one more", null, s_north, null, null, CancellationToken);
    }

    [Theory]
    [InlineData("east\u202Etsew")]
    [InlineData("a\u2066b")]
    [InlineData("two\nlines")]
    public async Task A_name_that_would_read_as_another_is_refused(string name)
    {
        await using var made = await MadeRuns.CreateAsync(5);
        await RefusedAsync(
            ErrorCode.InvalidValue,
            "name",
            () => new StarWatches(made.Test.Ledger).AddAsync(name, null, s_north, null, null, CancellationToken)
        );
    }

    [Fact]
    public async Task What_could_never_tell_anything_is_refused()
    {
        await using var made = await MadeRuns.CreateAsync(5);
        var watches = new StarWatches(made.Test.Ledger);
        Task Add(string? name, string? labels, StarFilter? region, string? dataset = null) =>
            watches.AddAsync(name, labels, region, dataset, null, CancellationToken);
        await NorthAsync(made);
        await RefusedAsync(ErrorCode.WatchNameTaken, "name", () => Add("north", null, s_north));
        foreach (var name in new[] { " ", "..", "a/b", new string('a', 101) })
            await RefusedAsync(ErrorCode.InvalidValue, "name", () => Add(name, null, s_north));
        await RefusedAsync(ErrorCode.ConflictingValues, "label_set", () => Add("a", null, null));
        await RefusedAsync(ErrorCode.ConflictingValues, "region", () => Add("a", "eye", s_north));
        await RefusedAsync(ErrorCode.LabelSetNotFound, "label_set", () => Add("a", "eye", null));
        await RefusedAsync(ErrorCode.InvalidValue, "region", () => Add("a", null, StarFilter.All));
        await RefusedAsync(ErrorCode.InvalidValue, "region", () => Add("a", null, s_north with { Magnitude = new Bounds(null, 15) }));
        await RefusedAsync(ErrorCode.WatchNotFound, "name", () => watches.RemoveAsync("a", CancellationToken));
        var missing = await Assert.ThrowsAsync<LedgerException>(() => Add("a", null, s_north, "nothing"));
        Assert.Equal(ErrorCode.DatasetNotFound, missing.Code);
    }
}
