using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Watches;
using Almagest.Runs.Comparison;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Runs.Watching;

/// <summary>
/// Looks at the anomaly runs that have completed since the last look, for each watch: which of its stars does a run flag that no earlier
/// run of the same question flagged? What is told once is kept, and not told again, whichever program looks.
/// </summary>
public sealed class WatchRounds(LedgerDatabase ledger)
{
    private const int MostNamed = 5;

    private readonly StarWatches _watches = new(ledger);

    /// <returns>what this look has found, runs in order of completion; runs that analysed none of a watch's stars are left out</returns>
    /// <exception cref="LedgerException">the database has trouble; what was told before stays told</exception>
    public async Task<IReadOnlyList<WatchNews>> LookAsync(CancellationToken cancellationToken = default)
    {
        var due = await _watches.DueAsync(cancellationToken);
        if (due.Count == 0)
            return [];
        var watches = (await _watches.ListAsync(cancellationToken)).ToDictionary(w => w.Name);
        var runs = await RunsAsync(cancellationToken);
        var places = runs.Index().ToDictionary(r => r.Item.RunId, r => r.Index);
        var kinds = runs.ToLookup(RunOrigin.Kind);
        var told = new List<WatchNews>();
        foreach (var (runId, name) in due)
        {
            // Either may have been deleted meanwhile.
            if (!watches.TryGetValue(name, out var watch) || !places.TryGetValue(runId, out var place))
                continue;
            var run = runs[place];
            var earlier = kinds[RunOrigin.Kind(run)].TakeWhile(r => r.RunId != runId).ToList();
            var news = await CompareAsync(watch, run, earlier, cancellationToken);
            if (await _watches.KeepAsync(watch.WatchId, news, cancellationToken) && news.Stars > 0)
                told.Add(news);
        }
        return told;
    }

    /// <summary>What a look has found, in a sentence.</summary>
    public static string Summary(IReadOnlyList<WatchNews> told)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (told.Count == 0)
            return "no new run over watched stars";
        var news = told.Where(n => n.NewlyFlagged > 0).ToList();
        var looked = told.Select(n => n.RunId).Distinct().Count();
        return $"{looked} new {(looked == 1 ? "run" : "runs")} over watched stars; "
            + (
                news.Count == 0
                    ? "nothing newly flagged"
                    : string.Join(". ", news.Take(MostNamed).Select(n => $"{n.Watch}: {n.Sentence}: {Names(n)}"))
                        + (news.Count > MostNamed ? $". And {news.Count - MostNamed} more" : "")
            );
    }

    /// <summary>The first of the newly flagged stars by their ids in the catalogue.</summary>
    public static string Names(WatchNews news)
    {
        ArgumentNullException.ThrowIfNull(news);
        return string.Join(", ", news.SourceIds) + (news.NewlyFlagged > news.SourceIds.Count ? ", …" : "");
    }

    private async Task<WatchNews> CompareAsync(
        WatchResource watch,
        DiscoveryRun run,
        List<DiscoveryRun> earlier,
        CancellationToken cancellationToken
    )
    {
        var (analysed, flags) = await new WatchedFlags(ledger).ReadAsync(watch, run, earlier, cancellationToken);
        // A copy with another threshold is no further look, but what it flagged was flagged; where its source is gone it stands for it.
        var ids = earlier.Select(r => r.RunId.ToString()).ToHashSet();
        var looks = earlier.Count(r =>
            ResultsSummary.Parse(r.ResultsSummary)?.RethresholdedFrom is not { } source || !ids.Contains(source)
        );
        var newly = flags.Where(f => f is { AnalysedBefore: > 0, FlaggedBefore: 0 }).ToList();
        var first = looks == 0 ? 0 : flags.Count(f => f.AnalysedBefore == 0);
        return new WatchNews(
            watch.Name,
            run.RunId,
            run.Algorithm,
            run.CompletedAt!.Value,
            looks,
            analysed,
            flags.Count,
            newly.Count,
            first,
            [.. newly.Take(MostNamed).Select(f => f.SourceId)],
            WatchWords.Sentence(
                run,
                watch.LabelSet is null && run.StarSetId is not null,
                looks,
                analysed,
                flags.Count,
                newly.Count,
                first,
                newly.Count == 0 ? 0 : newly.Min(f => f.AnalysedBefore),
                Shares(run, earlier)
            ),
            DateTime.UtcNow
        );
    }

    // Null where one of them is not known: older programs did not store how many stars a run flags.
    private static (double Now, double Before)? Shares(DiscoveryRun run, List<DiscoveryRun> earlier) =>
        Share(run) is { } now && earlier.Count > 0 && earlier.TrueForAll(r => Share(r) is not null)
            ? (now, earlier.Max(r => Share(r)!.Value))
            : null;

    private static double? Share(DiscoveryRun run) =>
        run.TotalStars > 0 && ResultsSummary.Parse(run.ResultsSummary)?.AnomalyCount is { } flagged
            ? (double)flagged / run.TotalStars
            : null;

    // In order of completion.
    private Task<List<DiscoveryRun>> RunsAsync(CancellationToken cancellationToken) =>
        ledger.ReadAsync(
            context =>
                context
                    .Runs.AsNoTracking()
                    .Where(r => r.IsComplete && r.RunType == RunTypes.Anomaly && r.CompletedAt != null)
                    .OrderBy(r => r.CompletedAt)
                    .ThenBy(r => r.RunId),
            cancellationToken
        );
}
