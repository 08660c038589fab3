using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Runs;

/// <summary>One execution of one algorithm with one set of parameters on one selection. Immutable once complete.</summary>
/// <param name="RunId">UUID version 7: in order of creation</param>
/// <param name="RunType">anomaly or cluster</param>
/// <param name="Parameters">every parameter, defaults included</param>
/// <param name="DatasetId">the dataset; of several the first</param>
/// <param name="Dataset">its name</param>
/// <param name="Datasets">names of all datasets of the selection</param>
/// <param name="DatasetFilter">the selection; {} = the whole dataset</param>
/// <param name="Selection">the selection in words</param>
/// <param name="SelectionHash">SHA-256 of the selection: equal where the same filter meets the same bytes of a catalogue; null where an
/// older program stored the run</param>
/// <param name="TotalStars">stars analysed; 0 until known</param>
/// <param name="Excluded">stars of the selection that were not analysed, by reason: with <paramref name="TotalStars"/> all that were
/// selected; empty until known, and where gaps are filled (parameter missing)</param>
/// <param name="AnomalyCount">stars flagged; null of a cluster run, and until the run is complete</param>
/// <param name="ClusterCount">clusters found, noise not counted; null of an anomaly run, and until the run is complete</param>
/// <param name="NoiseCount">stars in no cluster; null of an anomaly run, and until the run is complete</param>
/// <param name="ResultsSummary">what the run found and how it prepared its data; null until it is complete</param>
/// <param name="Status">pending, running, completed, failed or cancelled</param>
/// <param name="IsComplete">whether all results are stored</param>
/// <param name="Error">why it failed; null where it did not</param>
/// <param name="ProgramVersion">version of Almagest that created it</param>
/// <param name="CompletedAt">when it ended, in whatever way; null before</param>
/// <param name="ResultsHash">SHA-256 of its results, see docs/runs.md: equal for a run and its repetition, in whatever ledger; null where
/// it has none</param>
/// <param name="ResultsHashVersion">the rule of the hash: 2; 3 = of results in files; 1 = by Almagest's own ids of stars, of an
/// older program; null where there is no hash</param>
/// <param name="RetryOf">the run that it repeats; null where it does not</param>
/// <param name="GroupId">the sweep that it belongs to; null where it does not</param>
/// <param name="Stage">load, compute or persist while it is worked on; null otherwise</param>
/// <param name="Percent">how far it is, 0 to 100, as of the last heartbeat</param>
/// <param name="Attempts">how often a worker took it</param>
/// <param name="HeartbeatAt">last sign of life of its worker, by the database's clock</param>
/// <param name="CancelRequestedAt">when its cancellation was requested; null where it was not</param>
public record RunResource(
    Guid RunId,
    string RunType,
    string Algorithm,
    RawJson Parameters,
    long DatasetId,
    string Dataset,
    IReadOnlyList<string> Datasets,
    RawJson DatasetFilter,
    string Selection,
    string? SelectionHash,
    long TotalStars,
    IReadOnlyList<ExcludedCount> Excluded,
    long? AnomalyCount,
    long? ClusterCount,
    long? NoiseCount,
    ResultsSummary? ResultsSummary,
    string Status,
    bool IsComplete,
    string? Error,
    long? RandomSeed,
    string ProgramVersion,
    DateTime CreatedAt,
    DateTime? StartedAt,
    DateTime? CompletedAt,
    string? ResultsHash,
    int? ResultsHashVersion,
    Guid? RetryOf,
    Guid? GroupId,
    string? Stage,
    double Percent,
    int Attempts,
    DateTime? HeartbeatAt,
    DateTime? CancelRequestedAt
)
{
    /// <summary>Why this recipe of features was taken; null where it was named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FeaturesChosen { get; init; }

    /// <summary>Who started it: an account, or the name of a token; null where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StartedBy { get; init; }

    /// <summary>What somebody calls it; null = nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Where the results of all its stars are, of a run over a catalogue that is read where it lies: the ledger has those of its
    /// flagged stars, or of members of its clusters, alone. Null where every result is in the ledger.</summary>
    public ResultsInFiles? ResultsInFiles { get; init; }
}

/// <summary>The files with the results of a run.</summary>
/// <param name="Path">their folder on the machine that made the run; null for whoever may not administer the server</param>
/// <param name="Rows">results, one a star that was analysed</param>
/// <param name="Bytes">of the files together</param>
public sealed record ResultsInFiles(string? Path, long Rows, long Bytes)
{
    /// <summary>Whether the files are on the machine that answers, with the sizes that were written; absent in lists, which do not look.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? AreThere { get; init; }

    /// <summary>What is wrong with them; absent where nothing is, or nobody looked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trouble { get; init; }
}

/// <summary>A page of runs.</summary>
/// <param name="Next">give it as after, with the same sort, for the next page; null on the last</param>
/// <param name="Truncated">whether there are more after this page</param>
public sealed record RunPage(IReadOnlyList<RunResource> Items, string? Next, bool Truncated);

/// <summary>A run with what else the command line shows of it.</summary>
public sealed record RunReport : RunResource
{
    public RunReport(RunResource run)
        : base(run) { }

    /// <summary>Its tags.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<RunTagResource> Tags { get; init; }

    /// <summary>The notes about it, oldest first.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<RunNoteResource> RunNotes { get; init; }

    /// <summary>Of an anomaly run: its most anomalous stars, as many as were asked for.</summary>
    [JsonPropertyOrder(3)]
    public required IReadOnlyList<ScoredStar> TopAnomalies { get; init; }

    /// <summary>Of a cluster run: all its clusters, largest first.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<ClusterDescription> Clusters { get; init; }
}
