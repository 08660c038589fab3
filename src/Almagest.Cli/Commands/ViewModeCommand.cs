using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Views;

namespace Almagest.Cli.Commands;

/// <summary><c>views mode</c>: shows how the views are kept fresh, or converts to the other mode.</summary>
internal static class ViewModeCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var target = new Argument<string?>("MODE")
        {
            Description =
                "refresh: materialized views, recomputed after a run; incremental: each run updates them as it completes. None: show "
                + "the mode",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DescribedCommand(
            "mode",
            "Show or change how the views are kept fresh; the ledger stays in use meanwhile, and an interrupted change can be repeated",
            "almagest views mode",
            "almagest views mode incremental"
        )
        {
            target,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var wanted = parsed.GetValue(target) is { } name ? Parse(name) : (ViewMode?)null;
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var changed =
                    wanted is { } mode
                    && await ProgressDisplay.ShowAsync(
                        shell,
                        "converting the views",
                        progress =>
                            new ViewConverter(session.Ledger).ConvertAsync(
                                mode,
                                new SynchronousProgress<ConversionProgress>(p =>
                                    progress?.Report(p.Stage, p.Total == 0 ? null : (double)p.Done / p.Total)
                                ),
                                shell.CancellationToken
                            )
                    );
                var now = await ViewModeState.ReadAsync(session.Ledger, shell.CancellationToken);
                shell.Answer(
                    new
                    {
                        mode = now.Name,
                        state = now.State,
                        changed,
                    },
                    console =>
                    {
                        console.Say(changed ? $"The views are now kept in mode {now.Name}." : $"The views are kept in mode {now.Name}.");
                        if (now.State == ViewModeState.Building)
                            console.Say(
                                "A conversion to mode incremental has begun. Go on: almagest views mode incremental, or take it back: "
                                    + "almagest views mode refresh"
                            );
                        if (now.State == ViewModeState.Leaving)
                            console.Say(
                                "A conversion to mode refresh has begun. Go on: almagest views mode refresh, or take it back: "
                                    + "almagest views mode incremental"
                            );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static ViewMode Parse(string name) =>
        name.ToLowerInvariant() switch
        {
            "refresh" => ViewMode.Refresh,
            "incremental" => ViewMode.Incremental,
            _ => throw LedgerException.Invalid("MODE", $"there is no mode '{name}'", "The modes are refresh and incremental."),
        };
}
