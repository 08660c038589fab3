using Almagest.Contract.Errors;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Ledger.Watches;
using Almagest.Runs.Annotations;
using Almagest.Runs.Comparison;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>What is deleted can be brought back for a day, as it was.</summary>
public sealed class RunDeletionTests
{
    private static readonly string[] s_tables =
    [
        "discovery_runs",
        "discovery_results",
        "discovery_exclusions",
        "discovery_clusters",
        "run_tags",
        "run_notes",
        "star_labels",
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<(Guid Anomaly, Guid Cluster)> AddRunsAsync(TestLedger test, string name)
    {
        var (dataset, stars) = await test.AddDatasetAsync(name, 20);
        var anomaly = await TestRuns.CompleteAsync(test, dataset, stars, i => i % 4 == 0 ? -0.1 / (i + 3) : 0.1);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i % 3 == 0 ? -0.2 : 0.1);
        var runs = new RunRepository(test.Ledger);
        var cluster = await runs.CreateAsync(dataset, new DbscanParameters { Eps = 0.1 + 0.2 }, StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(cluster.RunId);
        await completion.SaveClustersAsync(stars, [.. stars.Select((_, i) => i % 5 - 1)]);
        await completion.MarkCompleteAsync(stars.Length, null);
        await completion.CommitAsync();
        return (anomaly, cluster.RunId);
    }

    private static async Task<List<string>> AllAsync(TestLedger test)
    {
        var rows = new List<string>();
        foreach (var table in s_tables)
            rows.AddRange((await test.StringsAsync($"select t::text from public.{table} t order by 1")).Select(r => $"{table}: {r}"));
        return rows;
    }

    private static async Task<List<string>> ViewsAsync(TestLedger test)
    {
        await new ViewRefresher(test.Ledger).RefreshPendingAsync("test", CancellationToken);
        var verified = await new ViewVerifier(test.Ledger).VerifyAsync(cancellationToken: CancellationToken);
        Assert.All(verified, v => Assert.True(v.Agrees, $"{v.ViewName}: {string.Join("; ", v.Examples)}"));
        var rows = new List<string>();
        // When a row was computed is not what it says.
        foreach (var view in AnalyticsViews.All)
            rows.AddRange(
                (await test.StringsAsync($"select (to_jsonb(v) - 'last_updated')::text from public.{view.Name} v order by 1")).Select(r =>
                    $"{view.Name}: {r}"
                )
            );
        return rows;
    }

    [Fact]
    public async Task A_comparison_with_a_deleted_run_says_that_it_was_deleted()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("field", 20);
        var kept = await TestRuns.CompleteAsync(test, dataset, stars, i => i % 4 == 0 ? -0.1 : 0.1);
        var deleted = await TestRuns.CompleteAsync(test, dataset, stars, i => i % 3 == 0 ? -0.2 : 0.1);
        await new LedgerDeletions(test.Ledger).DeleteRunAsync(deleted, "me", CancellationToken);
        Task<IReadOnlyList<DiscoveryRun>> CompareAsync(Guid other) =>
            ComparedRuns.LoadAsync(test.Ledger, [kept, other], cancellationToken: CancellationToken);

        var error = await Assert.ThrowsAsync<LedgerException>(() => CompareAsync(deleted));
        Assert.Equal((ErrorCode.RunNotFound, $"run {deleted} was deleted"), (error.Code, error.Message));
        Assert.StartsWith("It can be brought back until ", error.Remedy, StringComparison.Ordinal);
        var unknown = Guid.NewGuid();
        Assert.Equal($"there is no run {unknown}", (await Assert.ThrowsAsync<LedgerException>(() => CompareAsync(unknown))).Message);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_run_that_is_deleted_is_nowhere_and_comes_back_as_it_was(ViewMode mode)
    {
        await using var test = await TestLedger.CreateAsync();
        var (anomaly, cluster) = await AddRunsAsync(test, "field");
        await AddRunsAsync(test, "more");
        var annotations = new RunAnnotations(test.Ledger);
        await annotations.AddTagsAsync(anomaly, ["seen", "paper"], "me", CancellationToken);
        await annotations.AddNoteAsync(anomaly, "look at the third", "me", CancellationToken);
        await test.ExecuteAsync(
            $"insert into discovery_clusters (run_id, cluster_id, size, ra_deg, parallax_mas) values ('{cluster}', 0, 3, 0.1, 1e-300)"
        );
        await test.ExecuteAsync(
            $"insert into discovery_exclusions (run_id, dataset_id, reason, healpix_6, stars) "
                + $"select run_id, dataset_id, 'parallax_mas', 7, 3 from discovery_runs where run_id = '{anomaly}'"
        );
        if (mode == ViewMode.Incremental)
            await new ViewConverter(test.Ledger).ConvertAsync(mode, cancellationToken: CancellationToken);
        var (before, views) = (await AllAsync(test), await ViewsAsync(test));
        var runs = new RunRepository(test.Ledger);
        var deletions = new LedgerDeletions(test.Ledger);
        foreach (var run in new[] { anomaly, cluster })
        {
            await runs.PutAwayAsync(run, "me", CancellationToken);
            var gone = await Assert.ThrowsAsync<LedgerException>(() => runs.GetAsync(run, CancellationToken));
            Assert.Equal(ErrorCode.RunNotFound, gone.Code);
            Assert.Equal($"run {run} was deleted", gone.Message);
            Assert.StartsWith("It can be brought back until ", gone.Remedy, StringComparison.Ordinal);
            var deletion = Assert.IsType<long>(gone.Facts["deletion_id"]);
            var byPart = await Assert.ThrowsAsync<LedgerException>(() => runs.FindAsync(run.ToString()[^8..], CancellationToken));
            Assert.Equal(deletion, byPart.Facts["deletion_id"]);
            Assert.Equal(run, byPart.Facts["run_id"]);
            Assert.Empty(await test.StarsOfAsync(run));
            Assert.DoesNotContain(await ViewsAsync(test), r => r.Contains(run.ToString(), StringComparison.Ordinal));
        }
        var kept = await deletions.ListAsync(CancellationToken);
        Assert.Equal([cluster, anomaly], kept.Select(d => d.RunId!.Value));
        Assert.Equal("me", kept[1].DeletedBy);
        Assert.Contains("2 tags, 1 notes", kept[1].Summary, StringComparison.Ordinal);
        Assert.Equal(kept[1].DeletedAt + LedgerDeletions.Kept, kept[1].Until);

        await deletions.RestoreRunAsync(anomaly, CancellationToken);
        await deletions.RestoreAsync(kept[0].DeletionId, CancellationToken);
        Assert.Equal(before, await AllAsync(test));
        Assert.Equal(views, await ViewsAsync(test));
        Assert.Empty(await deletions.ListAsync(CancellationToken));
        Assert.Equal(
            0,
            await test.ScalarAsync<long>("select (select count(*) from deleted_results) + (select count(*) from deleted_exclusions)")
        );
        var twice = await Assert.ThrowsAsync<LedgerException>(() => deletions.RestoreRunAsync(anomaly, CancellationToken));
        Assert.Equal(ErrorCode.DeletionNotFound, twice.Code);
    }

    [Fact]
    public async Task Notes_and_labels_come_back_unless_their_place_is_taken()
    {
        await using var test = await TestLedger.CreateAsync();
        var (run, _) = await AddRunsAsync(test, "field");
        var star = (await test.StarsOfAsync(run))[0];
        var annotations = new RunAnnotations(test.Ledger);
        var labels = new StarLabels(test.Ledger);
        var deletions = new LedgerDeletions(test.Ledger);
        var note = await annotations.AddNoteAsync(run, "keep me", "me", CancellationToken);
        await test.ExecuteAsync($"insert into star_labels (star_id, label_set, kind) values ({star}, 'mine', 'white dwarf')");
        var before = await AllAsync(test);
        await annotations.RemoveNoteAsync(run, note.NoteId, "me", CancellationToken);
        await labels.RemoveAsync(star, "mine", "me", CancellationToken);
        var kept = await deletions.ListAsync(CancellationToken);
        Assert.Equal(["label", "note"], kept.Select(d => d.Kind));
        foreach (var deletion in kept)
            await deletions.RestoreAsync(deletion.DeletionId, CancellationToken);
        Assert.Equal(before, await AllAsync(test));

        await labels.RemoveAsync(star, "mine", null, CancellationToken);
        await test.ExecuteAsync($"insert into star_labels (star_id, label_set, kind) values ({star}, 'mine', 'giant')");
        await annotations.RemoveNoteAsync(run, note.NoteId, null, CancellationToken);
        await new RunRepository(test.Ledger).DeleteAsync(run, CancellationToken);
        foreach (var deletion in await deletions.ListAsync(CancellationToken))
            Assert.Equal(
                ErrorCode.DeletionNotRestorable,
                (await Assert.ThrowsAsync<LedgerException>(() => deletions.RestoreAsync(deletion.DeletionId, CancellationToken))).Code
            );
    }

    [Fact]
    public async Task What_watches_told_of_a_run_comes_back_with_it_unless_the_watch_is_gone()
    {
        await using var test = await TestLedger.CreateAsync();
        var (run, _) = await AddRunsAsync(test, "field");
        await test.ExecuteAsync(
            $"""
            insert into watches (name, label_set, dataset_id)
              values ('all', 'truth', null), ('one', 'truth', (select min(dataset_id) from datasets)), ('gone', 'truth', null);
            update watches set added_at = '2020-01-01';
            insert into watch_news (watch_id, run_id, earlier_runs, stars, flagged, newly_flagged, first_analysed, source_ids, sentence)
              select watch_id, '{run}', 0, 2, 1, 1, 0, array['field-0'], 'news of ' || name from watches
            """
        );
        var watches = new StarWatches(test.Ledger);
        Task<List<string>> NewsAsync() =>
            test.StringsAsync("select n::text from watch_news n join watches using (watch_id) where name <> 'gone' order by watch_id");
        var before = await NewsAsync();
        var due = await watches.DueAsync(CancellationToken);

        await new RunRepository(test.Ledger).PutAwayAsync(run, null, CancellationToken);
        Assert.Empty(await NewsAsync());
        await watches.RemoveAsync("gone", CancellationToken);
        await new LedgerDeletions(test.Ledger).RestoreRunAsync(run, CancellationToken);

        Assert.Equal(2, before.Count);
        Assert.Equal(before, await NewsAsync());
        Assert.Equal(2, await test.ScalarAsync<long>("select count(*) from watch_news"));
        // None of them is told again.
        Assert.Equal(due.Where(d => d.Watch != "gone"), await watches.DueAsync(CancellationToken));
    }

    [Fact]
    public async Task A_run_that_workers_share_waits_for_them_again_and_has_its_key_unless_another_run_has_it()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("field", 20);
        var (runs, deletions) = (new RunRepository(test.Ledger), new LedgerDeletions(test.Ledger));
        var run = (await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All)).RunId;
        await test.ExecuteAsync(
            $"""
            insert into run_tasks (run_id, number, phase) values ('{run}', 0, 0);
            insert into idempotency_keys (key, request_hash, run_id) values ('once', 'a hash', '{run}'), ('twice', 'a hash', '{run}')
            """
        );
        Task<List<string>> RowsAsync() =>
            test.StringsAsync("select t::text from run_tasks t union all select k::text from idempotency_keys k order by 1");
        var before = await RowsAsync();
        await runs.PutAwayAsync(run, null, CancellationToken);
        Assert.Empty(await RowsAsync());
        await deletions.RestoreRunAsync(run, CancellationToken);
        Assert.Equal(before, await RowsAsync());

        await runs.PutAwayAsync(run, null, CancellationToken);
        var other = (await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All)).RunId;
        await test.ExecuteAsync($"insert into idempotency_keys (key, request_hash, run_id) values ('once', 'a hash', '{other}')");
        await deletions.RestoreRunAsync(run, CancellationToken);
        Assert.Equal([other.ToString(), run.ToString()], await test.StringsAsync("select run_id from idempotency_keys order by key"));
    }

    [Fact]
    public async Task After_a_day_or_with_its_dataset_or_when_asked_it_is_gone_for_good()
    {
        // Where deleted results are put aside: on several machines they stay where they are.
        await using var test = await TestLedger.CreateWholeAsync();
        var (anomaly, cluster) = await AddRunsAsync(test, "field");
        var (other, _) = await AddRunsAsync(test, "more");
        var runs = new RunRepository(test.Ledger);
        var deletions = new LedgerDeletions(test.Ledger);
        await runs.PutAwayAsync(anomaly, null, CancellationToken);
        await test.ExecuteAsync("update deletions set deleted_at = deleted_at - interval '25 hours'");
        Assert.Empty(await deletions.ListAsync(CancellationToken));
        // The next deletion takes the old one away.
        await runs.PutAwayAsync(cluster, null, CancellationToken);
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from deleted_results where run_id = '{anomaly}'"));
        Assert.NotEqual(0, await test.ScalarAsync<long>($"select count(*) from deleted_results where run_id = '{cluster}'"));
        await runs.PutAwayAsync(other, null, CancellationToken);
        await test.ExecuteAsync("delete from datasets where name <> 'more' and dataset_id in (select dataset_id from deletions)");
        Assert.Equal(other, Assert.Single(await deletions.ListAsync(CancellationToken)).RunId);
        Assert.Equal(1, await deletions.EmptyAsync(null, CancellationToken));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from deleted_results"));
        var gone = await Assert.ThrowsAsync<LedgerException>(() => runs.GetAsync(other, CancellationToken));
        Assert.Equal($"there is no run {other}", gone.Message);
        Assert.False(gone.Facts.ContainsKey("deletion_id"));
    }

    [Fact]
    public async Task A_deleted_run_over_two_datasets_goes_with_either_and_not_without_a_word()
    {
        await using var test = await TestLedger.CreateAsync();
        var (run, _) = await AddRunsAsync(test, "field");
        var (second, _) = await test.AddDatasetAsync("second", 5);
        await test.RewriteAsync(
            $$"""update discovery_runs set dataset_filter = '{"also_datasets": [{{second}}]}' where run_id = '{{run}}'"""
        );
        await new RunRepository(test.Ledger).PutAwayAsync(run, null, CancellationToken);
        var datasets = new DatasetRepository(test.Ledger);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => datasets.DeleteAsync(second, withRuns: false, CancellationToken));
        Assert.Equal(ErrorCode.DatasetHasRuns, refused.Code);
        Assert.Contains("1 deleted run that can still be brought back", refused.Message, StringComparison.Ordinal);
        await datasets.DeleteAsync(second, withRuns: true, CancellationToken);
        Assert.Empty(await new LedgerDeletions(test.Ledger).ListAsync(CancellationToken));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from deleted_results"));
    }

    [Fact]
    public async Task A_run_that_is_being_worked_on_stays()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("field", 20);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await test.ExecuteAsync($"update discovery_runs set status = 'running', started_at = now() where run_id = '{run.RunId}'");
        Assert.Equal(
            ErrorCode.RunNotEnded,
            (await Assert.ThrowsAsync<LedgerException>(() => runs.PutAwayAsync(run.RunId, null, CancellationToken))).Code
        );
        Assert.Empty(await new LedgerDeletions(test.Ledger).ListAsync(CancellationToken));
    }
}
