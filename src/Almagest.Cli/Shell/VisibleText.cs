using System.Buffers;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Almagest.Cli.Shell;

/// <summary>
/// Text of others for a screen. Notes, labels and the columns of files are written by anybody: a terminal obeys the control characters in
/// them, which hide lines, name windows and type answers. Here they are seen and do nothing. JSON and tables in files keep them.
/// </summary>
internal static class VisibleText
{
    private const char Delete = '\x7f';

    // Line ends and tabs are layout. The last two ranges turn the direction of all that follows: 'fdp.exe' is read as 'exe.pdf'.
    private static readonly SearchValues<char> s_unseen = SearchValues.Create([
        .. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\n' or '\t')),
        .. Enumerable.Range(0x202a, 5).Select(c => (char)c),
        .. Enumerable.Range(0x2066, 4).Select(c => (char)c),
    ]);

    /// <summary>The text with a picture for each control character.</summary>
    public static string Of(string text) =>
        text.AsSpan().ContainsAny(s_unseen) ? string.Create(text.Length, text, static (shown, from) => Fill(shown, from)) : text;

    /// <summary>Has a console show all that is written to it in this way.</summary>
    public static void Attach(IAnsiConsole console) => console.Pipeline.Attach(new Hook());

    private static void Fill(Span<char> shown, string from)
    {
        for (var i = 0; i < from.Length; i++)
            shown[i] = s_unseen.Contains(from[i]) ? Picture(from[i]) : from[i];
    }

    private static char Picture(char c) =>
        c switch
        {
            < ' ' => (char)('\u2400' + c),
            Delete => '\u2421',
            _ => '\uFFFD',
        };

    private sealed class Hook : IRenderHook
    {
        public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
            renderables.Select(r => new Shown(r));
    }

    private sealed class Shown(IRenderable inner) : Renderable
    {
        protected override Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        // What moves the cursor is the console's own.
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner
                .Render(options, maxWidth)
                .Select(s =>
                    s.IsControlCode || s.IsLineBreak || !s.Text.AsSpan().ContainsAny(s_unseen) ? s : new Segment(Of(s.Text), s.Style)
                );
    }
}
