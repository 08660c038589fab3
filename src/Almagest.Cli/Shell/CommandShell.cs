using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Almagest.Cli.Shell;

/// <summary>Where a command writes: its answer to standard output, all else to standard error.</summary>
internal sealed class CommandShell
{
    private readonly TextWriter _stdout;
    private readonly TextWriter _stderr;
    private readonly Lazy<IAnsiConsole> _screen;
    private readonly Lazy<IAnsiConsole> _messages;
    private readonly Dictionary<Type, object> _provided = [];

    public CommandShell(TextWriter stdout, TextWriter stderr, TerminalInfo terminal, bool json, CancellationToken cancellationToken)
    {
        _stdout = stdout;
        _stderr = stderr;
        Terminal = terminal;
        Json = json;
        CancellationToken = cancellationToken;
        _screen = new(() => ConsoleFactory.Create(stdout, terminal.OutIsTerminal, terminal));
        _messages = new(() => ConsoleFactory.Create(stderr, terminal.ErrorIsTerminal, terminal));
    }

    public TerminalInfo Terminal { get; }

    /// <summary>The answer is to be one JSON document.</summary>
    public bool Json { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Where an option, or a field as errors name it, comes from that nobody wrote; null of others.</summary>
    public Func<string?, string?> OriginOf { get; set; } = _ => null;

    /// <summary>Gives commands something that they ask for by its type.</summary>
    public void Provide<T>(T what)
        where T : class => _provided[typeof(T)] = what;

    /// <exception cref="InvalidOperationException">nobody has provided it</exception>
    public T Get<T>()
        where T : class =>
        _provided.TryGetValue(typeof(T), out var what) ? (T)what : throw new InvalidOperationException($"there is no {typeof(T).Name}");

    /// <summary>Standard output, for tables.</summary>
    public IAnsiConsole Screen => _screen.Value;

    /// <summary>Standard error, for progress.</summary>
    public IAnsiConsole Messages => _messages.Value;

    /// <summary>Raw standard output, for commands whose answer is a file.</summary>
    public TextWriter Output => _stdout;

    /// <summary>The command's answer: a document for machines, or what <paramref name="show"/> draws for people.</summary>
    public void Answer(object document, Action<IAnsiConsole> show) => Answer(() => document, show);

    /// <summary>The same of a document that is made only where it is asked for.</summary>
    public void Answer(Func<object> document, Action<IAnsiConsole> show)
    {
        if (Json)
            _stdout.WriteLine(JsonText.Of(document()));
        else
            show(Screen);
        _stdout.Flush();
    }

    /// <summary>A message beside the answer, one line.</summary>
    public void Say(string sentence) => Line(sentence, "2");

    /// <summary>Asks a person at the terminal; no is what stands where nothing is answered.</summary>
    public bool Ask(string question) => Messages.Prompt(new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = false });

    /// <summary>Set where standard error is a log that programs read: every line of it is a JSON object, in the form of the server's
    /// own.</summary>
    public bool LogsJson { get; set; }

    /// <summary>A line of an error.</summary>
    public void WriteError(string label, string sentence, string style)
    {
        sentence = VisibleText.Of(sentence);
        if (LogsJson)
            WriteLog(label.StartsWith("error", StringComparison.Ordinal) ? "Error" : "Warning", sentence);
        else
            _stderr.WriteLine(
                Terminal is { ErrorIsTerminal: true, Colour: true } ? $"\e[{style}m{label}\e[0m {sentence}" : $"{label} {sentence}"
            );
    }

    private void Line(string sentence, string style)
    {
        sentence = VisibleText.Of(sentence);
        if (!LogsJson)
            _stderr.WriteLine(Terminal is { ErrorIsTerminal: true, Colour: true } ? $"\e[{style}m{sentence}\e[0m" : sentence);
        else if (sentence.Length > 0)
            WriteLog("Information", sentence);
    }

    private void WriteLog(string level, string message) =>
        _stderr.WriteLine(
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["Timestamp"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                    ["LogLevel"] = level,
                    ["Category"] = "Almagest",
                    ["Message"] = message,
                }
            )
        );

    public void Write(object document) => _stdout.WriteLine(JsonText.Of(document));
}
