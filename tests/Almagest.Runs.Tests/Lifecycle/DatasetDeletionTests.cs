using Almagest.Contract.Errors;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Annotations;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>A dataset that is deleted can be brought back for a day, as it was, with all that rests on it.</summary>
public sealed class DatasetDeletionTests
{
    // Whatever tells of a dataset.
    private static readonly string[] s_tables =
    [
        "datasets",
        "rejected_rows",
        "stars",
        "star_labels",
        "discovery_runs",
        "discovery_results",
        "discovery_exclusions",
        "discovery_clusters",
        "run_tags",
        "run_notes",
        "cross_matches",
        "star_links",
        "run_identifications",
        "cluster_identifications",
        "watches",
        "watch_news",
        "idempotency_keys",
        "run_tasks",
    ];

    private static readonly string[] s_kept =
    [
        "deletions",
        "deleted_results",
        "deleted_exclusions",
        "deleted_stars",
        "deleted_labels",
        "deleted_links",
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private sealed record Made(long First, long Second, Guid Run, Guid Both, Guid Others);

    // Two datasets: the first with a run, labels and a watch, the second with a watch and a run whose clusters have names after the first;
    // a run over both, a cross-match between them, and a watch over every dataset.
    private static async Task<Made> MakeAsync(TestLedger test)
    {
        var (first, stars) = await test.AddDatasetAsync("first", 20);
        var (second, others) = await test.AddDatasetAsync("second", 15);
        var run = await TestRuns.CompleteAsync(test, first, stars, i => i % 4 == 0 ? -0.1 / (i + 3) : 0.1);
        var both = await TestRuns.CompleteAsync(test, first, [.. stars, .. others], i => i % 5 == 0 ? -0.2 : 0.1);
        await test.RewriteAsync(
            $$"""update discovery_runs set dataset_filter = '{"also_datasets": [{{second}}]}' where run_id = '{{both}}'"""
        );
        var runs = new RunRepository(test.Ledger);
        var cluster = await runs.CreateAsync(second, new DbscanParameters { Eps = 0.1 + 0.2 }, StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(cluster.RunId))
        {
            await completion.SaveClustersAsync(others, [.. others.Select((_, i) => i % 5 - 1)]);
            await completion.MarkCompleteAsync(others.Length, null);
            await completion.CommitAsync();
        }
        await new RunAnnotations(test.Ledger).AddTagsAsync(run, ["seen"], "me", CancellationToken);
        await new RunAnnotations(test.Ledger).AddNoteAsync(both, "over two", "me", CancellationToken);
        await runs.NameAsync(run, "the best one", CancellationToken);
        await test.ExecuteAsync(
            $$"""
            update stars set extra = '{"teff": 5000.125, "name": "a star"}', parallax_mas = 1e-300 where star_id = {{stars[3]}};
            insert into rejected_rows (dataset_id, ordinal, file, line_number, field, reason, value)
              values ({{first}}, 1, 'first.csv', 7, 'ra_deg', 'no number', 'x');
            insert into star_labels (star_id, label_set, is_anomaly, kind) values
              ({{stars[0]}}, 'truth', 1, 'white dwarf'), ({{stars[1]}}, 'truth', 0, null), ({{others[0]}}, 'truth', 0, 'giant');
            insert into discovery_exclusions (run_id, dataset_id, reason, healpix_6, stars)
              values ('{{run}}', {{first}}, 'no parallax', 7, 3);
            insert into discovery_clusters (run_id, cluster_id, size, parallax_mas) values ('{{cluster.RunId}}', 0, 3, 0.1);
            insert into cross_matches (dataset_1_id, dataset_2_id, radius_arcsec, find, link_count, program_version)
              values ({{first}}, {{second}}, 1.5, 'best', 2, 'test'), ({{second}}, {{second}}, 0.1, 'all', 0, 'test');
            insert into star_links (match_id, star_1_id, star_2_id, separation_arcsec)
              select match_id, {{stars[2]}}, {{others[2]}}, 0.25 from cross_matches where radius_arcsec = 1.5;
            insert into run_identifications (run_id, dataset_id, known_clusters, columns, notes, expected_by_chance, program_version)
              values ('{{cluster.RunId}}', {{first}}, 20, '{ra_deg}', '{"a note"}', 0.5, 'test');
            insert into cluster_identifications (run_id, cluster_id, dataset_id, verdict, name, star_id, sentence, size, candidates)
              values ('{{cluster.RunId}}', 0, {{first}}, 'identified', 'Made', {{stars[5]}}, 'It is.', 3, '[]');
            insert into watches (name, label_set, dataset_id) values
              ('mine', 'truth', {{first}}), ('theirs', 'truth', {{second}}), ('everywhere', 'truth', null);
            insert into watch_news (watch_id, run_id, earlier_runs, stars, flagged, newly_flagged, first_analysed, source_ids, sentence)
              select watch_id, run_id, 0, 2, 1, 1, 0, '{first-0, "an \"other\""}', 'news of ' || w.name
              from watches w, discovery_runs where run_id = '{{both}}' or run_id = '{{run}}' and w.name <> 'theirs';
            insert into idempotency_keys (key, request_hash, run_id) values ('once', 'a hash', '{{run}}')
            """
        );
        return new Made(first, second, run, both, cluster.RunId);
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
        foreach (var view in AnalyticsViews.All)
            rows.AddRange(
                (await test.StringsAsync($"select (to_jsonb(v) - 'last_updated')::text from public.{view.Name} v order by 1")).Select(r =>
                    $"{view.Name}: {r}"
                )
            );
        return rows;
    }

    private static async Task NothingIsKeptAsync(TestLedger test)
    {
        foreach (var table in s_kept)
            Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from {table}"));
    }

    private static async Task<LedgerException> RefusedAsync(ErrorCode code, Func<Task> work)
    {
        var refused = await Assert.ThrowsAsync<LedgerException>(work);
        Assert.Equal(code, refused.Code);
        return refused;
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_deleted_dataset_is_nowhere_and_comes_back_as_it_was_with_all_that_rests_on_it(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        if (mode == ViewMode.Incremental)
            await new ViewConverter(test.Ledger).ConvertAsync(mode, cancellationToken: CancellationToken);
        var (before, views) = (await AllAsync(test), await ViewsAsync(test));
        var datasets = new DatasetRepository(test.Ledger);
        await RefusedAsync(ErrorCode.DatasetHasRuns, () => datasets.PutAwayAsync(made.First, false, null, CancellationToken));

        await datasets.PutAwayAsync(made.First, true, "me", CancellationToken);

        await RefusedAsync(ErrorCode.DatasetNotFound, () => datasets.FindAsync("first", CancellationToken));
        Assert.Equal(["second"], (await datasets.ListAsync(CancellationToken)).Select(d => d.Name));
        Assert.Equal(15, await test.ScalarAsync<long>("select count(*) from stars"));
        Assert.Equal([made.Others.ToString()], await test.StringsAsync("select run_id from discovery_runs"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from star_links"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from cluster_identifications"));
        Assert.Equal(["second"], await test.StringsAsync("select distinct name from datasets join mv_dataset_coverage using (dataset_id)"));
        Assert.DoesNotContain(
            await ViewsAsync(test),
            r => r.Contains(made.Run.ToString(), StringComparison.Ordinal) || r.Contains(made.Both.ToString(), StringComparison.Ordinal)
        );
        var deletions = new LedgerDeletions(test.Ledger);
        var kept = Assert.Single(await deletions.ListAsync(CancellationToken));
        Assert.Equal(("dataset", "first", made.First, "me"), (kept.Kind, kept.Dataset, kept.DatasetId, kept.DeletedBy));
        Assert.Equal("20 stars, 2 labels, 2 runs, 1 cross-match, 1 watch", kept.Summary);
        Assert.Equal(kept.DeletedAt + LedgerDeletions.Kept, kept.Until);
        // A run that went with it comes back with it.
        var alone = await RefusedAsync(ErrorCode.DeletionNotRestorable, () => deletions.RestoreRunAsync(made.Both, CancellationToken));
        Assert.Contains("'first' is deleted", alone.Message, StringComparison.Ordinal);

        var back = await datasets.RestoreAsync("first", cancellationToken: CancellationToken);

        Assert.Equal(made.First, back.DatasetId);
        Assert.Equal(before, await AllAsync(test));
        Assert.Equal(views, await ViewsAsync(test));
        await NothingIsKeptAsync(test);
        await RefusedAsync(ErrorCode.DeletionNotFound, () => datasets.RestoreAsync("first", cancellationToken: CancellationToken));
        // New rows do not meet the old ones.
        var (third, _) = await test.AddDatasetAsync("third", 2);
        Assert.True(third > made.Second);
    }

    [Theory]
    [InlineData(true, ViewMode.Refresh)]
    [InlineData(false, ViewMode.Refresh)]
    [InlineData(true, ViewMode.Incremental)]
    [InlineData(false, ViewMode.Incremental)]
    public async Task What_needs_two_deleted_datasets_comes_back_with_the_later_of_them(bool isFirstFirst, ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        if (mode == ViewMode.Incremental)
            await new ViewConverter(test.Ledger).ConvertAsync(mode, cancellationToken: CancellationToken);
        var (before, views) = (await AllAsync(test), await ViewsAsync(test));
        var datasets = new DatasetRepository(test.Ledger);
        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        await datasets.PutAwayAsync(made.Second, true, null, CancellationToken);
        Assert.Empty(await ViewsAsync(test));
        Assert.Equal(2, (await new LedgerDeletions(test.Ledger).ListAsync(CancellationToken)).Count);

        var (earlier, later) = isFirstFirst ? ("first", "second") : ("second", "first");
        var back = await datasets.RestoreAsync(earlier, cancellationToken: CancellationToken);
        await ViewsAsync(test);
        Assert.Empty(await test.StringsAsync($"select run_id from discovery_runs where run_id = '{made.Both}'"));
        var detail = await DatasetResources.ReadAsync(test.Ledger, back, 0, CancellationToken);
        Assert.Equal(1, detail.RunCount);
        Assert.Equal(
            $"1 run and 1 cross-match wait for dataset '{later}', which is deleted",
            Assert.Single(detail.Waiting, w => (w.Runs, w.CrossMatches) == (1, 1)).Describe()
        );
        back = await datasets.RestoreAsync(later, cancellationToken: CancellationToken);
        Assert.Empty(await new LedgerDeletions(test.Ledger).WaitingAsync(back.DatasetId, CancellationToken));

        Assert.Equal(before, await AllAsync(test));
        Assert.Equal(views, await ViewsAsync(test));
        await NothingIsKeptAsync(test);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_with_names_after_a_catalogue_has_them_again_whichever_of_them_is_back_first(bool isRunFirst)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        var before = await AllAsync(test);
        var (datasets, deletions) = (new DatasetRepository(test.Ledger), new LedgerDeletions(test.Ledger));
        foreach (var isRunDeletedFirst in new[] { true, false })
        {
            Task Run() => new RunRepository(test.Ledger).PutAwayAsync(made.Others, null, CancellationToken);
            Task Dataset() => datasets.PutAwayAsync(made.First, true, null, CancellationToken);
            await (isRunDeletedFirst ? Run() : Dataset());
            await (isRunDeletedFirst ? Dataset() : Run());
            if (isRunFirst)
                await deletions.RestoreRunAsync(made.Others, CancellationToken);
            await datasets.RestoreAsync("first", cancellationToken: CancellationToken);
            if (!isRunFirst)
                await deletions.RestoreRunAsync(made.Others, CancellationToken);
            Assert.Equal(before, await AllAsync(test));
            await NothingIsKeptAsync(test);
        }
    }

    [Fact]
    public async Task Its_name_is_free_at_once_and_it_comes_back_under_another()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        var datasets = new DatasetRepository(test.Ledger);
        var run = await test.ScalarAsync<Guid>($"select run_id from discovery_runs where dataset_id = {made.First} limit 1");
        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        var deletion = Assert.Single(await new LedgerDeletions(test.Ledger).ListAsync(CancellationToken)).DeletionId;
        foreach (var name in new[] { "first", $"{made.First}" })
        {
            var gone = await RefusedAsync(ErrorCode.DatasetNotFound, () => datasets.FindAsync(name, CancellationToken));
            Assert.Equal("dataset 'first' was deleted", gone.Message);
            Assert.Equal(deletion, gone.Facts["deletion_id"]);
        }
        // A run that went with it comes back with it.
        var with = await RefusedAsync(ErrorCode.RunNotFound, () => new RunRepository(test.Ledger).GetAsync(run, CancellationToken));
        Assert.Equal(deletion, with.Facts["deletion_id"]);
        var (again, _) = await test.AddDatasetAsync("first", 4);
        await test.ExecuteAsync("insert into watches (name, label_set) values ('mine', 'truth')");
        var taken = await RefusedAsync(
            ErrorCode.DatasetNameTaken,
            () => datasets.RestoreAsync("first", cancellationToken: CancellationToken)
        );
        Assert.Equal("first", taken.Facts["dataset"]);
        await RefusedAsync(ErrorCode.InvalidValue, () => datasets.RestoreAsync("first", "a/b\n", CancellationToken));

        Assert.Equal("first of all", (await datasets.RestoreAsync("first", "first of all", CancellationToken)).Name);
        Assert.Equal(20, (await datasets.FindAsync("first of all", CancellationToken)).StarCount);
        Assert.Equal(
            ["mine", "mine (1, brought back)"],
            await test.StringsAsync("select name from watches where name like 'mine%' order by name")
        );
        Assert.Equal(2, await test.ScalarAsync<long>("select count(*) from watch_news n join watches using (watch_id) where watch_id = 1"));

        // Two of one name are told apart by their numbers.
        await datasets.PutAwayAsync(again, true, null, CancellationToken);
        await datasets.RenameAsync(made.First, "first", CancellationToken);
        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        var several = await RefusedAsync(
            ErrorCode.DeletionNotRestorable,
            () => datasets.RestoreAsync("first", cancellationToken: CancellationToken)
        );
        Assert.Contains($"{again}", several.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await datasets.RestoreAsync($"{again}", cancellationToken: CancellationToken)).StarCount);
    }

    [Fact]
    public async Task What_was_deleted_before_it_waits_for_it_and_goes_with_it()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        var (datasets, deletions) = (new DatasetRepository(test.Ledger), new LedgerDeletions(test.Ledger));
        await new RunRepository(test.Ledger).PutAwayAsync(made.Run, null, CancellationToken);
        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        Assert.Equal("dataset", Assert.Single(await deletions.ListAsync(CancellationToken)).Kind);
        await RefusedAsync(ErrorCode.DeletionNotRestorable, () => deletions.RestoreRunAsync(made.Run, CancellationToken));
        await datasets.RestoreAsync("first", cancellationToken: CancellationToken);
        Assert.Equal(made.Run, Assert.Single(await deletions.ListAsync(CancellationToken)).RunId);
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from discovery_runs where run_id = '{made.Run}'"));
        Assert.NotEqual(0, await test.ScalarAsync<long>("select count(*) from deleted_results"));

        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        await test.ExecuteAsync("update deletions set deleted_at = deleted_at - interval '25 hours' where kind = 'dataset'");
        Assert.Empty(await deletions.ListAsync(CancellationToken));
        await RefusedAsync(ErrorCode.DeletionNotFound, () => datasets.RestoreAsync("first", cancellationToken: CancellationToken));
        Assert.Equal(1, await deletions.EmptyAsync(LedgerDeletions.Kept, CancellationToken));
        await NothingIsKeptAsync(test);
        // Another program's deletion takes what was deleted before it along, too.
        await new RunRepository(test.Ledger).PutAwayAsync(made.Others, null, CancellationToken);
        await test.ExecuteAsync("delete from datasets");
        await NothingIsKeptAsync(test);
    }

    [Fact]
    public async Task What_needs_several_deleted_datasets_says_so_and_what_was_deleted_by_itself_does_not_wait()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        var (third, _) = await test.AddDatasetAsync("third", 2);
        await test.RewriteAsync(
            $$"""
            update discovery_runs set dataset_filter = '{"also_datasets": [{{made.Second}}, {{third}}]}' where run_id = '{{made.Both}}'
            """
        );
        var (datasets, deletions) = (new DatasetRepository(test.Ledger), new LedgerDeletions(test.Ledger));
        await new RunRepository(test.Ledger).PutAwayAsync(made.Run, null, CancellationToken);
        foreach (var dataset in new[] { third, made.Second, made.First })
            await datasets.PutAwayAsync(dataset, true, null, CancellationToken);

        await datasets.RestoreAsync("first", cancellationToken: CancellationToken);
        Assert.Equal(
            [
                "1 cross-match waits for dataset 'second', which is deleted",
                "1 run waits for datasets 'second' and 'third', which are deleted",
            ],
            (await deletions.WaitingAsync(made.First, CancellationToken)).Select(w => w.Describe())
        );
        await datasets.RestoreAsync("third", cancellationToken: CancellationToken);
        Assert.Equal(
            "1 run waits for dataset 'second', which is deleted",
            Assert.Single(await deletions.WaitingAsync(third, CancellationToken)).Describe()
        );
        // What cannot come back any more is not waited for.
        await test.ExecuteAsync("update deletions set deleted_at = deleted_at - interval '25 hours' where kind = 'dataset'");
        Assert.Empty(await deletions.WaitingAsync(made.First, CancellationToken));
    }

    [Fact]
    public async Task Whatever_refers_to_a_run_is_among_what_comes_back_with_it()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        // Changes that views are to follow are no fact of a run.
        string[] others = [.. s_kept, "pending_view_changes"];
        var referring = await test.StringsAsync(
            """
            select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and a.attname = 'run_id' and not a.attisdropped
            """
        );
        Assert.Contains("watch_news", referring);
        Assert.Empty(referring.Except(s_tables).Except(others));
    }

    [Fact]
    public async Task Of_a_dataset_that_goes_for_good_nothing_is_kept_in_what_was_deleted_with_another()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        var datasets = new DatasetRepository(test.Ledger);
        await datasets.PutAwayAsync(made.First, true, null, CancellationToken);
        var refused = await RefusedAsync(
            ErrorCode.DatasetHasRuns,
            () => datasets.DeleteAsync(made.Second, withRuns: false, CancellationToken)
        );
        Assert.Contains("1 deleted run", refused.Message, StringComparison.Ordinal);
        await datasets.DeleteAsync(made.Second, cancellationToken: CancellationToken);
        await datasets.RestoreAsync("first", cancellationToken: CancellationToken);
        Assert.Equal([made.Run.ToString()], await test.StringsAsync("select run_id from discovery_runs"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from cross_matches"));
        await NothingIsKeptAsync(test);
        await ViewsAsync(test);
    }

    [Fact]
    public async Task A_run_that_waits_comes_back_waiting_and_one_that_is_worked_on_keeps_its_dataset()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var (dataset, _) = await test.AddDatasetAsync("field", 20);
        var (datasets, runs) = (new DatasetRepository(test.Ledger), new RunRepository(test.Ledger));
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await datasets.PutAwayAsync(dataset, true, null, CancellationToken);
        Assert.Null(await new RunClaims(test.Ledger).TakeAsync(run.RunId, CancellationToken));
        await datasets.RestoreAsync("field", cancellationToken: CancellationToken);
        Assert.Equal(RunStatus.Pending, (await runs.GetAsync(run.RunId, CancellationToken)).Status);
        Assert.NotNull(await new RunClaims(test.Ledger).TakeAsync(run.RunId, CancellationToken));
        await RefusedAsync(ErrorCode.DatasetInUse, () => datasets.PutAwayAsync(dataset, true, null, CancellationToken));
        Assert.Equal(20, await test.ScalarAsync<long>("select count(*) from stars"));
        await NothingIsKeptAsync(test);
    }

    [Theory]
    [InlineData("stars", "deleted_stars")]
    [InlineData("star_labels", "deleted_labels")]
    [InlineData("star_links", "deleted_links")]
    [InlineData("discovery_results", "deleted_results")]
    [InlineData("discovery_exclusions", "deleted_exclusions")]
    public async Task What_is_kept_has_the_columns_of_what_it_was(string table, string kept)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        Task<List<string>> ColumnsAsync(string of) =>
            test.StringsAsync(
                "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
                    + $"where attrelid = 'public.{of}'::regclass and attnum > 0 and not attisdropped order by 1"
            );
        Assert.Equal(await ColumnsAsync(table), await ColumnsAsync(kept));
    }

    [Fact]
    public async Task Rolled_back_the_ledger_has_lost_deleted_datasets_and_names_and_kept_deleted_runs()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var made = await MakeAsync(test);
        await new RunRepository(test.Ledger).PutAwayAsync(made.Others, null, CancellationToken);
        await new RunRepository(test.Ledger).PutAwayAsync(made.Both, null, CancellationToken);
        await new DatasetRepository(test.Ledger).PutAwayAsync(made.First, true, null, CancellationToken);
        Assert.Equal(
            [("deleted datasets that can be brought back", 1L)],
            (await test.Ledger.Schema.LossesAsync("AddRunTasks")).Select(l => (l.What, l.Count))
        );
        await test.Ledger.Schema.RollbackAsync("AddRunTasks");
        Assert.Equal([made.Others.ToString()], await test.StringsAsync("select run_id from deletions"));
        await test.Ledger.Schema.MigrateAsync();
        await new LedgerDeletions(test.Ledger).RestoreRunAsync(made.Others, CancellationToken);
        Assert.True((await new RunRepository(test.Ledger).GetAsync(made.Others, CancellationToken)).IsComplete);
        await NothingIsKeptAsync(test);
        await ViewsAsync(test);
    }
}
