using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Execution;

/// <summary>
/// What runs over one selection can share: its stars, and of what is made of them the latest of each, the features and HDBSCAN's tree. Give
/// it to a <see cref="DiscoveryService"/> that makes several runs in a row. Not for several threads at once.
/// </summary>
public sealed class AnalysisMemory
{
    StarColumns? stars;
    string? recipe;
    PreparedFeatures? features;
    int minSamples;
    ClusterHierarchy? hierarchy;

    /// <param name="selections">where the stars are kept; others may share it</param>
    public AnalysisMemory(SelectionCache selections) => Selections = selections;

    /// <summary>For a single run, whose stars are at hand.</summary>
    internal AnalysisMemory()
    {
    }

    /// <summary>Trees that had to be built: fewer than the runs where several agree in min_samples.</summary>
    public int HierarchiesBuilt { get; private set; }

    internal SelectionCache? Selections { get; }

    internal PreparedFeatures Features(StarColumns of, string name, Func<PreparedFeatures> prepare)
    {
        if (features is not null && ReferenceEquals(of, stars) && recipe == name) return features;
        (stars, features, hierarchy) = (of, null, null);
        (features, recipe) = (prepare(), name);
        return features;
    }

    internal ClusterHierarchy Hierarchy(PreparedFeatures of, int samples, Func<ClusterHierarchy> build)
    {
        if (hierarchy is not null && ReferenceEquals(of, features) && minSamples == samples) return hierarchy;
        hierarchy = null;
        (hierarchy, minSamples) = (build(), samples);
        HierarchiesBuilt++;
        return hierarchy;
    }
}
