using System.Diagnostics;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;

namespace Almagest.Bench.Views;

/// <summary>What one completed run cost, in milliseconds.</summary>
/// <param name="Prior">complete runs before it</param>
/// <param name="WriteMs">the COPY of its results, indexes included</param>
/// <param name="MarkMs">marking it complete: in mode incremental this brings the views up to date</param>
public sealed record CompletionCost(int Prior, string RunType, double WriteMs, double MarkMs, double CommitMs);

/// <summary>
/// A history made the way that users make it: one run after the other through the ledger's own completion, alternately an anomaly
/// run that flags about 5 % of the stars (half of the flags fall on stars that are unusual in every run) and a cluster run with 40
/// clusters and 60 % noise.
/// </summary>
public sealed class MaintenanceHistory(LedgerDatabase ledger, long dataset, long[] stars)
{
    private readonly RunRepository _runs = new(ledger);
    private int _made;

    public async Task<CompletionCost> CompleteNextAsync()
    {
        var n = _made++;
        var anomaly = n % 2 == 0;
        var random = new Random(n);
        RunParameters parameters = anomaly
            ? new IsolationForestParameters { RandomState = n / 8 % 5, NEstimators = 50 + 10 * (n / 2 % 20) }
            : new DbscanParameters { Eps = 0.1 + 0.01 * (n / 2 % 20) };
        var run = await _runs.CreateAsync(dataset, parameters, StarFilter.All);
        await using var completion = await _runs.BeginCompletionAsync(run.RunId);
        var watch = Stopwatch.StartNew();
        if (anomaly)
        {
            var scores = new double[stars.Length];
            for (var i = 0; i < scores.Length; i++)
                scores[i] = (i % 40 == 0 || random.NextDouble() < 0.025 ? -0.2 : 0.2) * (random.NextDouble() + 1e-3);
            watch.Restart();
            await completion.SaveAnomaliesAsync(stars, scores);
        }
        else
        {
            var labels = new int[stars.Length];
            for (var i = 0; i < labels.Length; i++)
                labels[i] = random.NextDouble() < 0.6 ? -1 : random.Next(40);
            watch.Restart();
            await completion.SaveClustersAsync(stars, labels);
        }
        var write = watch.Elapsed.TotalMilliseconds;
        watch.Restart();
        await completion.MarkCompleteAsync(stars.Length, null);
        var mark = watch.Elapsed.TotalMilliseconds;
        watch.Restart();
        await completion.CommitAsync();
        return new CompletionCost(n, run.RunType, write, mark, watch.Elapsed.TotalMilliseconds);
    }
}
