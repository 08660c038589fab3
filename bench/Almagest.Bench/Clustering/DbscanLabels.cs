using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;

namespace Almagest.Bench.Clustering;

/// <summary>
/// Labels of a file of row-major doubles, written as 32-bit integers: our side of <c>bench/compare/dbscan_sklearn.py</c>. Prints the
/// milliseconds.
/// </summary>
internal static class DbscanLabels
{
    public static int Run(string source, string columns, string eps, string minSamples, string target)
    {
        var features = Read(source, int.Parse(columns, CultureInfo.InvariantCulture));
        var options = new DbscanParameters
        {
            Eps = double.Parse(eps, CultureInfo.InvariantCulture),
            MinSamples = int.Parse(minSamples, CultureInfo.InvariantCulture),
        };
        var watch = Stopwatch.StartNew();
        var result = DbscanAlgorithm.Instance.Cluster(features, options);
        Console.WriteLine(watch.Elapsed.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture));
        File.WriteAllBytes(target, MemoryMarshal.AsBytes(result.Labels.AsSpan()).ToArray());
        return 0;
    }

    public static FeatureMatrix Read(string source, int columns)
    {
        var values = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(source)).ToArray();
        return new FeatureMatrix(values.Length / columns, [.. Enumerable.Range(0, columns).Select(i => $"f{i}")], values);
    }
}
