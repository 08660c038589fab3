using Spectre.Console;

namespace Almagest.Cli.Shell;

/// <summary>Where a command writes: its answer to standard output, all else to standard error.</summary>
internal sealed class CommandShell
{
    readonly TextWriter stdout;
    readonly TextWriter stderr;
    readonly Lazy<IAnsiConsole> screen;
    readonly Lazy<IAnsiConsole> messages;

    public CommandShell(TextWriter stdout, TextWriter stderr, TerminalFacts terminal, bool json, CancellationToken cancellation)
    {
        this.stdout = stdout;
        this.stderr = stderr;
        Terminal = terminal;
        Json = json;
        Cancellation = cancellation;
        screen = new(() => Consoles.Create(stdout, terminal.OutIsTerminal, terminal));
        messages = new(() => Consoles.Create(stderr, terminal.ErrorIsTerminal, terminal));
    }

    public TerminalFacts Terminal { get; }

    /// <summary>The answer is to be one JSON document.</summary>
    public bool Json { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Standard output, for tables.</summary>
    public IAnsiConsole Screen => screen.Value;

    /// <summary>Standard error, for progress.</summary>
    public IAnsiConsole Messages => messages.Value;

    /// <summary>Raw standard output, for commands whose answer is a file.</summary>
    public TextWriter Output => stdout;

    /// <summary>The command's answer: a document for machines, or what <paramref name="show"/> draws for people.</summary>
    public void Answer(object document, Action<IAnsiConsole> show)
    {
        if (Json) stdout.WriteLine(JsonText.Of(document));
        else show(Screen);
        stdout.Flush();
    }

    /// <summary>A message beside the answer, one line.</summary>
    public void Say(string sentence) => Line(sentence, "2");

    /// <summary>A line of an error.</summary>
    public void Complain(string label, string sentence, string style) =>
        stderr.WriteLine(Terminal is { ErrorIsTerminal: true, Colour: true } ? $"\e[{style}m{label}\e[0m {sentence}" : $"{label} {sentence}");

    void Line(string sentence, string style) =>
        stderr.WriteLine(Terminal is { ErrorIsTerminal: true, Colour: true } ? $"\e[{style}m{sentence}\e[0m" : sentence);

    public void Write(object document) => stdout.WriteLine(JsonText.Of(document));
}
