using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Results;

/// <summary>By which of a star's two ids it is named; null where either may be meant.</summary>
public enum StarIdKind
{
    /// <summary>Almagest's own <c>star_id</c>.</summary>
    StarId,

    /// <summary>The catalogue's <c>source_id</c>.</summary>
    SourceId,
}

/// <summary>Finds stars of a run's dataset as users name them.</summary>
public sealed class RunStars(LedgerDatabase ledger)
{
    /// <param name="text">a star_id, or a source_id of the run's dataset</param>
    /// <param name="kind">which of the two; null = whichever there is</param>
    /// <exception cref="LedgerException">none is called so, or the text is the star_id of one star and the source_id of another</exception>
    public async Task<Star> FindAsync(DiscoveryRun run, string text, StarIdKind? kind = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(text);
        var datasets = new DatasetRepository(ledger);
        var bySource = kind == StarIdKind.StarId ? null : await BySourceAsync(datasets, run, text, cancellationToken);
        var byId = kind == StarIdKind.SourceId ? null : await ByIdAsync(run, text, cancellationToken);
        if (bySource is not null && byId is not null && bySource.StarId != byId.StarId)
        {
            throw LedgerException.Of(
                ErrorCode.AmbiguousStar,
                $"'{text}' is the source_id of star {bySource.StarId}, and the star_id of the star with source_id {byId.SourceId}",
                "Say which of the two you mean.",
                "star"
            );
        }
        return bySource ?? byId ?? throw Missing(run, text);
    }

    private static LedgerException Missing(DiscoveryRun run, string text) =>
        RunRows.AreInFiles(run)
            ? RunRows.Refusal(
                run,
                $"the ledger has no star '{text}' of the catalogue of run {run.RunId}, whose results are in files: it has those that some "
                    + "run flagged",
                "star"
            )
            : LedgerException
                .Of(
                    ErrorCode.StarNotFound,
                    $"the dataset of run {run.RunId} has no star '{text}'",
                    "Give its source_id in the catalogue, or its star_id.",
                    "star"
                )
                .With("run_id", run.RunId);

    private async Task<Star?> ByIdAsync(DiscoveryRun run, string text, CancellationToken cancellationToken)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        var datasets = RunDatasets.Ids(run).ToArray();
        return (
            await ledger.ReadAsync(context => context.Stars.Where(s => s.StarId == id && datasets.Contains(s.DatasetId)), cancellationToken)
        ).FirstOrDefault();
    }

    private static async Task<Star?> BySourceAsync(
        DatasetRepository datasets,
        DiscoveryRun run,
        string text,
        CancellationToken cancellationToken
    )
    {
        Star? found = null;
        foreach (var dataset in RunDatasets.Ids(run))
        {
            if ((await datasets.FindStarsAsync(dataset, text, cancellationToken)).FirstOrDefault() is not { } star)
                continue;
            if (found is not null)
                throw LedgerException.Invalid(
                    "star",
                    $"'{text}' is the source_id of star {found.StarId} and, in another dataset of the run, of star {star.StarId}",
                    "Give the star_id of the one you mean."
                );
            found = star;
        }
        return found;
    }
}
