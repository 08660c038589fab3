namespace Almagest.Ledger.Distribution;

/// <summary>A table whose rows lie on several machines, each where its star is.</summary>
/// <param name="Name">in the schema public</param>
/// <param name="Column">the star's id</param>
internal sealed record DistributedTable(string Name, string Column)
{
    /// <summary>All of them, the one that the others follow first.</summary>
    public static IReadOnlyList<DistributedTable> All { get; } =
    [new("stars", "star_id"), new("star_labels", "star_id"), new("discovery_results", "star_id"), new("star_links", "star_1_id")];
}
