using System.Text;
using Spectre.Console;

namespace Almagest.Cli.Shell;

/// <summary>Makes Spectre's consoles over our writers, without its own guesses about the environment.</summary>
internal static class ConsoleFactory
{
    public static IAnsiConsole Create(TextWriter writer, bool terminal, TerminalInfo facts)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = terminal && facts.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new Output(writer, terminal, facts.Width),
                // Profiles of build services would switch ANSI sequences on in log files.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        console.Profile.Capabilities.Unicode = true;
        VisibleText.Attach(console);
        return console;
    }

    private sealed class Output(TextWriter writer, bool terminal, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => terminal;

        public int Width => width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The writer's own encoding stands.
        }
    }
}
