using System.Text.Json.Serialization;
using Almagest.Ledger.Model;
using Almagest.Runs.CrossMatching;

namespace Almagest.Server.Matching;

/// <summary>How to join two datasets by position.</summary>
public sealed record CrossMatchRequestBody
{
    /// <summary>Name or id of the first dataset.</summary>
    [JsonPropertyName("dataset_1")]
    public string? Dataset1 { get; init; }

    /// <summary>Name or id of the second one.</summary>
    [JsonPropertyName("dataset_2")]
    public string? Dataset2 { get; init; }

    /// <summary>Largest angle of a pair, arc seconds; above 0, at most 36000.</summary>
    public double? RadiusArcsec { get; init; }

    /// <summary>best (each star the nearest neighbour of the other), best1 or best2 (nearest neighbour of each star of one dataset), or all; best if left out.</summary>
    public string? Find { get; init; }

    /// <summary>Epoch of the positions of dataset 1, Julian year; with epoch_2, proper motions are applied.</summary>
    [JsonPropertyName("epoch_1")]
    public double? Epoch1 { get; init; }

    /// <summary>Epoch of the positions of dataset 2.</summary>
    [JsonPropertyName("epoch_2")]
    public double? Epoch2 { get; init; }

    /// <summary>The epoch at which to compare; epoch_2 if left out.</summary>
    public double? Epoch { get; init; }
}

/// <summary>Two datasets joined by position.</summary>
/// <param name="Find">best, best1, best2 or all</param>
/// <param name="Epoch">the epoch at which positions were compared; null = proper motions were not applied</param>
/// <param name="LinkCount">pairs found</param>
public sealed record CrossMatchBody(
    long MatchId, [property: JsonPropertyName("dataset_1_id")] long Dataset1Id, [property: JsonPropertyName("dataset_2_id")] long Dataset2Id, double RadiusArcsec, string Find,
    [property: JsonPropertyName("epoch_1")] double? Epoch1, [property: JsonPropertyName("epoch_2")] double? Epoch2, double? Epoch, long LinkCount, string ProgramVersion, DateTime CreatedAt)
{
    internal static CrossMatchBody From(CrossMatch m) => new(m.MatchId, m.Dataset1Id, m.Dataset2Id, m.RadiusArcsec, m.Find, m.Epoch1, m.Epoch2, m.Epoch, m.LinkCount, m.ProgramVersion, m.CreatedAt);
}

/// <summary>Which labels to copy over the links of a cross-match.</summary>
public sealed record LinkedLabelRequestBody
{
    /// <summary>The dataset that has the labels: 1 or 2 of the match; 1 if left out.</summary>
    public int? From { get; init; }

    /// <summary>Their set; truth if left out.</summary>
    public string? LabelSet { get; init; }

    /// <summary>The set that gets them; one of the same name if left out.</summary>
    public string? As { get; init; }

    /// <summary>Replace labels that stars have in that set already.</summary>
    public bool? Overwrite { get; init; }

    /// <summary>Who says so; whoever said it of the linked star if left out.</summary>
    public string? By { get; init; }
}

/// <summary>What a copy of labels did.</summary>
/// <param name="Copied">labels stored</param>
/// <param name="Ambiguous">stars left out because their links lead to labels that say different things</param>
/// <param name="Kept">stars that had a label in the set and kept it</param>
public sealed record LinkedLabelBody(long Copied, long Ambiguous, long Kept);

/// <summary>Two runs over two datasets, compared through the pairs of stars that a cross-match links. A run marks the stars that it flags; a cluster run those in no cluster.</summary>
/// <param name="Links">pairs of the match</param>
/// <param name="AnalysedByBoth">pairs whose stars both runs analysed; the counts that follow are of them</param>
/// <param name="Expected">common marks to be expected, were the runs independent</param>
/// <param name="Kappa">agreement beyond chance; null where no pair was analysed by both</param>
/// <param name="AdjustedRandIndex">of two cluster runs; null for others</param>
public sealed record LinkedAgreementBody(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id, [property: JsonPropertyName("run_2_id")] Guid Run2Id, long Links, long AnalysedByBoth,
    [property: JsonPropertyName("marked_1")] long Marked1, [property: JsonPropertyName("marked_2")] long Marked2, long Common, double Expected, double JaccardSimilarity, double? Kappa,
    [property: JsonPropertyName("log10_p_value")] double Log10PValue, double? AdjustedRandIndex)
{
    internal static LinkedAgreementBody From(LinkedAgreement a) => new(a.Run1.RunId, a.Run2.RunId, a.Links, a.Overlap.Shared, a.Overlap.Marked1, a.Overlap.Marked2, a.Overlap.Common,
        a.Overlap.Expected, a.Overlap.Jaccard, a.Overlap.Kappa, a.Overlap.Log10PValue, a.AdjustedRandIndex);
}
