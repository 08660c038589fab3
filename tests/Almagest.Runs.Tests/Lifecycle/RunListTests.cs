using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>Lists of thousands of runs: every order and filter, page by page, each page from an index.</summary>
public sealed class RunListTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<(TestLedger Test, long Dataset, Guid Group)> CreateAsync(int runs)
    {
        var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var group = Guid.CreateVersion7();
        // Identifiers of version 7 in the order of i; a tenth failed, half are clusters, a hundredth belongs to a sweep.
        await test.ExecuteAsync(
            $$"""
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, total_stars, status, is_complete,
              program_version, created_at, completed_at, group_id)
            select ('0198c2a4-' || lpad(to_hex(i), 4, '0') || '-7c3b-9f10-' || substr(md5(i::text), 1, 12))::uuid,
                   case when i % 2 = 0 then 'cluster' else 'anomaly' end, case when i % 2 = 0 then 'dbscan'
                     else 'isolation_forest' end, '{}', {{dataset}}, i * 7919 % 1000,
                   case when i % 10 = 0 then 'failed' else 'completed' end, i % 10 <> 0, '1',
                     timestamptz '2026-01-01' + i * interval '1 minute',
                   timestamptz '2026-01-01' + (i * 7919 % {{runs}}) / 3 * interval '1 minute', case when i % 100 = 7
                     then '{{group}}'::uuid end
            from generate_series(1, {{runs}}) i
            """
        );
        await test.ExecuteAsync("analyze discovery_runs");
        return (test, dataset, group);
    }

    [Theory]
    [InlineData(RunOrder.Newest)]
    [InlineData(RunOrder.Oldest)]
    [InlineData(RunOrder.LatestEnd)]
    [InlineData(RunOrder.EarliestEnd)]
    [InlineData(RunOrder.MostStars)]
    [InlineData(RunOrder.LeastStars)]
    public async Task Pages_of_every_order_hold_every_run_once(string sort)
    {
        var (test, _, _) = await CreateAsync(300);
        await using var disposal = test;
        var runs = new RunRepository(test.Ledger);
        var whole = await runs.ListAsync(new RunQuery(RunType: RunTypes.Cluster, Limit: 1000) { Sort = sort }, CancellationToken);
        var paged = new List<DiscoveryRun>();
        for (string? after = null; ; )
        {
            var page = await runs.ListAsync(
                new RunQuery(RunType: RunTypes.Cluster, Limit: 37) { Sort = sort, After = after },
                CancellationToken
            );
            paged.AddRange(page);
            if (page.Count < 37)
                break;
            after = RunOrder.TokenOf(page[^1], sort);
        }
        Assert.Equal(150, whole.Count);
        Assert.Equal(whole.Select(r => r.RunId), paged.Select(r => r.RunId));
        var key = sort.TrimStart('-') switch
        {
            "stars" => paged.Select(r => r.TotalStars),
            "completed" => paged.Select(r => r.CompletedAt!.Value.Ticks),
            _ => paged.Select(r => r.CreatedAt.Ticks),
        };
        Assert.Equal(sort[0] == '-' ? key.OrderDescending() : key.Order(), key);
    }

    [Fact]
    public async Task A_token_of_another_order_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new RunRepository(test.Ledger).ListAsync(
                new RunQuery { Sort = RunOrder.MostStars, After = Guid.NewGuid().ToString() },
                CancellationToken
            )
        );
        Assert.Equal("after", error.Field);
    }

    [Fact]
    public async Task Among_ten_thousand_runs_a_page_of_any_filter_and_order_comes_from_an_index()
    {
        var (test, dataset, group) = await CreateAsync(10_000);
        await using var disposal = test;
        var queries = new List<RunQuery>();
        foreach (var sort in RunOrder.All)
        {
            var middle = (await new RunRepository(test.Ledger).ListAsync(new RunQuery(Limit: 5000) { Sort = sort }, CancellationToken))[^1];
            foreach (var after in new[] { null, RunOrder.TokenOf(middle, sort) })
            {
                queries.Add(new RunQuery(Limit: 50) { Sort = sort, After = after });
                queries.Add(
                    new RunQuery(RunTypes.Anomaly, RunStatus.Completed, dataset, 50)
                    {
                        Sort = sort,
                        After = after,
                        Algorithm = "isolation_forest",
                    }
                );
                queries.Add(new RunQuery(Status: RunStatus.Running, Limit: 50) { Sort = sort, After = after });
                queries.Add(
                    new RunQuery(Limit: 50)
                    {
                        Sort = sort,
                        After = after,
                        GroupId = group,
                    }
                );
            }
        }
        await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
        foreach (var query in queries)
        {
            await using var sql = RunOrder.Query(query, []).On(connection);
            sql.CommandText = "explain " + sql.CommandText;
            var plan = new List<string>();
            await using var reader = await sql.ExecuteReaderAsync(CancellationToken);
            while (await reader.ReadAsync(CancellationToken))
                plan.Add(reader.GetString(0));
            var text = string.Join('\n', plan);
            Assert.True(
                text.Contains("Index", StringComparison.Ordinal) && !text.Contains("Seq Scan", StringComparison.Ordinal),
                $"{query}\n{text}"
            );
        }
    }
}
