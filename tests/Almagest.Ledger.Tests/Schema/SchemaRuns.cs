using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;

namespace Almagest.Ledger.Tests.Schema;

/// <summary>Runs for ledgers whose schema changes around them.</summary>
internal static class SchemaRuns
{
    /// <summary>Twenty stars, one complete run of each type over them, and one that waits.</summary>
    public static async Task<(Guid Anomaly, Guid Cluster)> AddRunsAsync(this TestLedger test)
    {
        var (dataset, stars) = await test.AddDatasetAsync("a", 20);
        var anomaly = await test.AddAnomalyRunAsync(dataset, stars, 42, 3.5);
        var cluster = await CompleteAsync(
            test,
            dataset,
            new DbscanParameters(),
            c => c.SaveClustersAsync(stars, [.. stars.Select((_, i) => i % 3 - 1)])
        );
        await new RunRepository(test.Ledger).CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        return (anomaly, cluster);
    }

    /// <summary>A complete anomaly run that flags the first stars.</summary>
    public static Task<Guid> AddAnomalyRunAsync(this TestLedger test, long dataset, long[] stars, int seed, double flagged) =>
        CompleteAsync(
            test,
            dataset,
            new IsolationForestParameters { RandomState = seed },
            c => c.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - flagged)])
        );

    private static async Task<Guid> CompleteAsync(TestLedger test, long dataset, RunParameters parameters, Func<RunCompletion, Task> save)
    {
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, parameters, StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await save(completion);
        await completion.MarkCompleteAsync(20, null);
        await completion.CommitAsync();
        return run.RunId;
    }
}
