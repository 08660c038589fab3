using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Ledger.Views;

namespace Almagest.Cli.Commands;

/// <summary><c>analytics</c>: a command for each view that has one.</summary>
internal static class AnalyticsCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var views = AnalyticsViews.All.Where(v => v.Command is not null).ToList();
        var command = new DescribedCommand(
            "analytics",
            "Questions across runs: which parameters, which parts of the sky, how well, how stable",
            [.. views.SelectMany(v => v.Command!.Examples)]
        );
        foreach (var view in views)
            command.Add(view.Accept(new ViewCommandBuilder(shell, global)));
        return command;
    }
}
