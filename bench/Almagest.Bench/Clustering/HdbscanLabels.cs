using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Clustering.Hdbscan;

namespace Almagest.Bench.Clustering;

/// <summary>
/// Labels, strengths of membership and the spanning tree's weight, written as doubles: our side of
/// <c>bench/compare/hdbscan_reference.py</c>.
/// </summary>
internal static class HdbscanLabels
{
    public static int Run(string source, string columns, string minSamples, string minClusterSize, string selection, string target)
    {
        var features = DbscanLabels.Read(source, int.Parse(columns, CultureInfo.InvariantCulture));
        var hierarchy = ClusterHierarchy.Build(features, int.Parse(minSamples, CultureInfo.InvariantCulture));
        var result = hierarchy
            .Condense(int.Parse(minClusterSize, CultureInfo.InvariantCulture))
            .Select(selection == "leaf" ? ClusterSelection.Leaf : ClusterSelection.ExcessOfMass);
        double[] values = [.. result.Labels.Select(label => (double)label), .. result.Strengths!, hierarchy.MergeDistances.Sum()];
        File.WriteAllBytes(target, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return 0;
    }
}
