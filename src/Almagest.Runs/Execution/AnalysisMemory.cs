using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Runs.Execution;

/// <summary>
/// What runs over one selection can share, the latest of each: its stars, their features, and what the algorithm keeps (HDBSCAN its tree). Give it to a
/// <see cref="DiscoveryService"/> that makes several runs in a row. Datasets never change, so neither does what is kept. Not for several threads at once.
/// </summary>
public sealed class AnalysisMemory
{
    (long DatasetId, string Filter) selection;
    StarColumns? stars;
    string? recipe;
    PreparedFeatures? features;

    /// <summary>What the algorithms keep.</summary>
    public WorkMemory Work { get; } = new();

    internal async Task<StarColumns> StarsAsync(long datasetId, string filter, Func<Task<StarColumns>> load)
    {
        if (stars is not null && selection == (datasetId, filter)) return stars;
        (stars, features) = (null, null);
        Work.Forget();
        stars = await load();
        selection = (datasetId, filter);
        return stars;
    }

    internal PreparedFeatures Features(StarColumns of, string name, Func<PreparedFeatures> prepare)
    {
        if (features is not null && ReferenceEquals(of, stars) && recipe == name) return features;
        Work.Forget();
        (features, recipe) = (prepare(), name);
        return features;
    }
}
