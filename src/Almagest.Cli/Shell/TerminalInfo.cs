using System.Globalization;

namespace Almagest.Cli.Shell;

/// <summary>What the output leads to.</summary>
/// <param name="OutIsTerminal">standard output is a terminal that understands ANSI sequences</param>
/// <param name="ErrorIsTerminal">standard error is; progress bars are shown only then</param>
/// <param name="Width">columns to fill</param>
/// <param name="Colour">false where <c>NO_COLOR</c> is set</param>
internal sealed record TerminalInfo(bool OutIsTerminal, bool ErrorIsTerminal, int Width, bool Colour)
{
    // A pipe has no width: wide enough that no row of ours is wrapped, and grep finds whole rows.
    private const int PipeWidth = 160;
    private const int TextPipeWidth = 100;

    /// <summary>Whether somebody is there to answer a question.</summary>
    public bool CanAsk => ErrorIsTerminal && !Console.IsInputRedirected;

    /// <summary>What COLUMNS says; null where it says nothing.</summary>
    public int? AskedWidth { get; init; }

    /// <summary>Columns for running text, through a pipe as well.</summary>
    public int TextWidth => OutIsTerminal ? Width : AskedWidth ?? TextPipeWidth;

    /// <summary>Pipes or files.</summary>
    public static TerminalInfo None { get; } = new(false, false, PipeWidth, false);

    public static TerminalInfo OfThisProcess()
    {
        var ansi = Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        var stdout = ansi && !Console.IsOutputRedirected;
        var stderr = ansi && !Console.IsErrorRedirected;
        return new TerminalInfo(
            stdout,
            stderr,
            WidthOf(stdout || stderr),
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        )
        {
            AskedWidth = Asked(),
        };
    }

    private static int? Asked() =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
        && asked >= 40
            ? asked
            : null;

    private static int WidthOf(bool terminal)
    {
        if (Asked() is { } asked)
            return asked;
        if (!terminal)
            return PipeWidth;
        try
        {
            return Console.WindowWidth is var width and >= 40 ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
