using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>
/// Distances to the k-th nearest star, for choosing DBSCAN's eps: with eps at a star's distance and min_samples = k the star
/// is just core (Ester et al. 1996, sect. 4.2).
/// </summary>
/// <param name="Distances">ascending: of all stars, or of the sample</param>
/// <param name="K">the star itself counts as the first</param>
/// <param name="SuggestedEps">the distance that parts near stars from far ones, &gt; 0; null where no positive distance exists</param>
public sealed record KDistance(double[] Distances, int K, double? SuggestedEps)
{
    private const int LeafSize = 8;

    /// <param name="features">at least k rows</param>
    /// <param name="k">min_samples, ≥ 1</param>
    /// <param name="maxSample">no more stars than this are asked for their distance, evenly spaced by row, always to the nearest among all
    /// stars</param>
    /// <param name="maxThreads">0 = one a processor</param>
    /// <exception cref="DiscoveryException">k is out of range, or a value not finite</exception>
    public static KDistance Compute(
        FeatureMatrix features,
        int k,
        int maxSample = 100_000,
        int maxThreads = 0,
        CancellationToken cancellationToken = default
    )
    {
        ClusterInput.CheckSquares(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSample, 2);
        if (k < 1 || k > features.Rows)
            throw new DiscoveryException($"k is {k}; expected 1 to the number of stars, {features.Rows} (k is DBSCAN's min_samples)");

        var parallel = new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken }.Parallel();
        var tree = CellTree.Build(new PointColumns(features), 0, LeafSize, parallel);
        var place = new int[features.Rows];
        for (var i = 0; i < place.Length; i++)
            place[tree.Points.Row[i]] = i;
        var distances = new double[Math.Min(features.Rows, maxSample)];
        Parallel.For(
            0,
            distances.Length,
            parallel,
            () => new NearestNeighbours(tree, k),
            (i, _, search) =>
            {
                var row = (int)((long)i * features.Rows / distances.Length);
                distances[i] = Math.Sqrt(search.KthSquaredDistance(place[row]));
                return search;
            },
            _ => { }
        );
        Array.Sort(distances);
        return new KDistance(distances, k, Cut(distances));
    }

    /// <summary>
    /// The distance that parts near stars from far ones: of the ascending logarithms, the cut that leaves the least variance on its two
    /// sides (Otsu 1979, IEEE Trans. SMC 9). Logarithms, because densities differ by factors: the bend of the plain curve (Satopaa et al.
    /// 2011) answers with the edge of a heavy-tailed field, where its clumps have long become one. The last thousandth is left out: a few
    /// lone stars say nothing of either side.
    /// </summary>
    internal static double? Cut(double[] ascending)
    {
        var first = Array.FindIndex(ascending, d => d > 0);
        if (first < 0)
            return null;
        var count = Math.Max(first + 1, ascending.Length - ascending.Length / 1000) - first;
        // From the first distance, so that equal distances are zeros and sums lose nothing.
        var logarithms = ascending.AsSpan(first, count).ToArray().Select(d => Math.Log(d / ascending[first])).ToArray();
        if (!(logarithms[^1] > 0))
            return ascending[first];
        double total = logarithms.Sum(),
            below = 0,
            most = double.NegativeInfinity;
        var best = 0;
        for (var i = 1; i < count; i++)
        {
            below += logarithms[i - 1];
            if (logarithms[i] == logarithms[i - 1])
                continue;
            var apart = (total - below) / (count - i) - below / i;
            var between = (double)i * (count - i) * apart * apart;
            if (between > most)
                (best, most) = (i - 1, between);
        }

        // Half way between the neighbours of the cut: both keep their side.
        return Math.Sqrt(ascending[first + best]) * Math.Sqrt(ascending[first + best + 1]);
    }
}
