using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Almagest.Cli.Shell;

/// <summary>Help of our width, with examples after the options, and a version without a build number.</summary>
internal static class HelpPages
{
    // Longer lines are hard to read, however wide the window.
    private const int MaxWidth = 110;

    public static void Attach(RootCommand root, CommandShell shell)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption)
            {
                // One column is left free: some terminals break a line that fills them.
                option.Action = new HelpWithExamples(Math.Min(MaxWidth, shell.Terminal.TextWidth) - 1);
                root.SetAction(parsed => option.Action is SynchronousCommandLineAction action ? action.Invoke(parsed) : ExitCodes.Done);
            }
            if (option is VersionOption)
                option.Action = new Version(shell);
        }
    }

    /// <summary>Whether what is to be done is to show help or the version, whatever else stands on the line.</summary>
    public static bool IsShown(CommandLineAction? action) => action is HelpWithExamples or Version;

    private sealed class HelpWithExamples(int width) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var command = parseResult.CommandResult.Command;
            var output = parseResult.InvocationConfiguration.Output;
            output.Write(HelpText.Of(command, width));
            if (command is DescribedCommand { Examples.Count: > 0 } described)
            {
                output.WriteLine("Examples:");
                foreach (var example in described.Examples)
                    output.WriteLine($"  {example}");
                output.WriteLine();
            }
            if (command is RootCommand)
            {
                output.WriteLine(
                    """
                    Start here:
                      almagest demo                       a simulated sky, several runs, what they found; then serves it
                      almagest ingest FILE                load your own catalogue
                      almagest COMMAND --help             the options of a command, with examples

                    Environment:
                      ALMAGEST_DATABASE  the database, where --database is not given
                      ALMAGEST_HOME      home of the embedded PostgreSQL (default ~/.local/share/almagest)
                      ALMAGEST_DEBUG=1   details of unexpected problems
                      NO_COLOR           no colours

                    Exit codes: 0 done, 1 failed, 2 not understood, 130 ended by Ctrl-C.
                    """
                );
            }
            return ExitCodes.Done;
        }
    }

    private sealed class Version(CommandShell shell) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(HelpPages).Assembly.GetName().Version?.ToString(3) ?? "0";
            if (shell.Json)
                shell.Write(new { version });
            else
                parseResult.InvocationConfiguration.Output.WriteLine($"almagest {version}");
            return ExitCodes.Done;
        }
    }
}

/// <summary>A command with examples on its help page.</summary>
internal sealed class DescribedCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}
