using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Distances to the k-th nearest star, for choosing DBSCAN's eps: with eps at a star's distance and min_samples = k the star
/// is just core (Ester et al. 1996, sect. 4.2).
/// </summary>
/// <param name="Distances">ascending: of all stars, or of the sample</param>
/// <param name="K">the star itself counts as the first</param>
/// <param name="SuggestedEps">the distance at the knee of the curve, &gt; 0; null where no positive distance exists</param>
public sealed record KDistance(double[] Distances, int K, double? SuggestedEps)
{
    private const int LeafSize = 8;

    /// <param name="features">at least k rows</param>
    /// <param name="k">min_samples, ≥ 1</param>
    /// <param name="maxSample">no more stars than this are asked for their distance, evenly spaced by row, always to the nearest among all stars</param>
    /// <param name="maxThreads">0 = one a processor</param>
    /// <exception cref="DiscoveryException">k is out of range, or a value not finite</exception>
    public static KDistance Compute(FeatureMatrix features, int k, int maxSample = 100_000, int maxThreads = 0, CancellationToken cancellation = default)
    {
        ClusterInput.CheckSquares(features);
        HdbscanOptions.CheckThreads(maxThreads);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSample, 2);
        if (k < 1 || k > features.Rows)
            throw new DiscoveryException($"k is {k}; expected 1 to the number of stars, {features.Rows} (k is DBSCAN's min_samples)");

        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = maxThreads == 0 ? Environment.ProcessorCount : maxThreads,
            CancellationToken = cancellation,
        };
        var tree = CellTree.Build(new PointColumns(features), 0, LeafSize, parallel);
        var place = new int[features.Rows];
        for (var i = 0; i < place.Length; i++) place[tree.Points.Row[i]] = i;
        var distances = new double[Math.Min(features.Rows, maxSample)];
        Parallel.For(0, distances.Length, parallel, () => new NearestNeighbours(tree, k), (i, _, search) =>
        {
            var row = (int)((long)i * features.Rows / distances.Length);
            distances[i] = Math.Sqrt(search.KthSquaredDistance(place[row]));
            return search;
        }, _ => { });
        Array.Sort(distances);
        return new KDistance(distances, k, Knee(distances));
    }

    /// <summary>
    /// The point of the ascending curve farthest below the chord between its ends, both axes brought to [0, 1]: where the curve
    /// bends up from cluster stars to noise (Satopaa et al. 2011, ICDCSW). The steepest thousandth at the end is left out:
    /// a few lone stars would stretch the axis and pull the knee to themselves.
    /// </summary>
    internal static double? Knee(double[] ascending)
    {
        var last = ascending.Length - 1 - ascending.Length / 1000;
        double low = ascending[0], range = ascending[last] - low;
        if (!(range > 0)) return ascending[last] > 0 ? ascending[last] : null;
        var best = 0;
        var deepest = double.NegativeInfinity;
        for (var i = 0; i <= last; i++)
        {
            var depth = (double)i / last - (ascending[i] - low) / range;
            if (depth > deepest && ascending[i] > 0) (best, deepest) = (i, depth);
        }

        return ascending[best];
    }
}
