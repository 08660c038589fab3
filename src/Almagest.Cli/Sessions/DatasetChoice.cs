using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Cli.Sessions;

/// <summary>Which dataset a command means: the one named, else the only one there is.</summary>
internal static class DatasetChoice
{
    /// <summary>The first of the datasets named, and the filter that adds the others.</summary>
    public static async Task<(Dataset First, StarFilter Filter)> ResolveAsync(
        LedgerDatabase ledger,
        string[]? names,
        StarFilter filter,
        CancellationToken cancellationToken
    ) =>
        (
            await ResolveAsync(ledger, names?.FirstOrDefault(), cancellationToken),
            await new DatasetRepository(ledger).AlsoAsync(names ?? [], filter, cancellationToken)
        );

    /// <summary>The dataset of that name where it is one that is read where it lies; null where it is not, or several are
    /// named.</summary>
    public static async Task<Dataset?> InPlaceAsync(LedgerDatabase ledger, string[]? names, CancellationToken cancellationToken) =>
        names is [var name] && await new DatasetRepository(ledger).FindAnyAsync(name, cancellationToken) is { InPlace: not null } found
            ? found
            : null;

    /// <summary>The same, for what also works with one dataset that is read where it lies.</summary>
    public static async Task<(Dataset First, StarFilter Filter)> ResolveAnyAsync(
        LedgerDatabase ledger,
        string[]? names,
        StarFilter filter,
        CancellationToken cancellationToken
    )
    {
        if (await InPlaceAsync(ledger, names, cancellationToken) is { } inPlace)
            return (inPlace, filter);
        if (names is null or [])
            return (One(await new DatasetRepository(ledger).ListAllAsync(cancellationToken)), filter);
        return await ResolveAsync(ledger, names, filter, cancellationToken);
    }

    public static async Task<Dataset> ResolveAsync(LedgerDatabase ledger, string? name, CancellationToken cancellationToken)
    {
        var datasets = new DatasetRepository(ledger);
        return name is null ? One(await datasets.ListAsync(cancellationToken)) : await datasets.FindAsync(name, cancellationToken);
    }

    /// <summary>Also one that is read where it lies.</summary>
    public static async Task<Dataset> ResolveAnyAsync(LedgerDatabase ledger, string? name, CancellationToken cancellationToken)
    {
        var datasets = new DatasetRepository(ledger);
        return name is null ? One(await datasets.ListAllAsync(cancellationToken)) : await datasets.FindAnyAsync(name, cancellationToken);
    }

    private static Dataset One(List<Dataset> all) =>
        all.Count switch
        {
            1 => all[0],
            0 => throw new CommandFailedException(
                "the ledger has no dataset yet",
                "Load one first: almagest ingest FILE (or try: almagest demo)"
            ),
            _ => throw new UsageException(
                "the ledger has several datasets",
                $"Choose one with --dataset: {string.Join(", ", all.Select(d => d.Name))}.",
                "--dataset"
            ),
        };
}
