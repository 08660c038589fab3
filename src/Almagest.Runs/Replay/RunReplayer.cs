using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Npgsql;

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
    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result, which this can show.</summary>
    public int MaxThreads { get; init; }

    /// <summary>What a run may hold in memory.</summary>
    internal RunMemory Limits { get; init; } = RunMemory.Here;

    /// <summary>How the files of large selections are made.</summary>
    internal Func<ScratchRoom> Rooms { get; init; } = () => new ScratchRoom();

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
        using var files = analysis.Stars.Room as IDisposable;
        var row = analysis.Rows();
        return await DatabaseBoundary.AskAsync(async () =>
        {
            // Of one snapshot, however often the rows are read.
            await using var connection = await ledger.ConnectAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead,
                cancellationToken
            );
            var comparison = new ReplayComparison(run, analysis.Stars.Count, row);
            if (RunRows.AreInFiles(run))
                return await CompareFilesAsync(connection, run, analysis, comparison, cancellationToken);
            await StoredResults.ReadAsync(connection, runId, comparison.Meet, cancellationToken);
            comparison.End();
            var (stored, recomputed) = await HashesAsync(connection, run, analysis.Stars.Count, row, cancellationToken);
            return comparison.Report(stored, recomputed, NotesOn(run, analysis));
        });
    }

    private async Task<ReplayReport> CompareFilesAsync(
        NpgsqlConnection connection,
        DiscoveryRun run,
        StarAnalysis analysis,
        ReplayComparison comparison,
        CancellationToken cancellationToken
    )
    {
        var dataset = await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId, cancellationToken);
        using var stored = HashOf(dataset);
        await ResultFilesReader
            .Open(ledger, run)
            .ReadAsync(
                connection,
                row =>
                {
                    comparison.Meet(row);
                    stored.Add(row);
                },
                cancellationToken
            );
        comparison.End();
        using var recomputed = HashOf(dataset);
        var now = analysis.Rows();
        for (var i = 0; i < analysis.Stars.Count; i++)
            recomputed.Add(now(i));
        return comparison.Report(stored.Finish(), recomputed.Finish(), NotesOn(run, analysis));
    }

    private static FileResultsHash HashOf(Dataset dataset) => new(dataset.Checksum, InPlaceCatalogue.Of(dataset)!.FirstStarId);

    /// <summary>The hash of the results of a run as they are now: those of flagged stars in the ledger, the others in its files.</summary>
    /// <exception cref="LedgerException">the files are not on this machine, or are not those that were written</exception>
    internal static async Task<string> FilesHashAsync(LedgerDatabase ledger, DiscoveryRun run, CancellationToken cancellationToken)
    {
        using var hash = HashOf(await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId, cancellationToken));
        var files = ResultFilesReader.Open(ledger, run);
        await ledger.AskAsync(connection => files.ReadAsync(connection, row => hash.Add(row), cancellationToken), cancellationToken);
        return hash.Finish();
    }

    // By the rule of the hash that is stored; of a run without one by today's.
    private static async Task<(string Stored, string Recomputed)> HashesAsync(
        NpgsqlConnection connection,
        DiscoveryRun run,
        int count,
        Func<int, StoredResult> row,
        CancellationToken cancellationToken
    )
    {
        var stored = await StoredHashAsync(connection, run, cancellationToken);
        if (run.ResultsHashVersion is not 1)
            return (stored, await RowsHash.OfAsync(connection, count, row, cancellationToken));
        using var recomputed = new StarIdHash();
        for (var i = 0; i < count; i++)
            recomputed.Add(run.Algorithm, row(i));
        return (stored, recomputed.Finish());
    }

    /// <summary>The hash of a run's rows as they are stored now.</summary>
    internal static async Task<string> StoredHashAsync(NpgsqlConnection connection, DiscoveryRun run, CancellationToken cancellationToken)
    {
        if (run.ResultsHashVersion is not 1)
            return await StoredResults.HashAsync(connection, run.RunId, cancellationToken);
        using var hash = new StarIdHash();
        await StoredResults.ReadAsync(connection, run.RunId, r => hash.Add(run.Algorithm, r), cancellationToken);
        return hash.Finish();
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
            var filter = StarFilter.FromJson(run.DatasetFilter);
            var stars = await new SelectedStars(ledger) { Memory = Limits, Rooms = Rooms }.LoadAsync(
                await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId, cancellationToken),
                filter,
                parameters,
                null,
                null,
                cancellationToken
            );
            stars = await AnsweredStars.AddAsync(ledger, run.DatasetId, filter, stars, parameters, cancellationToken);
            progress?.Report(new RunProgress("compute", 0));
            return StarAnalysis
                .Run(stars, parameters, MaxThreads, progress is null ? null : new Fraction(progress), null, cancellationToken)
                .Drawn(parameters, MaxThreads, null, cancellationToken);
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
}
