using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Comparing;

/// <summary>Which anomaly runs a question across runs is about: those named, else the newest of a dataset.</summary>
internal static class RunChoice
{
    public static readonly TextParameter Dataset = new(
        "dataset",
        $"the newest {ComparedRuns.Most} complete anomaly runs over this dataset: its name or id; may be left out where there is just "
            + $"one, or run_ids are given"
    );
    public static readonly UuidListParameter RunIds = new("run_ids", "these complete anomaly runs", ComparedRuns.Most);

    /// <summary>The runs, in order of creation.</summary>
    public static async Task<IReadOnlyList<DiscoveryRun>> ReadAsync(HttpContext context, LedgerDatabase ledger)
    {
        var (name, ids, cancellationToken) = (Dataset.Read(context), RunIds.Read(context), context.RequestAborted);
        var dataset = name is null ? null : await new DatasetRepository(ledger).FindAnyAsync(name, cancellationToken);
        if (ids is null)
            return await ComparedRuns.NewestAsync(
                ledger,
                RunTypes.Anomaly,
                (dataset ?? await OnlyAsync(ledger, cancellationToken)).DatasetId,
                cancellationToken: cancellationToken
            );
        var runs = await ComparedRuns.LoadAsync(ledger, ids, least: 1, cancellationToken: cancellationToken);
        ComparedRuns.RequireType(runs, RunTypes.Anomaly);
        ComparedRuns.RequireOneDataset(runs);
        if (dataset is not null && runs[0].DatasetId != dataset.DatasetId)
            throw LedgerException.Invalid("run_ids", $"the runs did not look at '{dataset.Name}'", "Leave dataset out.");
        return [.. runs.OrderBy(r => r.RunId)];
    }

    private static async Task<Dataset> OnlyAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        var all = await new DatasetRepository(ledger).ListAllAsync(cancellationToken);
        return all.Count == 1
            ? all[0]
            : throw LedgerException.Invalid(
                "dataset",
                $"neither dataset nor run_ids is given, and there are {all.Count} datasets",
                "Give the name of a dataset; GET /datasets lists them."
            );
    }
}
