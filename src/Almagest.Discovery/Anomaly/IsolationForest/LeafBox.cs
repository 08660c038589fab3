namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The region of one leaf: for every feature the ranks from <see cref="Low"/> to <see cref="High"/>, both included.
/// Sibling leaves of equal path length are one box, for no score can tell them apart.
/// </summary>
internal readonly record struct LeafBox(int[] Low, int[] High, double PathLength)
{
    /// <summary>The boxes of a tree from left to right; they do not overlap and leave no gap.</summary>
    public static List<LeafBox> Of(IsolationTree tree, ThresholdRanks[] ranks)
    {
        var boxes = new List<LeafBox>();
        Collect(tree, ranks, 0, new int[ranks.Length], [.. ranks.Select(r => r.Count)], boxes);
        return boxes;
    }

    private static void Collect(IsolationTree tree, ThresholdRanks[] ranks, int node, int[] low, int[] high, List<LeafBox> boxes)
    {
        if (UniformPathLength(tree, node) is { } pathLength)
        {
            boxes.Add(new LeafBox((int[])low.Clone(), (int[])high.Clone(), pathLength));
            return;
        }
        var feature = tree.Feature[node];
        var rank = ranks[feature].Of(tree.Threshold[node]);
        var (keptLow, keptHigh) = (low[feature], high[feature]);
        high[feature] = Math.Min(keptHigh, rank);
        Collect(tree, ranks, tree.Left[node], low, high, boxes);
        high[feature] = keptHigh;
        low[feature] = Math.Max(keptLow, rank + 1);
        Collect(tree, ranks, tree.Right[node], low, high, boxes);
        low[feature] = keptLow;
    }

    private static double? UniformPathLength(IsolationTree tree, int node)
    {
        if (tree.IsLeaf(node))
            return tree.PathLength[node];
        var left = UniformPathLength(tree, tree.Left[node]);
        return left is not null && UniformPathLength(tree, tree.Right[node]) == left ? left : null;
    }
}
