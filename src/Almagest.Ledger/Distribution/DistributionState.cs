namespace Almagest.Ledger.Distribution;

/// <summary>What one machine has of a table.</summary>
/// <param name="Node">its name and port, as the coordinator knows it</param>
public sealed record NodeShare(string Node, string Table, long Shards, long? Bytes);

/// <summary>How a ledger's bulk tables lie.</summary>
/// <param name="Engine">what divides them, as it names itself; null where they lie on one machine</param>
/// <param name="Shards">parts of each table</param>
/// <param name="UnseenOwners">runs, datasets and matches whose rows nobody sees: being stored, or to be swept</param>
public sealed record DistributionState(
    string? Engine,
    int Shards,
    DateTime? DistributedAt,
    long UnseenOwners,
    IReadOnlyList<NodeShare> Nodes
)
{
    public bool IsDistributed => Engine is not null;
}

/// <summary>A table before it is divided.</summary>
public sealed record TableSize(string Name, string Column, long Rows, long Bytes);

/// <summary>What distributing would do.</summary>
/// <param name="Engine">null where there is none</param>
/// <param name="Nodes">machines that would have a part</param>
/// <param name="Problems">sentences without full stops: why it cannot be done now; each with what to do about it</param>
public sealed record DistributionPlan(
    string? Engine,
    int Shards,
    IReadOnlyList<string> Nodes,
    IReadOnlyList<TableSize> Tables,
    IReadOnlyList<DistributionProblem> Problems
);

/// <param name="What">a sentence without its full stop</param>
/// <param name="Remedy">what to do about it</param>
public sealed record DistributionProblem(string What, string Remedy);

/// <summary>How far it is.</summary>
/// <param name="Stage">what is being done, in words</param>
public sealed record DistributionProgress(string Stage, int Done, int Total);
