using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;

namespace Almagest.Runs.Comparison;

/// <summary>Which runs are to be compared: complete ones, each once, not too many.</summary>
public static class ComparedRuns
{
    /// <summary>Most runs of one question: 4,950 pairs.</summary>
    public const int Most = 100;

    /// <summary>Most stars of all runs together: what is kept of them in memory stays below about a gigabyte.</summary>
    private const long MostStars = 4_000_000_000;

    /// <summary>The runs of these ids, in their order.</summary>
    /// <param name="field">name of the input, for messages</param>
    /// <exception cref="LedgerException">too few, too many, one named twice, no such run, or one is not complete</exception>
    public static async Task<IReadOnlyList<DiscoveryRun>> LoadAsync(
        LedgerDatabase ledger,
        IReadOnlyList<Guid> runIds,
        int least = 2,
        string field = "run_ids",
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(runIds);
        if (runIds.Count < least || runIds.Count > Most)
            throw LedgerException
                .Of(
                    ErrorCode.WrongRunCount,
                    $"{field} names {runIds.Count} runs, expected {least} to {Most}",
                    "Name the runs to compare.",
                    field
                )
                .With("least", least)
                .With("most", Most);
        if (runIds.GroupBy(id => id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw LedgerException.Of(
                ErrorCode.ConflictingValues,
                $"run {twice.Key} is named {twice.Count()} times",
                "Name each run once.",
                field
            );
        var wanted = runIds.ToArray();
        var found = (await ledger.ReadAsync(context => context.Runs.Where(r => wanted.Contains(r.RunId)), cancellationToken)).ToDictionary(
            r => r.RunId
        );
        var runs = new List<DiscoveryRun>();
        // Of one that is not there is said whether it was deleted, and until when it can be brought back.
        foreach (var id in wanted)
            runs.Add(found.GetValueOrDefault(id) ?? await new RunRepository(ledger).GetAsync(id, cancellationToken));
        foreach (var run in runs)
            RequireComplete(run);
        return RequireBounded(runs, field);
    }

    /// <summary>The newest complete runs of a type over a dataset, oldest first.</summary>
    public static async Task<IReadOnlyList<DiscoveryRun>> NewestAsync(
        LedgerDatabase ledger,
        string runType,
        long? datasetId,
        int limit = Most,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var found = await new RunRepository(ledger).ListAsync(
            new RunQuery(runType, RunStatus.Completed, datasetId, Math.Min(limit, Most)),
            cancellationToken
        );
        return RequireBounded([.. found.OrderBy(r => r.RunId)], "dataset");
    }

    /// <exception cref="LedgerException">they looked at several datasets: no star is the same</exception>
    public static void RequireOneDataset(IReadOnlyList<DiscoveryRun> runs, string field = "run_ids")
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.FirstOrDefault(r => !RunDatasets.Share(r, runs[0])) is { } other)
        {
            throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                $"runs {runs[0].RunId} and {other.RunId} looked at different datasets, whose rows are not the same stars by themselves",
                "Name runs over one dataset. Of two over two datasets of the same stars, ask what changed.",
                field
            );
        }
    }

    /// <exception cref="LedgerException">one is of another type</exception>
    public static void RequireType(IReadOnlyList<DiscoveryRun> runs, string runType, string field = "run_ids")
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.FirstOrDefault(r => r.RunType != runType) is { } other)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {other.RunId} is of type {other.RunType}, expected {runType}",
                $"Name {runType} runs only.",
                field
            );
    }

    internal static void RequireComplete(DiscoveryRun run)
    {
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs can be compared.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
    }

    private static IReadOnlyList<DiscoveryRun> RequireBounded(IReadOnlyList<DiscoveryRun> runs, string field) =>
        runs.Sum(r => r.TotalStars) <= MostStars
            ? runs
            : throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                $"the runs hold {runs.Sum(r => r.TotalStars)} results, at most {MostStars} can be compared at once",
                "Name fewer runs.",
                field
            );
}
