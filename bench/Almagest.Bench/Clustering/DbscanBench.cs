using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering.Dbscan;

namespace Almagest.Bench.Clustering;

/// <summary>Times DBSCAN on a clumpy sky at three radii: the first run of the process and the best of the following.</summary>
internal static class DbscanBench
{
    private const int Repeats = 5;

    public static int Run(string rows, string columns, string? saveTo = null)
    {
        var features = ClumpySky.Make(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(columns, CultureInfo.InvariantCulture));
        if (saveTo is not null)
            File.WriteAllBytes(saveTo, MemoryMarshal.AsBytes(features.Values.AsSpan()).ToArray());
        Console.WriteLine(
            $"{features.Rows} x {features.Columns}, min_samples 10, {Environment.ProcessorCount} processors, .NET {Environment.Version}"
        );
        Console.WriteLine(
            $"{"eps", 6} {"clusters", 9} {"noise", 9} {"first s", 8} {"best s", 8} {"1 thread s", 10} {"cpu s", 7} {"MB", 6}"
        );
        foreach (var eps in (double[])[0.05, 0.1, 0.5])
        {
            var options = new DbscanParameters { Eps = eps };
            var before = GC.GetTotalAllocatedBytes(true);
            var (result, first) = Time(() => DbscanAlgorithm.Instance.Cluster(features, options));
            var allocated = GC.GetTotalAllocatedBytes(true) - before;
            var cpu = Enumerable.Range(0, 2).Min(_ => CpuSeconds(() => DbscanAlgorithm.Instance.Cluster(features, options)));
            var best = Enumerable.Range(0, Repeats).Min(_ => Time(() => DbscanAlgorithm.Instance.Cluster(features, options)).Seconds);
            var single = Enumerable
                .Range(0, 2)
                .Min(_ => Time(() => DbscanAlgorithm.Instance.Cluster(features, options, new AlgorithmContext { MaxThreads = 1 })).Seconds);
            Console.WriteLine(
                $"{eps, 6} {result.ClusterCount, 9} {result.NoiseCount, 9} {first, 8:F3} {best, 8:F3} {single, 10:F3} {cpu, 7:F3} "
                    + $"{allocated / 1e6, 6:F0}"
            );
        }

        return 0;
    }

    /// <summary>What all threads together spend: comparable on a machine that others use too.</summary>
    private static double CpuSeconds(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static (T Result, double Seconds) Time<T>(Func<T> work)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        var result = work();
        return (result, watch.Elapsed.TotalSeconds);
    }
}
