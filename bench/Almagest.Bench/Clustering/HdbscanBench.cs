using System.Diagnostics;
using System.Globalization;
using Almagest.Discovery.Clustering.Hdbscan;

namespace Almagest.Bench.Clustering;

/// <summary>Times the hierarchy of HDBSCAN on a clumpy sky, and a sweep of cluster sizes over it.</summary>
internal static class HdbscanBench
{
    public static int Run(string rows, string columns)
    {
        var features = ClumpySky.Make(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(columns, CultureInfo.InvariantCulture));
        for (var run = 0; run < 3; run++)
        {
            using var process = Process.GetCurrentProcess();
            var cpu = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            var hierarchy = ClusterHierarchy.Build(features, 10);
            var built = watch.Elapsed.TotalSeconds;
            process.Refresh();
            var spent = (process.TotalProcessorTime - cpu).TotalSeconds;
            watch.Restart();
            int[] sizes = [10, 15, 25, 50, 100, 200, 400, 800, 1600, 3200];
            var found = sizes.Select(size => hierarchy.Condense(size).Select(ClusterSelection.ExcessOfMass).ClusterCount).ToArray();
            Console.WriteLine(
                $"{features.Rows} x {features.Columns}: hierarchy {built:F2} s (cpu {spent:F2} s), "
                    + $"{sizes.Length} cluster sizes {watch.Elapsed.TotalSeconds:F2} s, clusters {string.Join(' ', found)}"
            );
        }

        return 0;
    }
}
