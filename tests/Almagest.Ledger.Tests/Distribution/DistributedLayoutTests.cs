using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Distribution;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Tests.Schema;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Distribution;

/// <summary>A ledger whose bulk tables are distributed, on Citus or as if they were.</summary>
public sealed class DistributedLayoutTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("distributed");

    public void Dispose() => _folder.Dispose();

    private string In(string name) => Path.Combine(_folder.Path, name);

    [Fact]
    public async Task No_trigger_and_no_unique_index_without_the_star_is_on_a_distributed_table()
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        Assert.Empty(
            await test.StringsAsync(
                """
                select tgname from pg_trigger
                where tgrelid = any (array['stars', 'star_labels', 'discovery_results', 'star_links']::regclass[]) and not tgisinternal
                """
            )
        );
        Assert.Empty(
            await test.StringsAsync(
                """
                select i.indexrelid::regclass from pg_index i
                where i.indrelid = any (array['stars', 'star_labels', 'discovery_results', 'star_links']::regclass[]) and i.indisunique
                  and not exists (
                    select 1 from pg_attribute a
                    where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and a.attname in ('star_id', 'star_1_id'))
                """
            )
        );
        await test.Ledger.Schema.EnsureCurrentAsync();
        var state = await new LedgerDistribution(test.Ledger).StateAsync();
        Assert.True(state.IsDistributed);
        Assert.Equal(4, state.Shards);
        Assert.Equal(
            [("discovery_results", 4L), ("star_labels", 4), ("star_links", 4), ("stars", 4)],
            state.Nodes.GroupBy(n => n.Table).Select(t => (t.Key, t.Sum(n => n.Shards))).Order()
        );
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task What_is_loaded_run_labelled_deleted_and_brought_back_is_in_the_views(ViewMode mode)
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var report = await LoadAsync(test);
        Assert.Equal((4L, 2L), (report.Rows, report.Rejected));
        Assert.Equal(
            ["source_id: is on line 2 already", "source_id: is on line 4 already"],
            report.RejectedRows.Select(r => $"{r.Field}: {r.Reason}")
        );
        var stars = await StarsAsync(test);
        var first = await TestRuns.CompleteAsync(test, report.Dataset.DatasetId, stars, i => i - 1.5);
        var second = await TestRuns.CompleteAsync(test, report.Dataset.DatasetId, stars[..3], i => i - 0.5);
        var labels = new StarLabels(test.Ledger);
        await labels.SetAsync(
            new StarLabel
            {
                StarId = stars[0],
                LabelSet = "truth",
                IsAnomaly = 1,
            }
        );
        await labels.SetManyAsync(stars[1..3], new StarLabel { LabelSet = "truth", IsAnomaly = 0 });
        File.WriteAllText(In("labels.csv"), "source_id,label_outlier\nd,1\n");
        await new LabelIngestor(test.Ledger).IngestAsync(report.Dataset.DatasetId, In("labels.csv"));
        await AgreeAsync(test);
        Assert.Equal(
            ["4 | 2 | 1", "3 | 1 | 1"],
            await test.StringsAsync("select labelled_stars, positives, true_positives from mv_discovery_quality order by 1 desc")
        );
        Assert.Equal(2, await test.ScalarAsync<long>("select anomaly_count from mv_star_anomaly_frequency order by 1 desc limit 1"));

        var deletions = new LedgerDeletions(test.Ledger);
        await new RunRepository(test.Ledger).PutAwayAsync(first, null);
        await labels.RemoveAsync(stars[0], "truth", null);
        await AgreeAsync(test);
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
        foreach (var deletion in await deletions.ListAsync())
            await deletions.RestoreAsync(deletion.DeletionId);
        await AgreeAsync(test);
        Assert.Equal(2, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
        Assert.Equal(7, await test.ScalarAsync<long>("select count(*) from discovery_results"));

        await new RunRepository(test.Ledger).DeleteAsync(second);
        await AgreeAsync(test);
        Assert.Equal(1, await UnseenRows.SweepAsync(test.Ledger, TimeSpan.Zero));
        Assert.Equal(4, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        await new DatasetRepository(test.Ledger).DeleteAsync(report.Dataset.DatasetId);
        await AgreeAsync(test);
        await UnseenRows.SweepAsync(test.Ledger, TimeSpan.Zero);
        foreach (var table in DistributedTable.All)
            Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from {table.Name}"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from unseen_rows"));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Killed_between_the_two_commits_a_run_is_not_seen_and_its_next_attempt_completes_it(ViewMode mode)
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 1.5);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        async Task CompleteAsync(Action<string>? reached)
        {
            await using var completion = await runs.BeginCompletionAsync(run.RunId);
            completion.Reached = reached;
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 2.5)]);
            await completion.MarkCompleteAsync(stars.Length, null);
            await completion.CommitAsync();
        }
        var points = new List<string>();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CompleteAsync(point =>
            {
                points.Add(point);
                if (point == "after-results")
                    throw new InvalidOperationException("killed");
            })
        );
        Assert.Equal(["before-copy", "after-copy", "before-results", "after-results"], points);

        Assert.Equal(16, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        Assert.Equal(["results | " + run.RunId], await test.StringsAsync("select kind, owner from unseen_rows"));
        Assert.False((await runs.GetAsync(run.RunId)).IsComplete);
        await AgreeAsync(test);
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
        Assert.Equal(1, await test.ScalarAsync<long>("select max(total_runs) from mv_star_anomaly_frequency"));

        await CompleteAsync(null);
        Assert.True((await runs.GetAsync(run.RunId)).IsComplete);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from unseen_rows"));
        await AgreeAsync(test);
        Assert.Equal(16, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        Assert.Equal(2, await test.ScalarAsync<long>("select max(total_runs) from mv_star_anomaly_frequency"));
    }

    [Fact]
    public async Task What_is_left_of_a_run_that_never_came_to_be_is_swept_and_what_is_being_stored_is_not()
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 2.5)]);
            await completion.MarkCompleteAsync(stars.Length, null);
            // The results are committed, and the lock is held.
            Assert.Equal(0, await UnseenRows.SweepAsync(test.Ledger, TimeSpan.Zero));
            Assert.Equal(8, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        }
        Assert.Equal(1, await UnseenRows.SweepAsync(test.Ledger, TimeSpan.Zero));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from unseen_rows"));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Nobody_ever_sees_a_part_of_a_run(ViewMode mode)
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var (dataset, stars) = await test.AddDatasetAsync("a", 400);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++)
                await TestRuns.CompleteAsync(test, dataset, stars, n => n - 20.5);
        });
        var reads = 0;
        for (var last = false; !last; )
        {
            last = writing.IsCompleted;
            var complete = await test.StringsAsync("select run_id from discovery_runs where is_complete");
            var whole = await test.StringsAsync(
                "select run_id from discovery_results group by run_id having count(*) = 400 and sum(is_anomaly) = 21"
            );
            Assert.Empty(complete.Except(whole));
            var joined = await test.StringsAsync(
                "select count(*) from discovery_results r join discovery_runs d using (run_id) where d.is_complete group by d.run_id"
            );
            Assert.All(joined, count => Assert.Equal("400", count));
            if (mode == ViewMode.Incremental)
                Assert.Empty(
                    await test.StringsAsync(
                        """
                        select star_id from mv_star_anomaly_frequency
                        where total_runs <> (select count(*) from mv_discovery_run_stats)
                        """
                    )
                );
            reads++;
        }
        await writing;
        Assert.True(reads > 1);
        await AgreeAsync(test);
    }

    private async Task<IngestReport> LoadAsync(TestLedger test)
    {
        File.WriteAllText(
            In("stars.csv"),
            """
            source_id,ra,dec,parallax
            a,10,10,1
            b,20,20,2
            c,30,30,3
            a,11,11,9
            d,40,40,4
            c,31,31,9
            """
        );
        return await new CatalogIngestor(test.Ledger).IngestAsync([In("stars.csv")]);
    }

    private static async Task<long[]> StarsAsync(TestLedger test) =>
        [.. (await test.StringsAsync("select star_id from stars order by star_id")).Select(long.Parse)];

    private static async Task AgreeAsync(TestLedger test)
    {
        Assert.All(await new ViewRefresher(test.Ledger).RefreshPendingAsync(), o => Assert.True(o.Succeeded, o.Error));
        await ViewAssert.AgreeAsync(test);
    }
}
