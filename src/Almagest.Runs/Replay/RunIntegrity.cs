using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Runs.Replay;

/// <summary>What became of the hashes of a ledger's runs.</summary>
/// <param name="Intact">runs whose stored rows have the hash that was stored with them</param>
/// <param name="Changed">runs whose rows are others now</param>
/// <param name="Unknown">runs of older programs, which kept no hash</param>
public sealed record IntegrityReport(int Intact, IReadOnlyList<Guid> Changed, int Unknown)
{
    /// <summary>Runs whose results are in files that are not on this machine, or not as they were written.</summary>
    public IReadOnlyList<Guid> WithoutFiles { get; init; } = [];
}

/// <summary>Whether the results of runs are those that were stored, to the last bit: after a ledger was moved, say.</summary>
public sealed class RunIntegrity(LedgerDatabase ledger)
{
    /// <param name="progress">the share of runs that have been looked at</param>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public async Task<IntegrityReport> CheckAsync(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var runs = await ledger.ReadAsync(
            context => context.Runs.AsNoTracking().Where(r => r.IsComplete).OrderBy(r => r.RunId),
            cancellationToken
        );
        var (intact, unknown) = (0, 0);
        var changed = new List<Guid>();
        var away = new List<Guid>();
        for (var i = 0; i < runs.Count; i++)
        {
            progress?.Report((double)i / runs.Count);
            var run = runs[i];
            if (run.ResultsHash is null)
                unknown++;
            else if (await HashAsync(run, cancellationToken) is not { } hash)
                away.Add(run.RunId);
            else if (hash == run.ResultsHash)
                intact++;
            else
                changed.Add(run.RunId);
        }
        return new IntegrityReport(intact, changed, unknown) { WithoutFiles = away };
    }

    private async Task<string?> HashAsync(DiscoveryRun run, CancellationToken cancellationToken)
    {
        if (!RunRows.AreInFiles(run))
            return await ledger.AskAsync(connection => RunReplayer.StoredHashAsync(connection, run, cancellationToken), cancellationToken);
        try
        {
            return await RunReplayer.FilesHashAsync(ledger, run, cancellationToken);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.ResultFilesChanged)
        {
            return null;
        }
    }
}
