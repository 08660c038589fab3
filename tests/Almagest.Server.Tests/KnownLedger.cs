using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Xunit;

[assembly: AssemblyFixture(typeof(Almagest.Server.Tests.KnownLedger))]

namespace Almagest.Server.Tests;

/// <summary>
/// One server for tests that only read. Of 12 stars, run A flags the 1st to 4th, run B the 3rd to 6th, run C none; the
/// cluster run has clusters of 5 and 3 stars and 4 of noise; one run failed, one is pending and has no worker.
/// </summary>
public sealed class KnownLedger : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;
    public Dataset Dataset { get; private set; } = null!;
    public long[] Stars { get; private set; } = [];
    public Guid RunA { get; private set; }
    public Guid RunB { get; private set; }
    public Guid RunC { get; private set; }
    public Guid Clusters { get; private set; }
    public Guid Failed { get; private set; }
    public Guid Pending { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(o => o with { Workers = 0 });
        Dataset = await Server.LoadAsync("known", 12, badRow: true);
        Stars = await Server.StarIdsAsync(Dataset.DatasetId);
        RunA = await AnomaliesAsync(0, 1, 2, 3);
        RunB = await AnomaliesAsync(2, 3, 4, 5);
        RunC = await AnomaliesAsync();
        var runs = new RunRepository(Server.Ledger);
        Clusters = (await runs.CreateAsync(Dataset.DatasetId, new DbscanParameters(), StarFilter.All)).RunId;
        await using (var completion = await runs.BeginCompletionAsync(Clusters))
        {
            await completion.SaveClustersAsync(Stars, [0, 0, 0, 1, 1, 1, 1, 1, -1, -1, -1, -1]);
            await completion.SaveClusterSummariesAsync(
                [
                    new DiscoveryCluster
                    {
                        ClusterId = 0,
                        Size = 3,
                        RaDeg = 12.5,
                        RaErrorDeg = 0.25,
                    },
                    new DiscoveryCluster
                    {
                        ClusterId = 1,
                        Size = 5,
                        Contrast = 40,
                        Significance = 9.5,
                    },
                ],
                CancellationToken.None
            );
            await completion.MarkCompleteAsync(12, """{"cluster_count": 2}""");
            await completion.CommitAsync();
        }
        Failed = (await runs.CreateAsync(Dataset.DatasetId, new IsolationForestParameters { Contamination = 0.2 }, StarFilter.All)).RunId;
        await runs.StartAsync(Failed);
        await runs.FailAsync(Failed, "the disk caught fire");
        Pending = (await runs.CreateAsync(Dataset.DatasetId, new IsolationForestParameters(), StarFilter.All)).RunId;
        await new ViewRefresher(Server.Ledger).RefreshPendingAsync();
    }

    private async Task<Guid> AnomaliesAsync(params int[] flagged)
    {
        var runs = new RunRepository(Server.Ledger);
        var run = await runs.CreateAsync(Dataset.DatasetId, new IsolationForestParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        // The later a flagged star, the less anomalous.
        await completion.SaveAnomaliesAsync(
            Stars,
            Stars.Select((_, i) => flagged.Contains(i) ? -0.4 + i * 0.05 : 0.1 + i * 0.01).ToArray()
        );
        await completion.MarkCompleteAsync(12, """{"anomaly_count": 4}""");
        await completion.CommitAsync();
        return run.RunId;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.RequireTrueViewsAsync();
        await Server.DisposeAsync();
    }
}
