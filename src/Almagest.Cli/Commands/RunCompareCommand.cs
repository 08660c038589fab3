using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Runs;

namespace Almagest.Cli.Commands;

/// <summary><c>runs compare</c>: how far two runs agree.</summary>
internal static class RunCompareCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var (first, second) = (RunCommands.Id("A"), RunCommands.Id("B"));
        var top = Values.Whole("--top", "N", "How many of the common stars or matching clusters to print (default 10)", 0, 10_000);
        var command = new DescribedCommand("compare", "Compare two runs over the same dataset: what is common, what only one says, whether that may be chance",
            "almagest runs compare 1f0c2a9e 77ab03d1")
        {
            first, second, top,
        };
        command.SetAction(async (parsed, _) =>
        {
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            var runs = new RunRepository(session.Ledger);
            var a = await runs.FindAsync(parsed.GetRequiredValue(first), shell.Cancellation);
            var b = await runs.FindAsync(parsed.GetRequiredValue(second), shell.Cancellation);
            var agreement = await new RunAgreementReader(session.Ledger).ReadAsync(a, b, shell.Cancellation);
            var view = await ComparisonView.CreateAsync(session.Ledger, agreement, (int)(parsed.GetValue(top) ?? 10), shell.Cancellation);
            shell.Answer(view.Document, view.Show);
            return CommandLine.Done;
        });
        return command;
    }
}
