using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;

namespace Almagest.Cli.Sessions;

/// <summary>What a command that has changed the ledger does for its views, and says of it.</summary>
internal static class ViewUpkeep
{
    /// <param name="reason">of the refresh's record: run, load, label, restore</param>
    /// <param name="cancellationToken">what stopped the command need not stop this</param>
    public static async Task KeepAsync(CommandShell shell, LedgerDatabase ledger, string reason, CancellationToken cancellationToken)
    {
        var kept = await ProgressDisplay.ShowAsync(
            shell,
            "bringing the views up to date",
            progress =>
                new ViewKeeper(ledger) { MayConvert = !shell.CancellationToken.IsCancellationRequested }.KeepAsync(
                    reason,
                    Relay(progress),
                    cancellationToken
                )
        );
        Tell(shell, kept);
    }

    /// <summary>Tells a progress bar of a conversion.</summary>
    public static IProgress<ConversionProgress> Relay(IWorkProgress? progress) =>
        new SynchronousProgress<ConversionProgress>(p => progress?.Report(p.Stage, p.Total == 0 ? null : (double)p.Done / p.Total));

    /// <summary>Says what is out of the ordinary.</summary>
    public static void Tell(CommandShell shell, KeptViews? kept)
    {
        if (kept is { IsLeftToServer: true })
            shell.Say("The views follow: a running server brings them up to date (almagest views status).");
        if (kept?.Step is { } step)
            shell.Say(Words(step));
    }

    /// <summary>A step of mode auto in a sentence.</summary>
    public static string Words(AutomaticStep step) =>
        step.Decision switch
        {
            AutomaticDecision.Converted => $"The views are kept in mode incremental from now on: {step.Reason}.",
            AutomaticDecision.Advised =>
                $"{char.ToUpperInvariant(step.Reason[0])}{step.Reason[1..]}. To convert them all the same: almagest "
                    + "views mode incremental",
            _ => $"{char.ToUpperInvariant(step.Reason[0])}{step.Reason[1..]}.",
        };
}
