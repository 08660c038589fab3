using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>Whether the ledger has what a run says of every star.</summary>
public static class RunRows
{
    /// <summary>Whether its results are in files: the ledger has those of the flagged stars, or of the members of clusters,
    /// alone.</summary>
    public static bool AreInFiles(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.StarSetId is not null;
    }

    /// <summary>Whether the stars that it leaves in no cluster are in files alone, without which two runs are not compared star by
    /// star.</summary>
    public static bool IsNoiseInFiles(DiscoveryRun run) => AreInFiles(run) && run.RunType == RunTypes.Cluster;

    /// <summary>For whatever needs every star's result: it gets no answer that looks whole and is not.</summary>
    /// <exception cref="LedgerException">the run's results are in files</exception>
    public static void Require(DiscoveryRun run)
    {
        if (AreInFiles(run))
            throw Refusal(
                run,
                $"the results of run {run.RunId} are in files, and this needs every star's result in the ledger, which has those of the "
                    + $"{Kept(run)} alone"
            );
    }

    /// <summary>The stars whose results the ledger has of such a run, in words.</summary>
    public static string Kept(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.RunType == RunTypes.Cluster ? "members of clusters" : "flagged stars";
    }

    /// <summary>The same of something else that is in the files alone.</summary>
    public static LedgerException Refusal(DiscoveryRun run, string message, string? field = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Not everybody who asks may know where files are: the edges add it for those who may.
        return LedgerException
            .Of(ErrorCode.ResultsInFiles, message, $"Ask about the {Kept(run)} alone, or work with the files.", field)
            .With("run_id", run.RunId)
            .With("run_type", run.RunType)
            .With("path", ResultFiles.Of(run)?.Path);
    }

    /// <summary>For whatever keeps a run whose results are in files: what is kept of it is compared with stars and results, block by block,
    /// on one machine.</summary>
    /// <exception cref="LedgerException">the tables of the ledger are distributed</exception>
    public static async Task RequireOneMachineAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
            throw LedgerLayout.Refusal("a run whose results are in files is kept", "do not keep the run");
    }
}
