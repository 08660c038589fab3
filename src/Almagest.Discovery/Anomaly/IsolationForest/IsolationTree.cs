namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// One tree as arrays over its nodes, the root first, every node before its children. A row goes left where its
/// value of <see cref="Feature"/> is at most <see cref="Threshold"/>.
/// </summary>
internal sealed class IsolationTree
{
    public required int[] Feature { get; init; }

    public required double[] Threshold { get; init; }

    /// <summary>Node of the left child, or -1 in a leaf; the right child is the next node after the left subtree.</summary>
    public required int[] Left { get; init; }

    public required int[] Right { get; init; }

    /// <summary>Stars of the subsample in the node.</summary>
    public required int[] Count { get; init; }

    /// <summary>In a leaf: its depth plus c(count), the path length that it stands for. Zero elsewhere.</summary>
    public required double[] PathLength { get; init; }

    public int Nodes => Left.Length;

    /// <summary>The same tree with other path lengths in its leaves.</summary>
    /// <param name="offsets">by node: what is added to a leaf's</param>
    public IsolationTree WithPathLengths(double[] offsets)
    {
        var lengths = (double[])PathLength.Clone();
        for (var node = 0; node < lengths.Length; node++)
            if (offsets[node] != 0)
                lengths[node] = AveragePathLength.Rounded(lengths[node] + offsets[node]);
        return new IsolationTree
        {
            Feature = Feature,
            Threshold = Threshold,
            Left = Left,
            Right = Right,
            Count = Count,
            PathLength = lengths,
        };
    }

    public bool IsLeaf(int node) => Left[node] < 0;

    /// <summary>The leaf that a row ends in.</summary>
    public int LeafOf(ReadOnlySpan<double> row)
    {
        var node = 0;
        while (Left[node] >= 0)
            node = row[Feature[node]] <= Threshold[node] ? Left[node] : Right[node];
        return node;
    }
}
