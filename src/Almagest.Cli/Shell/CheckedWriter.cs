using System.Text;

namespace Almagest.Cli.Shell;

/// <summary>A standard stream of the process, with trouble in words, or, where <paramref name="trouble"/> answers null, without.</summary>
/// <param name="inner">what is written to</param>
/// <param name="trouble">makes what is thrown of what went wrong</param>
internal sealed class CheckedWriter(TextWriter inner, Func<Exception, Exception?> trouble) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>For answers: a full disk or a closed stream ends the command. A reader that has gone, as <c>head</c> does, is no trouble
    /// to .NET.</summary>
    public static CheckedWriter ForAnswers(TextWriter inner) =>
        new(
            inner,
            e =>
                e is UnauthorizedAccessException
                    ? new CommandFailedException("standard output is closed", "Give the command one, such as > FILE.", e)
                    : OutputFile.Failure("standard output", e)
        );

    /// <summary>For messages: what cannot be said stops no command.</summary>
    public static CheckedWriter ForMessages(TextWriter inner) => new(inner, _ => null);

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (trouble(e) is { } told)
                throw told;
        }
    }
}
