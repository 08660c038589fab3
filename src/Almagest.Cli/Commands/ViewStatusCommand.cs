using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Status;
using Almagest.Ledger.Views;
using Almagest.Server.Jobs;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>views status</c>: how fresh each view is, what fails, and when it is refreshed next.</summary>
internal static class ViewStatusCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "status",
            "Show how fresh each view is, and when the scheduled jobs refresh all of them",
            "almagest views status --json"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var views = await new ViewStatusReader(session.Ledger).ReadAsync(shell.CancellationToken);
                var jobs = await new JobStatusReader(session.Ledger).ReadAsync(1, shell.CancellationToken);
                shell.Answer(new ViewsReport(views.All(v => !v.Lags), views, jobs), console => Show(console, views, jobs));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<ViewStatus> views, IReadOnlyList<JobStatus> jobs)
    {
        var table = ConsoleTables.Of("view", ">rows", ">size", ">refreshed", ">took", "state");
        foreach (var v in views)
            table.Row(
                v.ViewName,
                v.Rows is { } rows ? ConsoleText.Count(rows) : "–",
                ConsoleText.Bytes(v.SizeBytes),
                ConsoleText.Ago(v.AgeSeconds),
                v.LastDurationMs is { } ms ? ConsoleText.Duration(ms) : "–",
                State(v)
            );
        console.Write(table);
        foreach (var mode in views.GroupBy(v => v.Mode))
            console.Say($"Mode {mode.Key}{(mode.Count() == views.Count ? "" : $": {string.Join(", ", mode.Select(v => v.ViewName))}")}.");
        foreach (var job in jobs)
            console.Say(Schedule(job));
        foreach (var v in views.Where(v => v.ConsecutiveFailures > 0))
            console.Say(
                $"{v.ViewName}: {ConsoleText.Plural(v.ConsecutiveFailures, "refresh", "refreshes")} failed: {v.LastError} {Retry(v)}"
            );
        if (views.Any(v => v.Lags))
            console.Say("Bring them up to date: almagest views refresh");
    }

    private static string State(ViewStatus v) =>
        v.IsRefreshing ? "refreshing"
        : v.ConsecutiveFailures > 0 ? "failed"
        : v.Lags ? $"lags {ConsoleText.Plural(v.PendingRuns, "run", "runs")}"
        : "current";

    private static string Retry(ViewStatus v) =>
        v.NextRetry is { } next && next > DateTime.UtcNow
            ? $"A server tries again in {ConsoleText.Duration((next - DateTime.UtcNow).TotalMilliseconds)}."
            : "A server tries again as soon as one runs.";

    private static string Schedule(JobStatus job)
    {
        var last = job.History.Count > 0 ? $"last {ConsoleText.When(job.History[0].FiredAt)}, {job.History[0].Result}" : "never yet";
        var next = job.NextFire is { } due
            ? job.Servers > 0
                ? $"next {ConsoleText.When(due)}"
                : $"due {ConsoleText.When(due)}, when a server runs"
            : "not scheduled";
        return $"{job.Job} '{job.Schedule}' ({job.TimeZone}): {last}; {next} (UTC).";
    }
}
