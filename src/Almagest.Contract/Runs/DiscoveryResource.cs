using Almagest.Contract.Serialization;

namespace Almagest.Contract.Runs;

/// <summary>What a discovery found: the fields of the run, and what only the program that worked on it knows.</summary>
/// <param name="RunId">null where nothing was stored</param>
/// <param name="Saved">whether it was stored</param>
/// <param name="TotalStars">stars analysed</param>
/// <param name="Excluded">stars of the selection that were not analysed, by reason; with <paramref name="TotalStars"/> all that were
/// selected</param>
/// <param name="AnomalyCount">stars flagged; null of a cluster run</param>
/// <param name="ClusterCount">clusters found, noise not counted; null of an anomaly run</param>
/// <param name="NoiseCount">stars in no cluster; null of an anomaly run</param>
/// <param name="TopAnomalies">of an anomaly run: its most anomalous stars, as many as were asked for</param>
/// <param name="Clusters">of a cluster run: all its clusters, largest first</param>
/// <param name="FeaturesChosen">why the recipe of features was taken; null where it was named</param>
/// <param name="Imputed">the catalogue's columns in which missing values were replaced</param>
/// <param name="Notes">remarks on the preparation of the data</param>
public sealed record DiscoveryResource(
    Guid? RunId,
    bool Saved,
    string RunType,
    string Algorithm,
    RawJson Parameters,
    long DatasetId,
    string Dataset,
    IReadOnlyList<string> Datasets,
    RawJson DatasetFilter,
    string Selection,
    long TotalStars,
    IReadOnlyList<ExcludedCount> Excluded,
    long? AnomalyCount,
    long? ClusterCount,
    long? NoiseCount,
    IReadOnlyList<ScoredStar> TopAnomalies,
    IReadOnlyList<ClusterDescription> Clusters,
    string? FeaturesChosen,
    IReadOnlyList<ImputedSummary> Imputed,
    IReadOnlyList<string> Notes,
    RunTimings Timings
)
{
    /// <summary>What quality cuts took from the selection; null where the filter has none.</summary>
    public QualitySummary? Quality { get; init; }
}

/// <summary>Several cluster sizes that share what they can.</summary>
/// <param name="Items">what each found</param>
/// <param name="TreesBuilt">trees of distances that were built for them</param>
public sealed record DiscoveryList(IReadOnlyList<DiscoveryResource> Items, int TreesBuilt);
