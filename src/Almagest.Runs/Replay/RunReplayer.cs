using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Replay;

/// <summary>What recomputing a run showed.</summary>
/// <param name="Run">the run, with its <c>results_hash</c> of the time when it was stored</param>
/// <param name="Rows">stored rows</param>
/// <param name="Equal">rows that are the same to the last bit</param>
/// <param name="Different">stars with two rows that differ</param>
/// <param name="OnlyStored">stars that the selection no longer holds</param>
/// <param name="OnlyRecomputed">stars that the stored run lacks</param>
/// <param name="Examples">the first differences, by star_id</param>
/// <param name="StoredRowsHash">hash of the rows as they are stored now</param>
/// <param name="RecomputedHash">hash of the rows as they are computed now</param>
/// <param name="Notes">what may explain a difference: another version of the program or of the recipe, other stars</param>
public sealed record ReplayReport(
    DiscoveryRun Run,
    long Rows,
    long Equal,
    long Different,
    long OnlyStored,
    long OnlyRecomputed,
    IReadOnlyList<ReplayDifference> Examples,
    string StoredRowsHash,
    string RecomputedHash,
    string ProgramVersion,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Whether every stored row came out again, and no other.</summary>
    public bool IsReproduced => Different + OnlyStored + OnlyRecomputed == 0;

    /// <summary>Whether the stored rows are those that were stored with the run; null where an older program kept no hash.</summary>
    public bool? IsIntact => Run.ResultsHash is null ? null : Run.ResultsHash == StoredRowsHash;
}

/// <summary>
/// Recomputes complete runs from what is stored of them (selection, parameters, seed) and compares every row, to the last bit. Nothing
/// is written.
/// </summary>
public sealed class RunReplayer(LedgerDatabase ledger)
{
    private const int MostExamples = 10;

    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result, which this can show.</summary>
    public int MaxThreads { get; init; }

    /// <exception cref="LedgerException">no such run, it is not complete, or this program cannot compute it</exception>
    public async Task<ReplayReport> ReplayAsync(
        Guid runId,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (!run.IsComplete)
            throw LedgerException
                .Of(
                    ErrorCode.RunNotComplete,
                    $"run {runId} is {run.Status}{(run.Error is null ? "" : $": {run.Error}")}",
                    "Only a complete run has results that can be reproduced."
                )
                .With("run_id", run.RunId)
                .With("status", run.Status);
        var analysis = await RecomputeAsync(run, progress, cancellationToken);
        progress?.Report(new RunProgress("persist", 0));
        var scores = analysis.Anomalies is null ? null : analysis.Scores();
        StoredResult Row(int i) =>
            scores is null
                ? new StoredResult(analysis.Stars.StarId[i], false, null, analysis.Clusters!.Labels[i], analysis.Clusters.Probabilities?[i])
                : new StoredResult(analysis.Stars.StarId[i], scores[i] < 0, scores[i], null, null);
        return await DatabaseBoundary.AskAsync(async () =>
        {
            using var comparison = new Comparison(analysis.Stars.Count, Row);
            await using var connection = await ledger.ConnectAsync(cancellationToken);
            await StoredResults.ReadAsync(connection, runId, comparison.Meet, cancellationToken);
            return comparison.Report(run, NotesOn(run, analysis));
        });
    }

    private async Task<StarAnalysis> RecomputeAsync(DiscoveryRun run, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var parameters = ParameterReader.ReadStored(run);
            if (parameters.Features is null)
                throw LedgerException
                    .Of(
                        ErrorCode.RunNotRepeatable,
                        $"run {run.RunId} does not say which recipe of features it used",
                        "It was stored by an older program. Run it again with this one."
                    )
                    .With("run_id", run.RunId);
            progress?.Report(new RunProgress("load", 0));
            var stars = await new SelectionLoader(ledger).LoadAsync(
                run.DatasetId,
                StarFilter.FromJson(run.DatasetFilter),
                null,
                cancellationToken
            );
            progress?.Report(new RunProgress("compute", 0));
            return StarAnalysis.Run(
                stars,
                parameters,
                MaxThreads,
                progress is null ? null : new Fraction(progress),
                null,
                cancellationToken
            );
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            // Stored, not given by the user: nothing in the request is wrong.
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"this program (version {Almagest.Contract.ProgramVersion.Current}) cannot repeat run {run.RunId} of version "
                        + $"{run.ProgramVersion}: {e.Message}",
                    "Use the program version that made it, or run it again with this one.",
                    inner: e
                )
                .With("run_id", run.RunId);
        }
    }

    private static List<string> NotesOn(DiscoveryRun run, StarAnalysis analysis)
    {
        var notes = new List<string>();
        if (run.ProgramVersion != Almagest.Contract.ProgramVersion.Current)
            notes.Add($"version {run.ProgramVersion} made the run, version {Almagest.Contract.ProgramVersion.Current} recomputed it");
        if (run.TotalStars != analysis.Stars.Count)
            notes.Add($"the run analysed {run.TotalStars} stars, its selection now holds {analysis.Stars.Count}");
        var summary = ResultsSummary.Parse(run.ResultsSummary);
        if (summary?.Features?.Version is { } version && version != analysis.Features.Recipe.Version)
            notes.Add(
                $"the run used version {version} of the recipe {analysis.Features.Recipe.Name}, this program has version "
                    + $"{analysis.Features.Recipe.Version}"
            );
        if (summary?.RethresholdedFrom is { } source)
            notes.Add($"the run was made of the stored scores of run {source}, and is recomputed from the catalogue");
        return notes;
    }

    private sealed class Fraction(IProgress<RunProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new RunProgress("compute", value));
    }

    // Both sides ascend in star_id, so that one pass and no copy of the stored rows is enough.
    private sealed class Comparison(int count, Func<int, StoredResult> recomputed) : IDisposable
    {
        private readonly ResultsHash _storedHash = new();
        private readonly ResultsHash _recomputedHash = new();
        private readonly List<ReplayDifference> _examples = [];
        private long _rows,
            _equal,
            _different,
            _onlyStored,
            _onlyRecomputed;
        private int _next;

        public void Meet(StoredResult stored)
        {
            _rows++;
            _storedHash.Add(stored.StarId, stored.IsAnomaly, stored.Score, stored.ClusterId, stored.MembershipProbability);
            while (_next < count && recomputed(_next).StarId < stored.StarId)
                Miss(Take());
            if (_next == count || recomputed(_next).StarId > stored.StarId)
            {
                _onlyStored++;
                Show(stored.StarId, stored, null);
                return;
            }
            var now = Take();
            if (Same(stored, now))
            {
                _equal++;
                return;
            }
            _different++;
            Show(stored.StarId, stored, now);
        }

        public ReplayReport Report(DiscoveryRun run, IReadOnlyList<string> notes)
        {
            while (_next < count)
                Miss(Take());
            return new ReplayReport(
                run,
                _rows,
                _equal,
                _different,
                _onlyStored,
                _onlyRecomputed,
                _examples,
                _storedHash.Finish(),
                _recomputedHash.Finish(),
                Almagest.Contract.ProgramVersion.Current,
                notes
            );
        }

        private StoredResult Take()
        {
            var row = recomputed(_next++);
            _recomputedHash.Add(row.StarId, row.IsAnomaly, row.Score, row.ClusterId, row.MembershipProbability);
            return row;
        }

        private void Miss(StoredResult row)
        {
            _onlyRecomputed++;
            Show(row.StarId, null, row);
        }

        private void Show(long star, StoredResult? stored, StoredResult? now)
        {
            if (_examples.Count < MostExamples)
                _examples.Add(new ReplayDifference(star, Text(stored), Text(now)));
        }

        private static bool Same(StoredResult a, StoredResult b) =>
            a.IsAnomaly == b.IsAnomaly
            && a.ClusterId == b.ClusterId
            && Bits(a.Score) == Bits(b.Score)
            && Bits(a.MembershipProbability) == Bits(b.MembershipProbability);

        private static long? Bits(double? value) => value is { } v ? BitConverter.DoubleToInt64Bits(v) : null;

        private static string? Text(StoredResult? row) =>
            row is not { } r ? null
            : r.Score is { } score ? FormattableString.Invariant($"score {score:R}{(r.IsAnomaly ? ", flagged" : "")}")
            : FormattableString.Invariant($"cluster {r.ClusterId}{(r.MembershipProbability is { } p ? $", probability {p:R}" : "")}");

        public void Dispose()
        {
            _storedHash.Dispose();
            _recomputedHash.Dispose();
        }
    }
}
