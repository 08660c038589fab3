using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Runs.Scoring;

/// <summary>Judges complete runs by labels, from the raw results.</summary>
public sealed class RunScorer(LedgerDatabase ledger)
{
    /// <param name="labelSet">null: <c>truth</c>, or the only set that there is</param>
    /// <exception cref="LedgerException">no such run, it is not complete, or the set has no label of a star of its selection</exception>
    public async Task<RunScoreResource> ScoreAsync(Guid runId, string? labelSet = null, CancellationToken cancellationToken = default)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {runId} is {run.Status}: it has no results", "Only a complete run has a score.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        // Only stars that some run flagged or put into a cluster can have labels: shares of these are none of the sample's.
        RunRows.Require(run);
        var labels = new LabelledResults(ledger);
        var sets = labelSet is null ? await labels.SetsAsync(run, cancellationToken) : null;
        var set = labelSet ?? (sets is [var only] ? only : "truth");
        var counts = await labels.CountAsync(run, set, cancellationToken);
        if (counts.Count == 0)
        {
            sets ??= await labels.SetsAsync(run, cancellationToken);
            var error = LedgerException
                .Of(
                    ErrorCode.LabelSetNotFound,
                    $"no star of the run's selection has a label in the set '{set}'",
                    sets.Count == 0 ? "Load labels first." : $"There are: {string.Join(", ", sets)}."
                )
                .With("run_id", run.RunId);
            throw sets.Count == 0 ? error : error.With("label_sets", sets);
        }
        var isAnomaly = run.RunType == RunTypes.Anomaly;
        var clusters = isAnomaly ? [] : ClusterScores.Of(counts, await SizesAsync(run, cancellationToken));
        var anomalies = isAnomaly ? await AnomaliesAsync(labels, run, set, counts, cancellationToken) : null;
        return new RunScoreResource(
            run.RunId,
            run.RunType,
            set,
            counts.Sum(c => c.Stars),
            counts.Where(c => !c.Analysed).Sum(c => c.Stars),
            clusters,
            anomalies,
            [.. Notes(run, set, counts, clusters, anomalies)]
        );
    }

    private static async Task<AnomalyScore?> AnomaliesAsync(
        LabelledResults labels,
        DiscoveryRun run,
        string set,
        IReadOnlyList<LabelledCount> counts,
        CancellationToken cancellationToken
    )
    {
        var judged = counts.Where(c => c.IsAnomaly is not null).ToList();
        if (judged.Count == 0)
            return null;
        long Stars(Func<LabelledCount, bool> which) => judged.Where(which).Sum(c => c.Stars);
        var (unusual, flagged) = (Stars(c => c.IsAnomaly == 1), Stars(c => c.IsFlagged));
        var hits = Stars(c => c.IsAnomaly == 1 && c.IsFlagged);
        var isJudged = Classes(judged).Count == 2;
        var first = isJudged ? await labels.FirstAsync(run.RunId, set, unusual, cancellationToken) : [];
        return new AnomalyScore(
            Stars(_ => true),
            unusual,
            flagged,
            hits,
            isJudged ? WilsonInterval.Of(hits, flagged) : WilsonInterval.Of(0, 0),
            WilsonInterval.Of(hits, unusual),
            isJudged ? 2.0 * hits / (unusual + flagged) : null,
            WilsonInterval.Of(first.Where(f => f.IsAnomaly == 1).Sum(f => f.Stars), first.Sum(f => f.Stars)),
            [
                .. judged
                    .Where(c => c.IsAnomaly == 1 || c.Kind is not null)
                    .GroupBy(c => (c.Kind, IsUnusual: c.IsAnomaly == 1))
                    .Select(g => new KindScore(
                        g.Key.Kind,
                        g.Key.IsUnusual,
                        WilsonInterval.Of(g.Where(c => c.IsFlagged).Sum(c => c.Stars), g.Sum(c => c.Stars)),
                        g.Where(c => !c.Analysed).Sum(c => c.Stars),
                        first.Where(f => f.Kind == g.Key.Kind && f.IsAnomaly == 1 == g.Key.IsUnusual).Sum(f => f.Stars)
                    ))
                    .OrderByDescending(k => k.IsUnusual)
                    .ThenByDescending(k => k.Recall.Trials)
                    .ThenBy(k => k.Kind, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>What the labels call the stars that the run analysed: 1 = unusual, 0 = ordinary, or both. Of one alone, the precision of
    /// flags would be 1 or 0 whatever is flagged.</summary>
    private static IReadOnlyList<int> Classes(IEnumerable<LabelledCount> counts) =>
        [.. counts.Where(c => c.Analysed).Select(c => c.IsAnomaly).OfType<int>().Distinct()];

    private static IEnumerable<string> Notes(
        DiscoveryRun run,
        string set,
        IReadOnlyList<LabelledCount> counts,
        IReadOnlyList<ClusterScore> clusters,
        AnomalyScore? anomalies
    )
    {
        string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var labelled = counts.Sum(c => c.Stars);
        if (labelled < RunScoreResource.LeastLabels)
            yield return Say($"{CountText.Of(labelled, "labelled star is", "labelled stars are")} too few for a share that means much.");
        var missed = clusters.Sum(c => c.NotAnalysed);
        if (missed > 0)
            yield return Say(
                $"{CountText.Of(missed, "member was", "members were")} not analysed and {(missed == 1 ? "counts" : "count")} as missed."
            );
        var unknown = clusters.Sum(c => c.FoundSize - c.FoundLabelled);
        if (unknown > 0)
            yield return CountText.Of(unknown, "star", "stars")
                + $" of these found clusters {(unknown == 1 ? "has no label: it counts" : "have no label: they count")} neither for nor "
                + "against.";
        if (clusters.Count > 0 && !ClusterScores.NamesOthers(counts))
            yield return "The labels say of no star that it is in no cluster: how many stars of a found cluster are wrong is not known, "
                + "and no precision is given.";
        if (anomalies is not null && Classes(counts) is [var only])
            yield return only == 1
                ? "The labels call none of the analysed stars ordinary: whatever is flagged would be right, and no precision is given."
                : "The labels call none of the analysed stars unusual: whatever is flagged would be wrong, and no precision is given.";
        if (LearnedLabels.SetOf(run) == set)
            yield return "The run learned from the labels of this set, and these figures are too good: judge it by others.";
        if (anomalies is null && clusters.Count == 0)
            yield return "No label of this set says what a run of this type looks for.";
    }

    private Task<Dictionary<int, long>> SizesAsync(DiscoveryRun run, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select cluster_id, count(*) from public.discovery_results where run_id = $1 and cluster_id >= 0 group by cluster_id",
                    connection
                )
                {
                    Parameters = { new() { Value = run.RunId } },
                    CommandTimeout = 600,
                };
                var sizes = new Dictionary<int, long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    sizes[reader.GetInt32(0)] = reader.GetInt64(1);
                return sizes;
            },
            cancellationToken
        );
}
