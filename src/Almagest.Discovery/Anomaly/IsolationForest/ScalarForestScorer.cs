namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>The plain reference: walks every tree for every row.</summary>
internal sealed class ScalarForestScorer(IReadOnlyList<IsolationTree> trees, int columns) : IForestScorer
{
    public void SumPathLengths(ReadOnlySpan<double> rows, Span<double> sums)
    {
        sums.Clear();
        foreach (var tree in trees)
        {
            for (var row = 0; row < sums.Length; row++)
                sums[row] += tree.PathLength[tree.LeafOf(rows.Slice(row * columns, columns))];
        }
    }
}
