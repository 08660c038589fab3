using System.Text.Json.Serialization;

namespace Almagest.Contract.Datasets;

/// <summary>What is known of a star from elsewhere.</summary>
/// <param name="LabelSet">which set of labels</param>
/// <param name="IsAnomaly">1 = really unusual, 0 = really ordinary, null = not said</param>
/// <param name="Kind">what kind of object it is</param>
/// <param name="Cluster">the cluster it belongs to; null = none, or not said</param>
/// <param name="Remark">whatever else was said; null = nothing</param>
/// <param name="LabelledBy">who said so; null where that was not said</param>
public sealed record StarLabelResource(
    string LabelSet,
    int? IsAnomaly,
    string? Kind,
    string? Cluster,
    string? Remark,
    string? LabelledBy,
    DateTime LabelledAt
);

/// <summary>A label with the ids of its star.</summary>
public record LabelledStar(long StarId, string SourceId, StarLabelResource Label);

/// <summary>A label that was just given.</summary>
public sealed record StarLabelReport : LabelledStar
{
    public StarLabelReport(LabelledStar star)
        : base(star) { }

    /// <summary>Whether the star had a label in the set before.</summary>
    [JsonPropertyOrder(1)]
    public required bool Replaced { get; init; }
}

/// <summary>A page of labels in order of star_id.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
public sealed record LabelPage(IReadOnlyList<LabelledStar> Items, long? Next);
