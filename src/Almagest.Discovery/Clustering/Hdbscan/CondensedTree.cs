namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>
/// The hierarchy of clusters for one min_cluster_size: cluster 0 is the whole, each other is born from its parent at a
/// density (an inverse distance), and each star leaves its last cluster at a density, infinite for one of many equal stars.
/// </summary>
internal sealed class CondensedTree
{
    internal const int Root = 0;

    private readonly List<int> _parent = [-1]; // always before it; -1 for the whole
    private readonly List<double> _birth = [0]; // the density at which it split from its parent
    private readonly int[] _starCluster; // the last one of each star
    private readonly double[] _starDensity; // at which each star left it
    private double[] _stability = [0]; // excess of mass: how long, in density, how many stars stayed
    private double[] _death = [0];

    internal CondensedTree(int stars)
    {
        _starCluster = new int[stars];
        _starDensity = new double[stars];
    }

    /// <summary>Chooses clusters and labels the stars: numbers by first star, -1 for noise, and strengths of membership in [0,
    /// 1].</summary>
    /// <param name="allowSingleCluster">whether excess of mass may choose the whole (<see cref="HdbscanParameters.AllowSingleCluster"/>);
    /// the whole is never a leaf</param>
    public ClusterResult Select(ClusterSelection selection, bool allowSingleCluster = false)
    {
        var chosen = selection == ClusterSelection.Leaf ? Leaves() : MostStable(allowSingleCluster);
        var home = new int[_parent.Count]; // the chosen cluster that holds each
        for (var cluster = 0; cluster < home.Length; cluster++)
            home[cluster] =
                chosen[cluster] ? cluster
                : cluster == Root ? -1
                : home[_parent[cluster]];

        var number = new int[_parent.Count];
        Array.Fill(number, -1);
        var clusters = 0;
        var labels = new int[_starCluster.Length];
        var probabilities = new double[labels.Length];
        for (var star = 0; star < labels.Length; star++)
        {
            var cluster = home[_starCluster[star]];
            labels[star] = -1;
            // The thin outskirts of everything belong to nothing.
            if (cluster < 0 || (cluster == Root && _starDensity[star] < _death[Root]))
                continue;
            if (number[cluster] < 0)
                number[cluster] = clusters++;
            labels[star] = number[cluster];
            // A star that outlives the cluster, inside one of its parts or to infinity, is a full member.
            probabilities[star] = _starDensity[star] >= _death[cluster] ? 1 : _starDensity[star] / _death[cluster];
        }

        return ClusterInput.Result(labels, clusters, probabilities);
    }

    internal int Add(int parent, double birth)
    {
        _parent.Add(parent);
        _birth.Add(birth);
        return _parent.Count - 1;
    }

    internal void Leave(ReadOnlySpan<int> stars, int cluster, double density)
    {
        foreach (var star in stars)
            (_starCluster[star], _starDensity[star]) = (cluster, density);
    }

    /// <summary>Sums stabilities in the order of the rows, so that they are the same to the last digit whatever the merging order
    /// was.</summary>
    internal void Complete()
    {
        var count = _parent.Count;
        _stability = new double[count];
        _death = new double[count];
        var stars = new int[count];
        for (var star = 0; star < _starCluster.Length; star++)
        {
            var cluster = _starCluster[star];
            stars[cluster]++;
            _stability[cluster] += _starDensity[star] - _birth[cluster];
            _death[cluster] = Math.Max(_death[cluster], _starDensity[star]);
        }

        for (var cluster = count - 1; cluster > Root; cluster--)
        {
            var parent = _parent[cluster];
            stars[parent] += stars[cluster];
            _stability[parent] += (_birth[cluster] - _birth[parent]) * stars[cluster];
            _death[parent] = Math.Max(_death[parent], _birth[cluster]);
        }
    }

    private bool[] Leaves()
    {
        var chosen = new bool[_parent.Count];
        chosen.AsSpan(1).Fill(true);
        for (var cluster = 1; cluster < chosen.Length; cluster++)
            chosen[_parent[cluster]] = false;
        return chosen;
    }

    private bool[] MostStable(bool allowRoot)
    {
        var count = _parent.Count;
        var own = new bool[count];
        var below = new double[count]; // the best that a cluster's parts can do together
        for (var cluster = count - 1; cluster > Root; cluster--)
        {
            own[cluster] = _stability[cluster] >= below[cluster];
            below[_parent[cluster]] += Math.Max(_stability[cluster], below[cluster]);
        }

        // Under a chosen cluster no other is.
        var covered = new bool[count];
        var chosen = new bool[count];
        // Where no star has a core distance there is no whole either.
        chosen[Root] = allowRoot && _death[Root] > 0 && _stability[Root] >= below[Root];
        for (var cluster = 1; cluster < count; cluster++)
        {
            covered[cluster] = covered[_parent[cluster]] || chosen[_parent[cluster]];
            chosen[cluster] = own[cluster] && !covered[cluster];
        }

        return chosen;
    }
}
