using System.Text.Json.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>Which stars of two datasets are the same.</summary>
/// <param name="By">links = the pairs of a cross-match; source_id = equal ids of the catalogues</param>
/// <param name="MatchId">the cross-match; null where ids were taken</param>
/// <param name="Release1">the release of dataset 1, as its names tell, such as DR2; null where they do not</param>
/// <param name="Release2">that of dataset 2</param>
/// <param name="Pairs">stars of either that are one star of the other</param>
/// <param name="Ambiguous1">stars of dataset 1 whose links lead to several stars, or to one that others lead to, too; they are in no
/// pair</param>
/// <param name="Ambiguous2">the same of dataset 2</param>
/// <param name="Elsewhere">equal ids of stars that are too far apart to be one; they are in no pair</param>
/// <param name="Notes">what else is to be known, whole sentences</param>
public sealed record PairingResource(
    string By,
    long? MatchId,
    [property: JsonPropertyName("release_1")] string? Release1,
    [property: JsonPropertyName("release_2")] string? Release2,
    long Pairs,
    [property: JsonPropertyName("ambiguous_1")] long Ambiguous1,
    [property: JsonPropertyName("ambiguous_2")] long Ambiguous2,
    long Elsewhere,
    IReadOnlyList<string> Notes
);
