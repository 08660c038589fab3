using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;

namespace Almagest.Runs.Execution;

/// <summary>
/// What runs over one selection can share, the latest of each: its stars, their features, HDBSCAN's tree. Give it to a
/// <see cref="DiscoveryService"/> that makes several runs in a row. Datasets never change, so neither does what is kept. Not for several threads at once.
/// </summary>
public sealed class AnalysisMemory
{
    (long DatasetId, string Filter) selection;
    StarColumns? stars;
    string? recipe;
    PreparedFeatures? features;
    int minSamples;
    ClusterHierarchy? hierarchy;

    /// <summary>Trees that had to be built: fewer than the runs where several agree in min_samples.</summary>
    public int HierarchiesBuilt { get; private set; }

    internal async Task<StarColumns> StarsAsync(long datasetId, string filter, Func<Task<StarColumns>> load)
    {
        if (stars is not null && selection == (datasetId, filter)) return stars;
        (stars, features, hierarchy) = (null, null, null);
        stars = await load();
        selection = (datasetId, filter);
        return stars;
    }

    internal PreparedFeatures Features(StarColumns of, string name, Func<PreparedFeatures> prepare)
    {
        if (features is not null && ReferenceEquals(of, stars) && recipe == name) return features;
        hierarchy = null;
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
