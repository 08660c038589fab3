using System.CommandLine;
using System.Globalization;
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
                "auto: materialized views, which become incremental when refreshing all of them has taken more than 5 s three times in a "
                + "row; refresh: materialized views, recomputed after a run; incremental: each run updates them as it completes. None: "
                + "show the mode",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DescribedCommand(
            "mode",
            "Show or change how the views are kept fresh; the ledger stays in use meanwhile, and an interrupted change can be repeated",
            "almagest views mode",
            "almagest views mode incremental",
            "almagest views mode auto"
        )
        {
            target,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (automatic, wanted) = parsed.GetValue(target) is { } name ? Parse(name) : (null, null);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                if (automatic is { } chosen)
                    await ViewPolicy.SetAsync(session.Ledger, chosen, shell.CancellationToken);
                var changed =
                    wanted is { } mode
                    && await ProgressDisplay.ShowAsync(
                        shell,
                        "converting the views",
                        progress =>
                            new ViewConverter(session.Ledger).ConvertAsync(mode, ViewUpkeep.Relay(progress), shell.CancellationToken)
                    );
                var now = await ViewModeState.ReadAsync(session.Ledger, shell.CancellationToken);
                var policy = await ViewPolicy.ReadAsync(session.Ledger, shell.CancellationToken);
                shell.Answer(
                    new
                    {
                        mode = now.Name,
                        automatic = policy.IsAutomatic,
                        state = now.State,
                        changed,
                        step = policy.Last is { } last
                            ? new
                            {
                                decision = last.Decision.ToString().ToLowerInvariant(),
                                reason = last.Reason,
                                decided_at = last.DecidedAt,
                            }
                            : null,
                    },
                    console =>
                    {
                        console.Say(
                            changed ? $"The views are now kept in mode {now.Name}."
                            : policy.IsAutomatic ? $"The views are kept in mode auto, at present {now.Name}."
                            : $"The views are kept in mode {now.Name}."
                        );
                        if (policy.Last is { } step)
                            console.Say(
                                $"{step.DecidedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: {ViewUpkeep.Words(step)}"
                            );
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

    // Whether the ledger is to choose from now on, and the mode that is asked for.
    private static (bool? Automatic, ViewMode? Mode) Parse(string name) =>
        name.ToLowerInvariant() switch
        {
            ViewPolicy.Automatic => (true, null),
            "refresh" => (false, ViewMode.Refresh),
            "incremental" => (false, ViewMode.Incremental),
            _ => throw LedgerException.Invalid("MODE", $"there is no mode '{name}'", "The modes are auto, refresh and incremental."),
        };
}
