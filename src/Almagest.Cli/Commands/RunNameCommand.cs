using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs name</c>: calls a run something.</summary>
internal static class RunNameCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var name = new Argument<string?>("NAME")
        {
            Description = "At most 200 characters; '' = nothing; left out: print it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DescribedCommand(
            "name",
            "Call a run something, as lists, pages and exports then do",
            "almagest runs name 1f0c2a9e 'Hyades, paper 2'",
            "almagest runs name 1f0c2a9e ''"
        )
        {
            id,
            name,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = new RunRepository(session.Ledger);
                var run = await runs.FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                if (parsed.GetValue(name) is { } wanted)
                    run = await runs.NameAsync(run.RunId, wanted, shell.CancellationToken);
                shell.Answer(
                    await RunResources.ReadAsync(session.Ledger, run, shell.CancellationToken),
                    console =>
                        console.Say(
                            run.Name is { } called
                                ? $"{ConsoleText.Short(run.RunId)} is called: {called}"
                                : $"{ConsoleText.Short(run.RunId)} has no name."
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
