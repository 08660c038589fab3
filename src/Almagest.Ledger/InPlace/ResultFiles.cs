using System.Text.Json;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.InPlace;

/// <summary>Where the results of a run are whose stars stay in their files. Kept as JSON in the run's
/// <see cref="DiscoveryRun.ResultFiles"/>. They are the run's while it is in the ledger, and for as long as it can be brought back
/// (<see cref="Deletions.LedgerDeletions.RunsAsync"/>).</summary>
public sealed record ResultFiles
{
    private static readonly JsonSerializerOptions s_stored = new(ContractJson.Options);

    /// <summary>The folder, on the machine that wrote it.</summary>
    public required string Path { get; init; }

    /// <summary>In the order of the stars.</summary>
    public required IReadOnlyList<ResultFile> Files { get; init; }

    /// <summary>Stars analysed: the rows of all files.</summary>
    public required long Rows { get; init; }

    /// <summary>Of all files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Null where every result of the run is in the ledger.</summary>
    public static ResultFiles? Of(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.ResultFiles is { } json ? Parse(json) : null;
    }

    public static ResultFiles Parse(string json) => JsonSerializer.Deserialize<ResultFiles>(json, s_stored)!;

    public string ToJson() => JsonSerializer.Serialize(this, s_stored);
}

/// <summary>A file of results.</summary>
/// <param name="Path">from the folder, with slashes</param>
/// <param name="Rows">stars</param>
/// <param name="Checksum">SHA-256 of its bytes, lower-case hex</param>
public sealed record ResultFile(string Path, long Rows, long Bytes, string Checksum);
