using System.CommandLine;
using System.Runtime;
using Almagest.Cli.Serving;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Commands;

/// <summary><c>worker</c>: works on runs that wait, and on tasks of those that are shared, until it is told to stop.</summary>
internal static class WorkerCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var threads = OptionFactory.Whole("--threads", "N", "Threads of one run (default: one per core)", 1, 1024);
        var longest = OptionFactory.Whole(
            "--longest-run",
            "MINUTES",
            $"How long a run may take before it fails (default {ServingPlan.DefaultLongestRun.TotalMinutes})",
            1,
            100_000
        );
        var idle = OptionFactory.Flag("--until-idle", "Stop when nothing waits any more, e.g. as a job of a batch system");
        var format = OptionFactory.Choice(
            "--log-format",
            "Lines of the log on standard error: text, or JSON for programs (default text)",
            LogSettings.Formats
        );
        var command = new DescribedCommand(
            "worker",
            "Work on the runs that wait in a database, on any machine: it keeps nothing but its connection",
            "almagest worker --database postgresql://almagest@db/ledger",
            "almagest worker --database postgresql://almagest@db/ledger --threads 8 --until-idle"
        )
        {
            threads,
            longest,
            idle,
            format,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                // As for a run of a command: nobody waits for an answer in between.
                GCSettings.LatencyMode = GCLatencyMode.Batch;
                shell.LogsJson = parsed.GetValue(format) == "json";
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.Current, isService: true);
                var worker = new QueueWorker(session.Ledger, shell)
                {
                    Threads = (int)(parsed.GetValue(threads) ?? 0),
                    LongestRun = parsed.GetValue(longest) is { } minutes ? TimeSpan.FromMinutes(minutes) : ServingPlan.DefaultLongestRun,
                    UntilIdle = parsed.GetValue(idle),
                };
                await worker.WorkAsync();
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
