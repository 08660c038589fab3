using System.Text.Json.Serialization;

namespace Almagest.Contract.Runs;

/// <summary>A sweep as a whole.</summary>
/// <param name="GroupId">the runs have it, and can be listed by it</param>
/// <param name="Runs">how many it has</param>
/// <param name="IsOver">whether all have ended</param>
/// <param name="Statuses">how many have each status</param>
/// <param name="EndedAt">when the last one ended; null while one has not</param>
/// <param name="Metric">what least, mean and most are of, over the complete runs: anomaly_count or cluster_count</param>
public record SweepResource(
    Guid GroupId,
    string Algorithm,
    long DatasetId,
    string Dataset,
    int Runs,
    bool IsOver,
    IReadOnlyDictionary<string, int> Statuses,
    DateTime CreatedAt,
    DateTime? EndedAt,
    string Metric,
    double? Least,
    double? Mean,
    double? Most
);

/// <summary>A sweep with its runs.</summary>
public sealed record SweepDetail : SweepResource
{
    public SweepDetail(SweepResource sweep)
        : base(sweep) { }

    /// <summary>The runs in the order of the list, the grid and the seeds.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<RunResource> Items { get; init; }
}

/// <summary>A sweep that was started.</summary>
/// <param name="RunIds">in the order of the list, the grid (its last parameter changing fastest) and the seeds</param>
/// <param name="FeaturesChosen">why the recipe of features was taken; null where it was named</param>
public sealed record StartedSweep(Guid GroupId, IReadOnlyList<Guid> RunIds, string? FeaturesChosen);
