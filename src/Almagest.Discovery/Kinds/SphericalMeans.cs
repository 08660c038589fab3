using Almagest.Discovery.Anomaly;

namespace Almagest.Discovery.Kinds;

/// <summary>
/// Groups vectors of length 1 by their directions (spherical k-means; Dhillon and Modha 2001, Machine Learning 42, 143), into as many
/// groups as give the clearest silhouette (Rousseeuw 1987, J. Comput. Appl. Math. 20, 53). The same vectors give the same groups.
/// </summary>
internal static class SphericalMeans
{
    private const int Most = 10;
    private const int Starts = 8;
    private const int MostSteps = 100;

    /// <summary>Below this, groups are no clearer than what chance cuts out of one.</summary>
    private const double Clear = 0.3;

    /// <returns>the group of each vector, from 0</returns>
    public static int[] Group(IReadOnlyList<double[]> vectors, CancellationToken cancellationToken)
    {
        var best = (Groups: new int[vectors.Count], Silhouette: Clear);
        for (var k = 2; k <= Math.Min(Most, vectors.Count - 1); k++)
        {
            var groups = Best(vectors, k, cancellationToken);
            var silhouette = Silhouette(vectors, groups, k);
            if (silhouette > best.Silhouette)
                best = (groups, silhouette);
        }
        return best.Groups;
    }

    private static int[] Best(IReadOnlyList<double[]> vectors, int k, CancellationToken cancellationToken)
    {
        var best = (Groups: Array.Empty<int>(), Affinity: double.NegativeInfinity);
        for (var start = 0; start < Starts; start++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new TreeRandom(k, start);
            var found = Once(vectors, Centres(vectors, k, ref random));
            if (found.Affinity > best.Affinity)
                best = found;
        }
        return best.Groups;
    }

    /// <summary>Far apart from each other, as k-means++ draws them.</summary>
    private static double[][] Centres(IReadOnlyList<double[]> vectors, int k, ref TreeRandom random)
    {
        var centres = new double[k][];
        centres[0] = vectors[random.Next(vectors.Count)];
        var distance = new double[vectors.Count];
        Array.Fill(distance, double.PositiveInfinity);
        for (var c = 1; c < k; c++)
        {
            double sum = 0;
            for (var i = 0; i < distance.Length; i++)
                sum += distance[i] = Math.Min(distance[i], Math.Max(0, 1 - Dot(vectors[i], centres[c - 1])));
            var left = random.NextDouble() * sum;
            var pick = 0;
            while (pick < distance.Length - 1 && (left -= distance[pick]) >= 0)
                pick++;
            centres[c] = vectors[pick];
        }
        return centres;
    }

    private static (int[] Groups, double Affinity) Once(IReadOnlyList<double[]> vectors, double[][] centres)
    {
        var groups = new int[vectors.Count];
        double affinity = 0;
        for (var step = 0; step < MostSteps; step++)
        {
            var moved = false;
            affinity = 0;
            for (var i = 0; i < groups.Length; i++)
            {
                var (nearest, most) = (0, double.NegativeInfinity);
                for (var c = 0; c < centres.Length; c++)
                {
                    var dot = Dot(vectors[i], centres[c]);
                    if (dot > most)
                        (nearest, most) = (c, dot);
                }
                affinity += most;
                moved |= step == 0 || groups[i] != nearest;
                groups[i] = nearest;
            }
            if (!moved)
                break;
            centres = Means(vectors, groups, centres);
        }
        return (groups, affinity);
    }

    private static double[][] Means(IReadOnlyList<double[]> vectors, int[] groups, double[][] before)
    {
        var means = before.Select(c => new double[c.Length]).ToArray();
        for (var i = 0; i < groups.Length; i++)
        {
            for (var f = 0; f < vectors[i].Length; f++)
                means[groups[i]][f] += vectors[i][f];
        }
        for (var c = 0; c < means.Length; c++)
        {
            var length = Math.Sqrt(Dot(means[c], means[c]));
            means[c] = length > 0 ? [.. means[c].Select(v => v / length)] : before[c];
        }
        return means;
    }

    /// <summary>The mean over all vectors; distances are 1 less the product, so that a mean distance to a group is one to its
    /// mean.</summary>
    private static double Silhouette(IReadOnlyList<double[]> vectors, int[] groups, int k)
    {
        var sums = new double[k][];
        var sizes = new int[k];
        for (var c = 0; c < k; c++)
            sums[c] = new double[vectors[0].Length];
        for (var i = 0; i < groups.Length; i++)
        {
            sizes[groups[i]]++;
            for (var f = 0; f < vectors[i].Length; f++)
                sums[groups[i]][f] += vectors[i][f];
        }
        double total = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            var (own, other) = (0.0, double.PositiveInfinity);
            for (var c = 0; c < k; c++)
            {
                if (c == groups[i])
                    own = sizes[c] > 1 ? Math.Max(0, (sizes[c] - Dot(vectors[i], sums[c])) / (sizes[c] - 1)) : double.NaN;
                else if (sizes[c] > 0)
                    other = Math.Min(other, Math.Max(0, 1 - Dot(vectors[i], sums[c]) / sizes[c]));
            }
            // A group of one has none.
            if (!double.IsNaN(own) && Math.Max(own, other) > 0 && double.IsFinite(other))
                total += (other - own) / Math.Max(own, other);
        }
        return total / groups.Length;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var f = 0; f < a.Length; f++)
            sum += a[f] * b[f];
        return sum;
    }
}
