using System.Diagnostics;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;

namespace Almagest.Bench;

static class ForestBench
{
    public static void Run(int rows, int columns)
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var values = new double[rows * columns];
        for (var i = 0; i < values.Length; i++) values[i] = Normal();
        var matrix = new FeatureMatrix(rows, [.. Enumerable.Range(0, columns).Select(c => $"f{c}")], values);
        for (var i = 0; i < 5; i++)
        {
            var t = Stopwatch.StartNew();
            var model = new IsolationForest(new IsolationForestOptions { Trees = int.Parse(Environment.GetEnvironmentVariable("TREES") ?? "100"), MaxThreads = 1 }).Fit(matrix); GC.Collect();
            var fit = t.Elapsed.TotalMilliseconds;
            t.Restart();
            var cpu = Environment.CpuUsage.TotalTime;
            var scores = model.ScoreSamples(matrix);
            var score = t.Elapsed.TotalMilliseconds;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            t.Restart();
            var result = AnomalyResult.FromScores(scores, 0.05);
            Console.WriteLine($"fit {fit:F1} score {score:F1} (cpu {cpu.TotalMilliseconds:F0}) threshold {t.Elapsed.TotalMilliseconds:F1} ms; {result.AnomalyCount()}");
        }
    }
}
