using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>views</c>: <c>refresh</c> and <c>verify</c> here, <c>status</c>, <c>history</c>, <c>export</c> and <c>mode</c>
/// beside.</summary>
internal static class ViewCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "views",
            "The query-optimized views: answers computed ahead of the question",
            "almagest views status",
            "almagest views refresh",
            "almagest views verify && echo all is well"
        )
        {
            ViewStatusCommand.Create(shell, global),
            ViewHistoryCommand.Create(shell, global),
            Refresh(shell, global),
            Verify(shell, global),
            ViewExportCommand.Create(shell, global),
            ViewModeCommand.Create(shell, global),
        };

    internal static Argument<string[]> Names() =>
        new("VIEW")
        {
            Description = $"Views, or none for all: {string.Join(", ", AnalyticsViews.All.Select(v => v.Name))}",
            Arity = ArgumentArity.ZeroOrMore,
        };

    internal static List<AnalyticsView>? Chosen(string[]? names) => names is { Length: > 0 } ? [.. names.Select(AnalyticsViews.Get)] : null;

    private static DescribedCommand Refresh(CommandShell shell, GlobalOptions global)
    {
        var names = Names();
        var command = new DescribedCommand(
            "refresh",
            "Recompute views from the results, readers undisturbed; exits 1 where one fails",
            "almagest views refresh mv_discovery_timeline"
        )
        {
            names,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var chosen = Chosen(parsed.GetValue(names));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var done = await ProgressDisplay.ShowAsync(
                    shell,
                    "refreshing views",
                    progress =>
                    {
                        progress?.Report("refreshing views", null);
                        return new ViewRefresher(session.Ledger).RefreshAsync(chosen, "manual", shell.CancellationToken);
                    }
                );
                var failed = done.Count(d => !d.Succeeded);
                shell.Answer(
                    done.ToResource(),
                    console =>
                    {
                        var table = ConsoleTables.Of("view", ">rows", ">took", "outcome");
                        foreach (var d in done)
                            table.Row(
                                d.ViewName,
                                d.Succeeded ? ConsoleText.Count(d.Rows) : "–",
                                ConsoleText.Duration(d.DurationMs),
                                d.Succeeded ? "refreshed" : "failed"
                            );
                        console.Write(table);
                        foreach (var d in done.Where(d => !d.Succeeded))
                            console.Say($"{d.ViewName}: {d.Error}");
                    }
                );
                return failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
            }
        );
        return command;
    }

    private static DescribedCommand Verify(CommandShell shell, GlobalOptions global)
    {
        var names = Names();
        var command = new DescribedCommand(
            "verify",
            "Recompute views from the raw results, compare every row and print each that differs; exits 1 on any difference",
            "almagest views verify --json",
            "almagest views verify mv_discovery_timeline"
        )
        {
            names,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var chosen = Chosen(parsed.GetValue(names));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var done = await ProgressDisplay.ShowAsync(
                    shell,
                    "verifying views",
                    progress =>
                    {
                        // Rows are printed as they come: a view that is wrong throughout must not fill the memory.
                        return new ViewVerifier(session.Ledger).VerifyAsync(
                            chosen,
                            shell.Json ? null : d => shell.Output.WriteLine($"{d.ViewName}\t{d.Side}\t{d.Row}"),
                            name => progress?.Report($"verifying {name}", null),
                            shell.CancellationToken
                        );
                    }
                );
                var agree = done.All(d => d.Agrees);
                var mode = (await ViewModeState.ReadAsync(session.Ledger, shell.CancellationToken)).Mode;
                shell.Answer(
                    new { agrees = agree, views = done },
                    console =>
                    {
                        var table = ConsoleTables.Of("view", ">rows", ">missing", ">unexpected", "verdict");
                        foreach (var d in done)
                            table.Row(
                                d.ViewName,
                                ConsoleText.Count(d.Rows),
                                ConsoleText.Count(d.Missing),
                                ConsoleText.Count(d.Unexpected),
                                d.Agrees ? "agrees"
                                    : d.Lags ? "differs (lags)"
                                    : "differs"
                            );
                        console.Write(table);
                        console.Say(
                            agree ? "Every view holds exactly what its definition gives."
                            : done.Any(d => d is { Agrees: false, Lags: true })
                                ? "Some views lag behind the ledger. Bring them up to date: almagest views refresh"
                            : mode == ViewMode.Refresh ? "Recompute them: almagest views refresh"
                            : "Make the summaries anew: almagest views mode refresh && almagest views mode incremental"
                        );
                    }
                );
                return agree ? ExitCodes.Done : ExitCodes.Failed;
            }
        );
        return command;
    }
}
