using System.Text.Json.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>Two datasets joined by position.</summary>
/// <param name="Dataset1">name of the first dataset</param>
/// <param name="Dataset2">name of the second one</param>
/// <param name="Find">best, best1, best2 or all</param>
/// <param name="Epoch">the epoch at which positions were compared; null = proper motions were not applied: both epochs are
/// the same, or one is not known</param>
/// <param name="LinkCount">pairs found</param>
public record CrossMatchResource(
    long MatchId,
    [property: JsonPropertyName("dataset_1_id")] long Dataset1Id,
    [property: JsonPropertyName("dataset_1")] string Dataset1,
    [property: JsonPropertyName("dataset_2_id")] long Dataset2Id,
    [property: JsonPropertyName("dataset_2")] string Dataset2,
    double RadiusArcsec,
    string Find,
    [property: JsonPropertyName("epoch_1")] double? Epoch1,
    [property: JsonPropertyName("epoch_2")] double? Epoch2,
    double? Epoch,
    long LinkCount,
    string ProgramVersion,
    DateTime CreatedAt
);

/// <summary>A cross-match that was just made, with what making it took.</summary>
public sealed record CreatedCrossMatch : CrossMatchResource
{
    public CreatedCrossMatch(CrossMatchResource match)
        : base(match) { }

    /// <summary>Stars of dataset 1 that proper motion moved.</summary>
    [JsonPropertyOrder(1), JsonPropertyName("moved_1")]
    public required long Moved1 { get; init; }

    /// <summary>Stars of dataset 2 that proper motion moved.</summary>
    [JsonPropertyOrder(2), JsonPropertyName("moved_2")]
    public required long Moved2 { get; init; }

    /// <summary>Where the time went.</summary>
    [JsonPropertyOrder(3)]
    public required CrossMatchTimings Timings { get; init; }
}

/// <summary>Where the time of a cross-match went, ms.</summary>
/// <param name="Load">reading the positions</param>
/// <param name="Match">joining them</param>
/// <param name="Store">storing the pairs</param>
public sealed record CrossMatchTimings(double Load, double Match, double Store);

/// <summary>What a copy of labels did.</summary>
/// <param name="Copied">labels stored</param>
/// <param name="Ambiguous">stars left out because their links lead to labels that say different things</param>
/// <param name="Kept">stars that had a label in the set and kept it</param>
public sealed record LinkedLabelReport(long Copied, long Ambiguous, long Kept);

/// <summary>Two runs over two datasets, compared through the pairs of stars that a cross-match links. A run marks the stars that it flags;
/// a cluster run those in no cluster.</summary>
/// <param name="Links">pairs of the match</param>
/// <param name="AnalysedByBoth">pairs whose stars both runs analysed; the counts that follow are of them</param>
/// <param name="Expected">common marks to be expected, were the runs independent</param>
/// <param name="Kappa">agreement beyond chance; null where no pair was analysed by both</param>
/// <param name="AdjustedRandIndex">of two cluster runs; null for others</param>
public sealed record LinkedAgreementResource(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id,
    [property: JsonPropertyName("run_2_id")] Guid Run2Id,
    long Links,
    long AnalysedByBoth,
    [property: JsonPropertyName("marked_1")] long Marked1,
    [property: JsonPropertyName("marked_2")] long Marked2,
    long Common,
    double Expected,
    double JaccardSimilarity,
    double? Kappa,
    [property: JsonPropertyName("log10_p_value")] double Log10PValue,
    double? AdjustedRandIndex
);
