using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Tasks;

namespace Almagest.Cli.Commands;

/// <summary>A run that <c>discover --distributed</c> shares with all workers on the database; without any other it does all tasks
/// itself.</summary>
internal static class SharedRun
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_whileAway = TimeSpan.FromSeconds(1);

    public static async Task<int> AnswerAsync(CommandShell shell, LedgerDatabase ledger, RunRequest request, int threads, int top)
    {
        var placement = RunPlacement.Queued with { By = Environment.UserName, Distributed = true };
        var run = (await new RunSubmitter(ledger).SubmitAsync(request, placement, null, shell.CancellationToken)).Runs[0];
        try
        {
            run = await ProgressDisplay.ShowAsync(
                shell,
                "starting",
                progress => UntilEndedAsync(shell, ledger, run.RunId, threads, progress)
            );
        }
        catch (OperationCanceledException)
        {
            // Whoever else is at it hears it; what was made of it goes.
            await new RunClaims(ledger).CancelAsync(run.RunId, CancellationToken.None);
            await new RunClaims(ledger).HandleLostRunsAsync(CancellationToken.None);
            throw;
        }
        catch (LedgerException)
        {
            // The timeline counts failed and cancelled runs, too.
            await ViewUpkeep.KeepAsync(shell, ledger, "run", CancellationToken.None);
            throw;
        }
        await ViewUpkeep.KeepAsync(shell, ledger, "run", shell.CancellationToken);
        var view = await RunView.LoadAsync(ledger, run, top, shell.CancellationToken);
        shell.Answer(view.Document, view.Show);
        return run.IsComplete ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<DiscoveryRun> UntilEndedAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        Guid runId,
        int threads,
        IWorkProgress? progress
    )
    {
        var worker = new TaskWorker(ledger) { MaxThreads = threads };
        var (runs, claims) = (new RunRepository(ledger), new RunClaims(ledger));
        var isAway = false;
        while (true)
        {
            try
            {
                await worker.WorkOffAsync(runId, RunStages.Relay(progress), shell.CancellationToken);
                var run = await runs.GetAsync(runId, shell.CancellationToken);
                if (run.Status is not (RunStatus.Pending or RunStatus.Running))
                    return run;
                if (run.ProgressStage is { } stage)
                    RunStages.Relay(progress)?.Report(new RunProgress(stage, run.ProgressFraction ?? 0));
                await claims.HandleLostRunsAsync(shell.CancellationToken);
                isAway = false;
            }
            catch (LedgerException e) when (e.Code == ErrorCode.RunLost)
            {
                // Another has the task, or has ended the run: which, the run says.
            }
            catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable && e.Code != ErrorCode.DatabaseForbidden)
            {
                // The others wait for it, too, and nothing that is done is lost.
                if (!isAway)
                    shell.Say($"{e.Message}; trying again (Ctrl-C ends the waiting)");
                isAway = true;
                await Task.Delay(s_whileAway, shell.CancellationToken);
            }
            await Task.Delay(s_lookAgain, shell.CancellationToken);
        }
    }
}
