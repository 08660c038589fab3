using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Execution;

/// <summary>
/// Keeps runs over catalogues that are read where they lie: every star's result goes into files, flagged and clustered stars, their
/// results and the set of all stars into the ledger. The files get their name and the run becomes complete together, as far as two disks
/// can: the name comes first, so that a complete run has its files; what a program leaves that ends between the two is swept by another.
/// </summary>
internal sealed class FileKeeping(LedgerDatabase ledger)
{
    /// <exception cref="Contract.Errors.LedgerException">too little room, the files have changed, the run was lost, or two stars that the
    /// ledger keeps have one id</exception>
    public async Task KeepAsync(
        RunClaim claim,
        Dataset dataset,
        InPlaceStars stars,
        RunRequest request,
        StarAnalysis analysis,
        IReadOnlyList<DiscoveryCluster> clusters,
        IProgress<RunProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var (count, shape) = (analysis.Stars.Count, analysis.Shape());
        var kept = analysis.Clusters is { } found ? count - found.NoiseCount : analysis.AnomalyCount;
        await InPlaceRuns.RequireRoomAsync(ledger, dataset, count, kept, shape.Numbers.Count, cancellationToken);
        await ResultFolders.SweepAsync(ledger, cancellationToken);
        using var folder = await ResultFolder.CreateAsync(
            ledger,
            claim.RunId,
            claim.Attempt,
            InPlaceRuns.BytesOf(count, shape.Numbers.Count),
            cancellationToken
        );
        var provenance = ResultColumns.Provenance(
            dataset,
            request.Parameters,
            request.Filter,
            analysis.Summary(),
            "all stars of the run, in the order of the catalogue's rows"
        );
        provenance.Insert(2, "run_id", claim.RunId.ToString());
        await using var completion = await new RunRepository(ledger).BeginCompletionAsync(claim, cancellationToken);
        var passed = await new ResultsPass(dataset, stars, count, analysis.Rows(), analysis.Features.Excluded, shape).GoAsync(
            folder.Partial,
            provenance,
            some => completion.KeepStarsAsync(dataset, some, cancellationToken),
            new Told(done => progress.Report(new RunProgress("persist", (double)done / count))),
            cancellationToken
        );
        var files = new ResultFiles
        {
            Path = folder.Path,
            Files = passed.Files,
            Rows = passed.Files.Sum(f => f.Rows),
            Bytes = passed.Files.Sum(f => f.Bytes),
        };
        await completion.SaveInFilesAsync(
            dataset.DatasetId,
            count,
            analysis.Rows(),
            passed.Analysed,
            files,
            folder,
            passed.Hash,
            cancellationToken
        );
        await completion.SaveExclusionsAsync(passed.Excluded, cancellationToken);
        await completion.SaveClusterSummariesAsync(clusters, cancellationToken);
        await completion.MarkCompleteAsync(count, analysis.Summary().ToJson(), cancellationToken);
        // From here on it is complete or not: a cancellation that comes now must not leave that open.
        await completion.CommitAsync(CancellationToken.None);
    }

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
