using System.Text.Json;
using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Datasets;

/// <summary>One file that a dataset was loaded from. What was not chosen is left out; where it was fetched from is among the
/// others.</summary>
public sealed record SourceFile
{
    private static readonly JsonSerializerOptions s_stored = new(ContractJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>Its name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>Its format, e.g. CSV or FITS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Format { get; init; }

    /// <summary>SHA-256 of its bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Checksum { get; init; }

    /// <summary>Rows that it holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Rows { get; init; }

    /// <summary>Rows of it that could not be loaded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Rejected { get; init; }

    /// <summary>The system of its positions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? System { get; init; }

    /// <summary>Which table of the file was taken, where that was chosen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Table { get; init; }

    /// <summary>Julian year for which its positions hold, where that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Epoch { get; init; }

    /// <summary>Julian year to which its positions were carried, where they were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CarriedTo { get; init; }

    /// <summary>What else is kept: service and query of a file that was fetched, and fields of other versions of the program.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <param name="json">JSON array of the column <c>source</c></param>
    public static IReadOnlyList<SourceFile> Parse(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<SourceFile>>(json, s_stored) ?? [];
}
