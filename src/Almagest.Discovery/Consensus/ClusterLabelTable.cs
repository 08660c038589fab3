using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>The labels of all stars that any run puts into a cluster, as plain arrays: four bytes for each star and run.</summary>
internal sealed class ClusterLabelTable
{
    public const int Noise = -1,
        NotAnalysed = -2;

    private readonly IReadOnlyList<ClusteredRun> _runs;
    private readonly Dictionary<StarSet, int[][]> _sizesWithin = new(ReferenceEqualityComparer.Instance);

    public ClusterLabelTable(IReadOnlyList<ClusteredRun> runs, CancellationToken cancellationToken)
    {
        _runs = runs;
        var all = new StarSet();
        foreach (var cluster in runs.SelectMany(r => r.Clusters))
        {
            foreach (var star in cluster.Members)
                all.Add(star);
        }
        Stars = new StarIndex(all);
        var blank = new Dictionary<StarSet, int[]>(ReferenceEqualityComparer.Instance);
        Labels = new int[runs.Count][];
        Members = new int[runs.Count][][];
        AnalysedBy = new int[Stars.Count];
        for (var r = 0; r < runs.Count; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!blank.TryGetValue(runs[r].Analysed, out var template))
                blank.Add(runs[r].Analysed, template = Blank(runs[r].Analysed));
            var labels = (int[])template.Clone();
            Members[r] = new int[runs[r].Clusters.Count][];
            for (var c = 0; c < Members[r].Length; c++)
            {
                Members[r][c] = [.. runs[r].Clusters[c].Members.Select(Stars.IndexOf)];
                foreach (var star in Members[r][c])
                    labels[star] = c;
            }
            for (var i = 0; i < labels.Length; i++)
            {
                if (labels[i] != NotAnalysed)
                    AnalysedBy[i]++;
            }
            Labels[r] = labels;
        }
    }

    public StarIndex Stars { get; }

    /// <summary>By run and star: number of the cluster in the run's list, <see cref="Noise"/>, or <see cref="NotAnalysed"/>.</summary>
    public int[][] Labels { get; }

    /// <summary>By run and cluster: numbers of the stars.</summary>
    public int[][][] Members { get; }

    /// <summary>How many runs analysed each star.</summary>
    public int[] AnalysedBy { get; }

    /// <summary>Sizes of all clusters, by run and cluster, counting only the stars of one selection.</summary>
    public int[][] SizesWithin(StarSet selection)
    {
        lock (_sizesWithin)
        {
            if (_sizesWithin.TryGetValue(selection, out var sizes))
                return sizes;
            var inside = new bool[Stars.Count];
            for (var i = 0; i < inside.Length; i++)
                inside[i] = selection.Contains(Stars[i]);
            sizes =
            [
                .. Members.Select(
                    (clusters, r) =>
                        clusters.Select(m => ReferenceEquals(_runs[r].Analysed, selection) ? m.Length : m.Count(i => inside[i])).ToArray()
                ),
            ];
            _sizesWithin.Add(selection, sizes);
            return sizes;
        }
    }

    /// <summary>How many of some stars are in each cluster of a run, and how many of them the run analysed.</summary>
    public (int Analysed, Dictionary<int, int> Overlaps) Count(int run, int[] stars)
    {
        var labels = Labels[run];
        var analysed = 0;
        var overlaps = new Dictionary<int, int>();
        var (current, length) = (Noise, 0);
        // Members of a cluster are mostly together in the other run, too: count runs of equal labels.
        foreach (var star in stars)
        {
            var label = labels[star];
            if (label != NotAnalysed)
                analysed++;
            if (label == current)
            {
                length++;
                continue;
            }
            Flush();
            (current, length) = (label, 1);
        }
        Flush();
        return (analysed, overlaps);

        void Flush()
        {
            if (current >= 0)
                overlaps[current] = overlaps.GetValueOrDefault(current) + length;
        }
    }

    /// <summary>Adjusted Rand index of two runs over the stars that both analysed, noise as a group of its own.</summary>
    public double AdjustedRandIndex(int first, int second)
    {
        var (a, b) = (Labels[first], Labels[second]);
        int rows = Members[first].Length + 1,
            columns = Members[second].Length + 1;
        var noise = StarSet.CountCommon(_runs[first].Analysed, _runs[second].Analysed);
        IEnumerable<(int, int, long)> cells;
        if ((long)rows * columns <= 1 << 20)
        {
            var counts = new int[rows * columns];
            for (var i = 0; i < a.Length; i++)
            {
                if (a[i] == NotAnalysed || b[i] == NotAnalysed)
                    continue;
                counts[(a[i] + 1) * columns + b[i] + 1]++;
                noise--;
            }
            cells = counts
                .Index()
                .Where(c => c.Item > 0)
                .Select(c => (c.Index / columns - 1, c.Index % columns - 1, (long)c.Item))
                .ToList();
        }
        else
        {
            var counts = new Dictionary<long, int>();
            for (var i = 0; i < a.Length; i++)
            {
                if (a[i] == NotAnalysed || b[i] == NotAnalysed)
                    continue;
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                    counts,
                    (a[i] + 1L) * columns + b[i] + 1,
                    out _
                )++;
                noise--;
            }
            cells = counts.Select(c => ((int)(c.Key / columns) - 1, (int)(c.Key % columns) - 1, (long)c.Value)).ToList();
        }
        // Stars that are noise in every run are not in the table.
        var known = cells.ToDictionary(c => (c.Item1, c.Item2), c => c.Item3);
        if (noise > 0)
            known[(Noise, Noise)] = known.GetValueOrDefault((Noise, Noise)) + noise;
        return new ContingencyTable(known.Select(c => (c.Key.Item1, c.Key.Item2, c.Value))).AdjustedRandIndex();
    }

    private int[] Blank(StarSet analysed)
    {
        var labels = new int[Stars.Count];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = analysed.Contains(Stars[i]) ? Noise : NotAnalysed;
        return labels;
    }
}
