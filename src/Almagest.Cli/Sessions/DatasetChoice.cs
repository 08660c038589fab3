using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;

namespace Almagest.Cli.Sessions;

/// <summary>Which dataset a command means: the one named, else the only one there is.</summary>
internal static class DatasetChoice
{
    public static async Task<Dataset> ResolveAsync(LedgerDatabase ledger, string? name, CancellationToken cancellation)
    {
        var datasets = new DatasetRepository(ledger);
        if (name is not null) return await datasets.FindAsync(name, cancellation);
        var all = await datasets.ListAsync(cancellation);
        return all.Count switch
        {
            1 => all[0],
            0 => throw new CommandFailedException("the ledger has no dataset yet", "Load one first: almagest ingest FILE (or try: almagest demo)"),
            _ => throw new UsageException("the ledger has several datasets", $"Choose one with --dataset: {string.Join(", ", all.Select(d => d.Name))}.", "--dataset"),
        };
    }
}
