using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;

namespace Almagest.Testing.Ledgers;

/// <summary>Runs with results of the test's choice.</summary>
public static class TestRuns
{
    public static async Task<Guid> CompleteAsync(
        TestLedger test,
        long dataset,
        long[] stars,
        Func<int, double> score,
        AnomalyParameters? parameters = null
    )
    {
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, parameters ?? new IsolationForestParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => score(i))]);
        await completion.MarkCompleteAsync(stars.Length, null);
        await completion.CommitAsync();
        return run.RunId;
    }
}
