using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>Chooses the scorer. Both give the same sums.</summary>
internal static class ForestKernel
{
    /// <summary>Below this many rows, building the tables costs more than they save.</summary>
    private const int FewRows = 1000;

    public static IForestScorer Choose(IReadOnlyList<IsolationTree> trees, int columns, int rows) =>
        Choose(trees, columns, rows, Kernels.AreReference);

    internal static IForestScorer Choose(IReadOnlyList<IsolationTree> trees, int columns, int rows, bool reference) =>
        (reference || rows < FewRows ? null : BitsetForestScorer.TryCreate(trees, columns))
        ?? (IForestScorer)new ScalarForestScorer(trees, columns);
}
