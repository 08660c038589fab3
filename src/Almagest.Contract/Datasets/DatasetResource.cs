using System.Text.Json;
using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Datasets;

/// <summary>One loaded catalogue.</summary>
/// <param name="Source">where it came from: one object a file</param>
/// <param name="Checksum">SHA-256 of the file's bytes; of several files: of their checksums</param>
/// <param name="ColumnMapping">our column to the source's column, as it was applied</param>
/// <param name="StarCount">stars loaded</param>
/// <param name="RejectedCount">rows that could not be loaded</param>
/// <param name="RunCount">runs over it, whatever became of them</param>
/// <param name="ReferenceEpoch">Julian year for which every position holds; null where it is not known or differs from star to star</param>
public record DatasetResource(
    long DatasetId,
    string Name,
    IReadOnlyList<SourceFile> Source,
    string Checksum,
    IReadOnlyDictionary<string, string> ColumnMapping,
    long StarCount,
    long RejectedCount,
    long RunCount,
    double? ReferenceEpoch,
    DateTime CreatedAt
)
{
    /// <summary>Whether it is read where it lies: its stars are in its files, not in the ledger.</summary>
    public bool InPlace { get; init; }

    /// <param name="json">JSON object of the column <c>column_mapping</c></param>
    public static IReadOnlyDictionary<string, string> ParseMapping(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json, ContractJson.Options) ?? [];
}

/// <summary>One loaded catalogue, with the first of the rows that could not be loaded.</summary>
public sealed record DatasetDetail : DatasetResource
{
    public DatasetDetail(DatasetResource dataset)
        : base(dataset) { }

    /// <summary>The first of the rows that could not be loaded, and why; at most 100.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<RejectedRowResource> RejectedRows { get; init; }

    /// <summary>What rests on it and on others that are deleted: runs and cross-matches that come back with those.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<WaitingForDatasets> Waiting { get; init; }
}

/// <summary>A row of a catalogue file that could not be loaded.</summary>
/// <param name="LineNumber">line of the file on which the row starts, from 1</param>
/// <param name="Field">the column that was wrong</param>
/// <param name="Value">what was found there</param>
public sealed record RejectedRowResource(int Ordinal, string File, long LineNumber, string Field, string Reason, string? Value);

/// <summary>What a load did.</summary>
/// <param name="AlreadyLoaded">the same bytes are in the ledger already, as this dataset: nothing was stored</param>
/// <param name="Rejected">rows that could not be loaded</param>
/// <param name="RejectedRows">the first of them; at most 100</param>
/// <param name="Mapping">one line per star field: what it was read from</param>
/// <param name="Notes">remarks of the reader</param>
/// <param name="ElapsedMs">how long it took, ms</param>
public sealed record IngestResource(
    DatasetResource Dataset,
    bool AlreadyLoaded,
    long Rows,
    long Rejected,
    IReadOnlyList<RejectedRowResource> RejectedRows,
    IReadOnlyList<string> Mapping,
    IReadOnlyList<string> Notes,
    double ElapsedMs
);
