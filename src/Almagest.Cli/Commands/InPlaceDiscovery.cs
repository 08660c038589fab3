using Almagest.Cli.Reports;
using Almagest.Cli.Shell;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary><c>discover --no-save</c> over a dataset that is read where it lies: what is found is printed, and written if
/// asked.</summary>
internal static class InPlaceDiscovery
{
    public static RunParameters One(IReadOnlyList<RunParameters> sweep) =>
        sweep is [var one]
            ? one
            : throw new UsageException(
                "several runs are asked for over a dataset that is read where it lies",
                "Give each parameter one value.",
                "--no-save"
            );

    /// <param name="output">the folder; null = only print</param>
    public static async Task<int> AnswerAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        RunRequest request,
        string? output,
        int threads,
        int top
    )
    {
        using var folder = output is null ? null : OutputFolder.Create(output);
        var service = new DiscoveryService(ledger) { MaxThreads = threads };
        var outcome = await ProgressDisplay.ShowAsync(
            shell,
            "starting",
            progress => service.PreviewAsync(request, RunStages.Relay(progress, ""), shell.CancellationToken)
        );
        try
        {
            var report = await DiscoveryReport.CreateAsync(ledger, outcome, top, shell.CancellationToken);
            HatsOutput.Written? written = null;
            if (folder is not null)
            {
                using var room = new ScratchRoom();
                written = await HatsOutput.WriteAsync(
                    shell,
                    folder,
                    () => Task.Run(() => ScoredCatalogue.Of(outcome, room, cancellationToken: shell.CancellationToken))
                );
            }
            shell.Answer(
                written is null ? report.Document : new { discovery = report.Document, output = written.Document() },
                console =>
                {
                    report.Show(console);
                    if (written is not null)
                        console.Say(written.Sentence(output!));
                }
            );
            return ExitCodes.Done;
        }
        finally
        {
            outcome.Analysis.Release();
        }
    }
}
