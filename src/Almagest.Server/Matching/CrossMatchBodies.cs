using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Almagest.Server.Matching;

/// <summary>How to join two datasets by position.</summary>
public sealed record CrossMatchRequestBody
{
    /// <summary>Name or id of the first dataset.</summary>
    [Required, JsonPropertyName("dataset_1")]
    public string? Dataset1 { get; init; }

    /// <summary>Name or id of the second one.</summary>
    [Required, JsonPropertyName("dataset_2")]
    public string? Dataset2 { get; init; }

    /// <summary>Largest angle of a pair, arc seconds; above 0, at most 36000.</summary>
    [Required, Range(0, 36_000, MinimumIsExclusive = true)]
    public double? RadiusArcsec { get; init; }

    /// <summary>best (each star the nearest neighbour of the other), best1 or best2 (nearest neighbour of each star of one dataset), or
    /// all; best if left out.</summary>
    [AllowedValues("best", "best1", "best2", "all")]
    public string? Find { get; init; }

    /// <summary>Epoch of the positions of dataset 1, Julian year; the dataset's own if left out. Proper motions are applied where both
    /// epochs are known and differ.</summary>
    [JsonPropertyName("epoch_1")]
    public double? Epoch1 { get; init; }

    /// <summary>Epoch of the positions of dataset 2; the dataset's own if left out.</summary>
    [JsonPropertyName("epoch_2")]
    public double? Epoch2 { get; init; }

    /// <summary>The epoch at which to compare; that of dataset 2 if left out.</summary>
    public double? Epoch { get; init; }
}

/// <summary>Which labels to copy over the links of a cross-match.</summary>
public sealed record LinkedLabelRequestBody
{
    /// <summary>The dataset that has the labels: 1 or 2 of the match; 1 if left out.</summary>
    [AllowedValues(1, 2)]
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
