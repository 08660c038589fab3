using Almagest.Discovery.Clustering.Auto;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Tests.Execution;

/// <summary>A ledger with a dataset <c>a</c>: 600 stars of a field and, first, a cluster of 100, with parallax errors.</summary>
internal static class MadeCluster
{
    public static Task<TestLedger> CreateAsync() => TestLedger.CreateAsync("made_cluster", FillAsync);

    /// <summary>The same, with a run of the automatic search that has found the cluster.</summary>
    public static async Task<(TestLedger Test, DiscoveryRun Run)> CreateWithRunAsync()
    {
        var test = await TestLedger.CreateAsync(
            "made_cluster_run",
            async made =>
            {
                await FillAsync(made);
                await new DiscoveryService(made.Ledger).RunOnlyAsync(
                    new RunRequest("a", StarFilter.All, new AutoParameters { Features = "cluster5d" })
                );
            }
        );
        var runId = await test.ScalarAsync<Guid>("select run_id from discovery_runs");
        return (test, await new RunRepository(test.Ledger).GetAsync(runId));
    }

    private static async Task FillAsync(TestLedger test)
    {
        await test.AddDatasetAsync(
            "a",
            700,
            i => i < 100 ? (50 + i % 10 * 0.1, 20 + i / 10 * 0.1) : (45 + i * 7 % 100 * 0.1, 15 + i * 13 % 97 * 0.1)
        );
        await test.ExecuteAsync(
            """
            with s as (select star_id, row_number() over (order by star_id) - 1 as i from stars)
            update stars t
               set pmra_mas_yr = case when i < 100 then 20 + sin(i) * 0.2 else 40 * sin(i * 1.7) end,
                   pmdec_mas_yr = case when i < 100 then -30 + cos(i * 3) * 0.2 else 40 * cos(i * 2.3) end,
                   parallax_mas = case when i < 100 then 8 + sin(i * 5) * 0.1 else 5 + 4.5 * sin(i * 3.1) end,
                   parallax_error_mas = 0.05 + 0.01 * (i % 5)
              from s where s.star_id = t.star_id
            """
        );
    }
}
