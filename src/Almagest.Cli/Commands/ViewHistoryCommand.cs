using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Server.Jobs;

namespace Almagest.Cli.Commands;

/// <summary><c>views history</c>: the records of refreshes, and of the scheduled jobs that ask for them.</summary>
internal static class ViewHistoryCommand
{
    private const int DefaultLimit = 20;

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var names = ViewCommands.Names();
        var limit = OptionFactory.Whole("--limit", "N", $"Most records of each kind (default {DefaultLimit})", 1, 10_000);
        var command = new DescribedCommand(
            "history",
            "Show the last refreshes, what asked for them, and the nightly jobs",
            "almagest views history",
            "almagest views history mv_anomaly_overlap_matrix --limit 100"
        )
        {
            names,
            limit,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var chosen = ViewCommands.Chosen(parsed.GetValue(names))?.ConvertAll(v => v.Name);
                var most = (int)(parsed.GetValue(limit) ?? DefaultLimit);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var refreshes = await session.Ledger.ReadAsync(
                    context =>
                        context
                            .ViewRefreshes.Where(r => chosen == null || chosen.Contains(r.ViewName))
                            .OrderByDescending(r => r.StartedAt)
                            .ThenByDescending(r => r.RefreshId)
                            .Take(most),
                    shell.CancellationToken
                );
                var jobs = await new JobStatusReader(session.Ledger).ReadAsync(most, shell.CancellationToken);
                shell.Answer(
                    new { refreshes, jobs },
                    console =>
                    {
                        var table = ConsoleTables.Of("started (UTC)", "view", "for", ">rows", ">took", "outcome");
                        foreach (var r in refreshes)
                            table.Row(
                                ConsoleText.When(r.StartedAt),
                                r.ViewName,
                                r.Reason,
                                r.RowCount is { } rows ? ConsoleText.Count(rows) : "–",
                                r.DurationMs is { } ms ? ConsoleText.Duration(ms) : "–",
                                r.Outcome
                            );
                        console.Write(table);
                        foreach (var r in refreshes.Where(r => r.Error is not null))
                            console.Say($"{ConsoleText.When(r.StartedAt)} {r.ViewName}: {r.Error}");
                        if (!jobs.Any(j => j.History.Count > 0))
                            return;
                        console.Say("");
                        var executions = ConsoleTables.Of("fired (UTC)", "job", ">took", "result", "~summary");
                        foreach (var (job, run) in jobs.SelectMany(j => j.History.Select(h => (j.Job, h))))
                            executions.Row(
                                ConsoleText.When(run.FiredAt),
                                job,
                                ConsoleText.Duration(run.DurationMs),
                                run.Result,
                                run.Summary ?? ""
                            );
                        console.Write(executions);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
