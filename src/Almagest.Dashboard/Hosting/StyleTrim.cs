using System.Text;
using System.Text.RegularExpressions;

namespace Almagest.Dashboard.Hosting;

/// <summary>
/// Of a style sheet the rules that pages can meet: those without a class, and those whose classes are all among the ones named. The frame's
/// sheet is for a hundred components, of which the pages use eight.
/// </summary>
internal static partial class StyleTrim
{
    [GeneratedRegex(@"\.(-?[_a-zA-Z][\w-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Class { get; }

    [GeneratedRegex(@"@(?:-webkit-)?keyframes\s+([\w-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Animation { get; }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comment { get; }

    /// <param name="css">without strings that hold braces, as minified sheets are</param>
    /// <param name="classes">beginnings of the names of classes that pages have</param>
    public static string Trim(string css, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(css);
        ArgumentNullException.ThrowIfNull(classes);
        var kept = new StringBuilder();
        Rules(Comment.Replace(css, ""), classes, kept);
        var text = kept.ToString();
        // An animation that nobody names any more.
        var animations = new StringBuilder();
        foreach (var (head, body) in Split(text))
            if (Animation.Match(head) is not { Success: true } m || Count(text, m.Groups[1].Value) > Definitions(text, m.Groups[1].Value))
                Write(animations, head, body);
        return animations.ToString();
    }

    private static void Rules(string css, IReadOnlyList<string> classes, StringBuilder kept)
    {
        foreach (var (head, body) in Split(css))
        {
            if (body is null || Animation.IsMatch(head) || head.StartsWith("@font-face", StringComparison.Ordinal))
                Write(kept, head, body);
            else if (head.StartsWith('@'))
            {
                var inner = new StringBuilder();
                Rules(body, classes, inner);
                if (inner.Length > 0)
                    Write(kept, head, inner.ToString());
            }
            else
            {
                var selectors = Selectors(head)
                    .Where(s => Class.Matches(s).All(m => classes.Any(c => m.Groups[1].Value.StartsWith(c, StringComparison.Ordinal))))
                    .ToList();
                if (selectors.Count > 0)
                    Write(kept, string.Join(',', selectors), body);
            }
        }
    }

    /// <summary>The rules of one level; a statement without a block has no body.</summary>
    private static IEnumerable<(string Head, string? Body)> Split(string css)
    {
        for (var at = 0; at < css.Length; )
        {
            var end = css.IndexOfAny(['{', ';'], at);
            if (end < 0)
                yield break;
            var head = css[at..end].Trim();
            if (css[end] == ';')
            {
                if (head.Length > 0)
                    yield return (head, null);
                at = end + 1;
                continue;
            }
            var depth = 1;
            var close = end + 1;
            for (; close < css.Length && depth > 0; close++)
                depth +=
                    css[close] == '{' ? 1
                    : css[close] == '}' ? -1
                    : 0;
            yield return (head, css[(end + 1)..(close - 1)]);
            at = close;
        }
    }

    // Commas inside :is(…) and :not(…) part nothing.
    private static IEnumerable<string> Selectors(string head)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < head.Length; i++)
        {
            depth +=
                head[i] is '(' or '[' ? 1
                : head[i] is ')' or ']' ? -1
                : 0;
            if (head[i] != ',' || depth > 0)
                continue;
            yield return head[start..i].Trim();
            start = i + 1;
        }
        yield return head[start..].Trim();
    }

    private static void Write(StringBuilder css, string head, string? body)
    {
        if (body is null)
            css.Append(head).Append(';');
        else
            css.Append(head).Append('{').Append(body).Append('}');
    }

    private static int Count(string text, string word) => Regex.Count(text, $@"(?<![\w-]){Regex.Escape(word)}(?![\w-])");

    private static int Definitions(string text, string name) => Regex.Count(text, $@"keyframes\s+{Regex.Escape(name)}(?![\w-])");
}
