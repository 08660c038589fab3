using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Tests.Comparison;

/// <summary>A ledger whose runs say what a test wants.</summary>
internal sealed class MadeRuns : IAsyncDisposable
{
    private MadeRuns(TestLedger test, long datasetId, long[] stars)
    {
        Test = test;
        DatasetId = datasetId;
        Stars = stars;
    }

    public TestLedger Test { get; }

    public long DatasetId { get; }

    public long[] Stars { get; }

    public static async Task<MadeRuns> CreateAsync(int stars)
    {
        var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("sky", stars);
        return new MadeRuns(test, dataset, ids);
    }

    /// <param name="scores">by star: negative = flagged; null = not analysed</param>
    public async Task<DiscoveryRun> AnomaliesAsync(
        Func<int, double?> scores,
        IsolationForestParameters? parameters = null,
        StarFilter? filter = null,
        string summary = "{}"
    )
    {
        var runs = new RunRepository(Test.Ledger);
        var run = await runs.CreateAsync(DatasetId, parameters ?? new IsolationForestParameters(), filter ?? StarFilter.All);
        var analysed = Enumerable.Range(0, Stars.Length).Where(i => scores(i) is not null).ToArray();
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveAnomaliesAsync([.. analysed.Select(i => Stars[i])], [.. analysed.Select(i => scores(i)!.Value)]);
            await completion.MarkCompleteAsync(analysed.Length, summary);
            await completion.CommitAsync();
        }
        return await runs.GetAsync(run.RunId);
    }

    /// <param name="labels">by star: -1 = noise; null = not analysed</param>
    public async Task<DiscoveryRun> ClustersAsync(Func<int, int?> labels, RunParameters? parameters = null, StarFilter? filter = null)
    {
        var runs = new RunRepository(Test.Ledger);
        var run = await runs.CreateAsync(DatasetId, parameters ?? new DbscanParameters(), filter ?? StarFilter.All);
        var analysed = Enumerable.Range(0, Stars.Length).Where(i => labels(i) is not null).ToArray();
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveClustersAsync([.. analysed.Select(i => Stars[i])], [.. analysed.Select(i => labels(i)!.Value)]);
            await completion.MarkCompleteAsync(analysed.Length, "{}");
            await completion.CommitAsync();
        }
        return await runs.GetAsync(run.RunId);
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
