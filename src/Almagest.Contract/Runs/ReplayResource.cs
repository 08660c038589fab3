namespace Almagest.Contract.Runs;

/// <summary>Whether a run came out again as it is stored.</summary>
/// <param name="IsReproduced">whether every stored row came out again to the last bit, and no other</param>
/// <param name="IsIntact">whether the stored rows are those that were stored with the run; null where it has no hash</param>
/// <param name="StoredRows">rows that are stored</param>
/// <param name="EqualRows">rows that are the same</param>
/// <param name="DifferentRows">stars of which the stored and the recomputed row differ</param>
/// <param name="OnlyStored">stars that the selection no longer holds</param>
/// <param name="OnlyRecomputed">stars that the stored run lacks</param>
/// <param name="ResultsHash">the hash kept with the run</param>
/// <param name="ResultsHashVersion">its rule, by which the other two are made, too</param>
/// <param name="StoredRowsHash">the hash of the rows as they are stored now</param>
/// <param name="RecomputedHash">the hash of the rows as they are computed now</param>
/// <param name="RunVersion">version of Almagest that made the run</param>
/// <param name="ProgramVersion">version of Almagest that recomputed it</param>
/// <param name="Examples">the first differences, by star_id; at most ten</param>
/// <param name="Notes">what may explain a difference</param>
public sealed record ReplayResource(
    Guid RunId,
    bool IsReproduced,
    bool? IsIntact,
    long StoredRows,
    long EqualRows,
    long DifferentRows,
    long OnlyStored,
    long OnlyRecomputed,
    string? ResultsHash,
    int? ResultsHashVersion,
    string StoredRowsHash,
    string RecomputedHash,
    string RunVersion,
    string ProgramVersion,
    IReadOnlyList<ReplayDifference> Examples,
    IReadOnlyList<string> Notes
);

/// <summary>A star of which the stored row and the recomputed one differ; null = there is none.</summary>
public sealed record ReplayDifference(long StarId, string? Stored, string? Recomputed);
