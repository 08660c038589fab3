using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Almagest.Catalog.Stars;
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

    /// <summary>Whether each id in it is a whole number from 0 to 2^63 - 1, without leading zeros: exports then write 64-bit
    /// integers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IntegerIds { get; init; }

    /// <summary>Which table of the file was taken, where that was chosen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Table { get; init; }

    /// <summary>Julian year for which its positions hold, where that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Epoch { get; init; }

    /// <summary>Degrees from which its right ascensions run, where that was said: 0, or -180.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RaFrom { get; init; }

    /// <summary>Julian year to which its positions were carried, where they were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CarriedTo { get; init; }

    /// <summary>What else is kept: service and query of a file that was fetched, and fields of other versions of the program.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>What became of the file, which is kept beside and asked for by itself.</summary>
    public const string ReportField = "report";

    /// <param name="json">JSON array of the column <c>source</c></param>
    public static IReadOnlyList<SourceFile> Parse(string json)
    {
        var files = JsonSerializer.Deserialize<IReadOnlyList<SourceFile>>(json, s_stored) ?? [];
        foreach (var file in files)
            file.Others?.Remove(ReportField);
        return files;
    }

    /// <summary>A report as it is kept.</summary>
    public static JsonNode? Stored(LoadReport report) => JsonSerializer.SerializeToNode(report, s_stored);

    /// <summary>The reports that are kept in the column <c>source</c>; none of a file that was loaded before there were any.</summary>
    public static IReadOnlyList<FileReport> Reports(string json) =>
        [
            .. (JsonSerializer.Deserialize<IReadOnlyList<SourceFile>>(json, s_stored) ?? [])
                .Where(f => f.Others is not null && f.Others.ContainsKey(ReportField))
                .Select(f => new FileReport(f.File, f.Format, f.Others![ReportField].Deserialize<LoadReport>(s_stored)!)),
        ];
}
