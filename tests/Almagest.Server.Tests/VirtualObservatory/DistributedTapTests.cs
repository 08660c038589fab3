using System.Globalization;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Server.VirtualObservatory;
using Almagest.Testing.Ledgers;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>TAP over a ledger whose tables are distributed, on Citus or as if they were.</summary>
public sealed class DistributedTapTests
{
    [Fact]
    public async Task Rows_whose_run_or_dataset_is_not_there_are_not_published()
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        using var runner = new AdqlRunner(test.Ledger);
        var (dataset, stars) = await test.AddDatasetAsync("a", 6);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 1.5);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 2.5)]);
            await completion.MarkCompleteAsync(stars.Length, null);
        }
        // As a load that was killed leaves them.
        await test.ExecuteAsync(
            """
            insert into stars (star_id, dataset_id, source_id, ra_deg, dec_deg, healpix_29) values (900, 77, 'x', 1, 1, 1);
            insert into star_labels (star_id, label_set) values (900, 'truth')
            """
        );
        Assert.Equal(12, await test.ScalarAsync<long>("select count(*) from discovery_results"));

        Assert.Equal(6, await CountAsync(runner, "SELECT COUNT(*) FROM almagest.results"));
        Assert.Equal(6, await CountAsync(runner, "SELECT COUNT(*) FROM almagest.stars"));
        Assert.Equal(0, await CountAsync(runner, "SELECT COUNT(*) FROM almagest.star_labels"));
        Assert.Equal(
            2,
            await CountAsync(
                runner,
                "SELECT COUNT(*) FROM almagest.results r JOIN almagest.stars s ON s.star_id = r.star_id "
                    + "JOIN almagest.runs d ON d.run_id = r.run_id WHERE r.is_anomaly = 1 AND d.run_type = 'anomaly'"
            )
        );
    }

    private static async Task<long> CountAsync(AdqlRunner runner, string adql)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var answer = await runner.OpenAsync(QueryKind.Sync, adql, 10, TimeSpan.FromSeconds(60), cancellation);
        await foreach (var batch in answer.Table("count", adql).Batches)
            return Convert.ToInt64(batch[0][0], CultureInfo.InvariantCulture);
        throw new InvalidOperationException("no row");
    }
}
