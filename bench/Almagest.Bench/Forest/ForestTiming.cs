using System.Diagnostics;
using System.Text.Json;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;

namespace Almagest.Bench.Forest;

/// <summary>What one process measured of our isolation forest. Times are the best of several passes, in seconds.</summary>
/// <param name="Fit">growing 100 trees of 256</param>
/// <param name="Score">path lengths and scores of all rows</param>
/// <param name="ScoreCpu">processor time of the same, over all threads</param>
/// <param name="Threshold">the percentile and the decision</param>
/// <param name="Explain">one star, the forest being there</param>
/// <param name="AllocatedBytes">managed memory allocated while scoring, the scores themselves included</param>
/// <param name="InputBytes">the matrix</param>
/// <param name="PeakBytes">the most physical memory the process ever held, runtime and matrix included</param>
public sealed record ForestTiming(
    int Rows,
    int Columns,
    double Fit,
    double Score,
    double ScoreCpu,
    double Threshold,
    double Explain,
    long AllocatedBytes,
    long InputBytes,
    long PeakBytes
)
{
    /// <summary>Measures in this process; the matrix is also written to <paramref name="saveAs"/> for the yardsticks.</summary>
    public static ForestTiming Measure(int rows, int columns, int passes, string? saveAs)
    {
        var matrix = MadeField.Make(rows, columns);
        if (saveAs is not null)
            MatrixFile.Write(saveAs, matrix.Values);
        ForestTiming? best = null;
        for (var pass = 0; pass < passes; pass++)
        {
            GC.Collect();
            var watch = Stopwatch.StartNew();
            var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters());
            var fit = watch.Elapsed.TotalSeconds;
            var cpu = Environment.CpuUsage.TotalTime;
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            watch.Restart();
            var scores = model.ScoreSamples(matrix);
            var score = watch.Elapsed.TotalSeconds;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            watch.Restart();
            var anomalies = AnomalyResult.FromScores(scores, 0.05).AnomalyCount();
            var threshold = watch.Elapsed.TotalSeconds;
            if (Math.Abs(anomalies - 0.05 * rows) > 1)
                throw new InvalidOperationException($"{anomalies} of {rows} rows flagged at 0.05");
            watch.Restart();
            new IsolationForestExplainer(model).Explain(matrix, 0);
            var explain = watch.Elapsed.TotalSeconds;
            var now = new ForestTiming(
                rows,
                columns,
                fit,
                score,
                cpu.TotalSeconds,
                threshold,
                explain,
                allocated,
                matrix.Values.LongLength * sizeof(double),
                0
            );
            best = best is null
                ? now
                : best with
                {
                    Fit = Math.Min(best.Fit, fit),
                    Score = Math.Min(best.Score, score),
                    ScoreCpu = Math.Min(best.ScoreCpu, now.ScoreCpu),
                    Threshold = Math.Min(best.Threshold, threshold),
                    Explain = Math.Min(best.Explain, explain),
                    AllocatedBytes = Math.Min(best.AllocatedBytes, allocated),
                };
        }
        return best! with { PeakBytes = Process.GetCurrentProcess().PeakWorkingSet64 };
    }

    /// <summary>Measures in a process of its own, so that its peak memory is its own.</summary>
    public static ForestTiming MeasureApart(int rows, int columns, int passes, string? saveAs)
    {
        var arguments = new List<string> { typeof(ForestTiming).Assembly.Location, "forest-time", $"{rows}", $"{columns}", $"{passes}" };
        if (saveAs is not null)
            arguments.Add(saveAs);
        return JsonSerializer.Deserialize<ForestTiming>(
            ChildProcess.Run(
                Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
                arguments
            )
        )!;
    }
}
