using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Ledger.Datasets;

/// <summary>The datasets of a run: the one in its row, and those that its filter adds.</summary>
public static class RunDatasets
{
    /// <summary>Ascending.</summary>
    public static IReadOnlyList<long> Ids(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Most runs have one: their filter need not be read.
        if (!run.DatasetFilter.Contains("also_datasets", StringComparison.Ordinal))
            return [run.DatasetId];
        return [.. new DatasetIds(StarFilter.FromJson(run.DatasetFilter).AlsoDatasets ?? []) { run.DatasetId }];
    }

    /// <param name="names">by id</param>
    public static IReadOnlyList<string> Names(DiscoveryRun run, IReadOnlyDictionary<long, string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return [.. Ids(run).Select(id => names.GetValueOrDefault(id, ""))];
    }

    /// <summary>Whether the two can have a star in common.</summary>
    public static bool Share(DiscoveryRun run1, DiscoveryRun run2) => Ids(run1).Intersect(Ids(run2)).Any();
}
