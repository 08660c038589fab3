namespace Almagest.Discovery.Anomaly;

/// <summary>Chooses the scorer. All give the same sums; <c>ALMAGEST_KERNEL</c> forces one.</summary>
static class ForestKernel
{
    public const string Variable = "ALMAGEST_KERNEL";

    /// <summary>Below this many rows, building the tables costs more than they save.</summary>
    const int FewRows = 1000;

    /// <exception cref="DiscoveryException">the variable names no kernel</exception>
    public static IForestScorer Choose(IReadOnlyList<IsolationTree> trees, int columns, int rows) =>
        Choose(trees, columns, rows, Environment.GetEnvironmentVariable(Variable));

    internal static IForestScorer Choose(IReadOnlyList<IsolationTree> trees, int columns, int rows, string? forced) =>
        forced switch
        {
            "scalar" => new ScalarForestScorer(trees, columns),
            "bitset" => Bitset(trees, columns),
            null or "" or "auto" => rows < FewRows ? new ScalarForestScorer(trees, columns) : Bitset(trees, columns),
            var other => throw new DiscoveryException($"{Variable} is '{other}': expected scalar, bitset or auto."),
        };

    static IForestScorer Bitset(IReadOnlyList<IsolationTree> trees, int columns) =>
        (IForestScorer?)BitsetForestScorer.TryCreate(trees, columns) ?? new ScalarForestScorer(trees, columns);
}
