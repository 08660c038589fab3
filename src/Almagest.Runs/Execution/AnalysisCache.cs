using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Execution;

/// <summary>
/// What runs over one selection can share: its stars, and of what is made of them the latest of each, the features and what the algorithm
/// keeps (HDBSCAN its tree). Give it to a <see cref="DiscoveryService"/> that makes several runs in a row. Not for several threads at once.
/// </summary>
public sealed class AnalysisCache
{
    private StarColumns? _stars;
    private (string Recipe, string Missing, DistanceRule Distances, bool Standardised) _how;
    private PreparedFeatures? _features;

    /// <param name="selections">where the stars are kept; others may share it</param>
    public AnalysisCache(SelectionCache selections) => Selections = selections;

    /// <summary>For a single run, whose stars are at hand.</summary>
    internal AnalysisCache() { }

    /// <summary>What the algorithms keep.</summary>
    public AlgorithmCache Work { get; } = new();

    internal SelectionCache? Selections { get; }

    /// <param name="how">the recipe, what becomes of stars that lack a feature of it, which have a distance, and whether it
    /// is standardised</param>
    internal PreparedFeatures Features(
        StarColumns of,
        (string Recipe, string Missing, DistanceRule Distances, bool Standardised) how,
        Func<PreparedFeatures> prepare
    )
    {
        if (_features is not null && ReferenceEquals(of, _stars) && _how == how)
            return _features;
        (_stars, _features) = (of, null);
        Work.Forget();
        (_features, _how) = (prepare(), how);
        return _features;
    }
}
