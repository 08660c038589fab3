using Almagest.Discovery.Features;

namespace Almagest.Discovery.Recovery;

/// <summary>What became of one planted cluster.</summary>
/// <param name="Cluster">the cluster that holds most of its members, of equals the lower number; null where all are noise</param>
/// <param name="Found">members in that cluster</param>
/// <param name="Planted">members that were planted</param>
/// <param name="Size">stars of that cluster</param>
/// <param name="Contrast">members to real stars within the sphere, in the run's features, that is centred on the members' medians and holds
/// half of them; infinite where it holds no real star</param>
public sealed record PlantedClusterMatch(int? Cluster, int Found, int Planted, int Size, double Contrast)
{
    /// <summary>Share of its members that the cluster holds.</summary>
    public double Completeness => (double)Found / Planted;

    /// <summary>Share of its members in the cluster's stars.</summary>
    public double Purity => Size == 0 ? 0 : (double)Found / Size;

    /// <summary>Half of its members are in one cluster, and are half of it.</summary>
    public bool IsRecovered => Completeness >= 0.5 && Purity >= 0.5;

    /// <param name="labels">of the real stars, then of the planted ones; -1 = noise</param>
    /// <param name="matrix">the features that the labels were made from, in the same order</param>
    public static PlantedClusterMatch Of(int[] labels, int real, FeatureMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(matrix);
        var counts = labels.Skip(real).Where(l => l >= 0).CountBy(l => l).OrderByDescending(c => c.Value).ThenBy(c => c.Key).ToList();
        var contrast = ContrastOf(real, matrix);
        if (counts.Count == 0)
            return new PlantedClusterMatch(null, 0, labels.Length - real, 0, contrast);
        var (cluster, found) = counts[0];
        return new PlantedClusterMatch(cluster, found, labels.Length - real, labels.Count(l => l == cluster), contrast);
    }

    private static double ContrastOf(int real, FeatureMatrix matrix)
    {
        var members = Enumerable.Range(real, matrix.Rows - real).ToArray();
        var centre = Enumerable
            .Range(0, matrix.Columns)
            .Select(c => Statistics.OrderStatistics.Median([.. members.Select(r => matrix.Values[r * matrix.Columns + c])]))
            .ToArray();
        var radius = Statistics.OrderStatistics.Median([.. members.Select(Distance)]);
        var inside = members.Count(r => Distance(r) <= radius);
        var field = Enumerable.Range(0, real).Count(r => Distance(r) <= radius);
        return field == 0 ? double.PositiveInfinity : (double)inside / field;

        double Distance(int row)
        {
            var values = matrix.Row(row);
            double sum = 0;
            for (var c = 0; c < centre.Length; c++)
                sum += (values[c] - centre[c]) * (values[c] - centre[c]);
            return sum;
        }
    }

    /// <summary>Clusters that neither hold the planted one nor were there without it: no cluster of the plain run shares with them a
    /// Jaccard similarity of <paramref name="likeness"/> or more.</summary>
    /// <param name="plain">labels of the real stars without planted ones</param>
    public static int SpuriousOf(int[] labels, int real, int[] plain, int? planted, double likeness = 0.2)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(plain);
        var shared = new Dictionary<(int New, int Old), int>();
        var before = new Dictionary<int, int>();
        for (var i = 0; i < real; i++)
        {
            if (plain[i] >= 0)
                before[plain[i]] = before.GetValueOrDefault(plain[i]) + 1;
            if (labels[i] >= 0 && plain[i] >= 0)
                shared[(labels[i], plain[i])] = shared.GetValueOrDefault((labels[i], plain[i])) + 1;
        }
        var sizes = labels.Where(l => l >= 0).CountBy(l => l).ToDictionary();
        var known = shared
            .Where(s => s.Value >= likeness * (sizes[s.Key.New] + before[s.Key.Old] - s.Value))
            .Select(s => s.Key.New)
            .ToHashSet();
        return sizes.Keys.Count(c => c != planted && !known.Contains(c));
    }
}
