using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Almagest.Dashboard.Shared;

/// <summary>
/// Notes as people write them: paragraphs, lists, headings, quotes, code, emphasis and links of Markdown. Every character of a note is
/// written as text; tags come from here alone, and links lead to addresses of the web or of these pages.
/// </summary>
internal static partial class Markdown
{
    [GeneratedRegex(@"^(#{1,6})\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"^\s{0,3}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Item { get; }

    [GeneratedRegex(@"^(?:#{1,6}|[>*+-]|\d{1,9}[.)]|```)(?:\s+|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Mark { get; }

    // Code, links, bare addresses, strong, emphasis: whatever comes first. What is strong has an end within reach: looked for to the
    // end of a line from each of thousands of marks, it would take a page seconds.
    [GeneratedRegex(
        @"`([^`]+)`|\[([^\[\]]*)\]\(([^()\s]+)\)|(https?://[^\s<>""'()\[\]]+[^\s<>""'()\[\].,;:!?])|\*\*(?=\S)(.{1,1000}?)(?<=\S)\*\*"
            + @"|(?<![\w*])[*](?=\S)([^*]+?)(?<=\S)[*](?![\w*])|(?<![\w_])_(?=\S)([^_]+?)(?<=\S)_(?![\w_])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Inline { get; }

    /// <summary>HTML of a note.</summary>
    public static string ToHtml(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var html = new StringBuilder();
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        for (var i = 0; i < lines.Length; )
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                i++;
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, l => l.StartsWith("```", StringComparison.Ordinal));
                if (end < 0)
                    end = lines.Length;
                html.Append("<pre>").Append(Encoded(string.Join('\n', lines[(i + 1)..end]))).Append("</pre>");
                i = end + 1;
            }
            else if (Heading.Match(lines[i]) is { Success: true } heading)
            {
                // The page has headings of its own; those of a note are below them.
                html.Append("<p><strong>").Append(Line(heading.Groups[2].Value)).Append("</strong></p>");
                i++;
            }
            else if (lines[i].StartsWith('>'))
                i = Block(lines, i, l => l.StartsWith('>'), l => l[1..].TrimStart(), "blockquote", html);
            else if (Item.Match(lines[i]) is { Success: true } first)
                i = List(lines, i, first.Groups[1].Success, html);
            else
                i = Block(lines, i, l => !IsOther(l), l => l, "p", html);
        }
        return html.ToString();
    }

    /// <summary>The first line without its marks, for lists.</summary>
    public static string Gist(string text, int most = 80)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.Split('\n').Select(l => Mark.Replace(l.Trim(), "")).FirstOrDefault(l => l.Length > 0) ?? "";
        // What is not shown need not be understood.
        line = Inline.Replace(line[..Math.Min(line.Length, 4 * most)], m => m.Groups.Values.Skip(1).First(g => g.Success).Value);
        return line.Length <= most ? line : line[..most].TrimEnd() + "…";
    }

    private static bool IsOther(string line) =>
        string.IsNullOrWhiteSpace(line)
        || line.StartsWith('>')
        || line.StartsWith("```", StringComparison.Ordinal)
        || Heading.IsMatch(line)
        || Item.IsMatch(line);

    private static int Block(
        string[] lines,
        int i,
        Func<string, bool> belongs,
        Func<string, string> content,
        string tag,
        StringBuilder html
    )
    {
        html.Append('<').Append(tag).Append('>');
        for (var first = true; i < lines.Length && belongs(lines[i]); i++, first = false)
            html.Append(first ? "" : "<br>").Append(Line(content(lines[i])));
        html.Append("</").Append(tag).Append('>');
        return i;
    }

    private static int List(string[] lines, int i, bool numbered, StringBuilder html)
    {
        html.Append(numbered ? "<ol" : "<ul");
        if (numbered && Item.Match(lines[i]).Groups[1].Value is { } from && int.TryParse(from, out var start) && start != 1)
            html.Append(CultureInfo.InvariantCulture, $" start=\"{start}\"");
        html.Append('>');
        for (; i < lines.Length && Item.Match(lines[i]) is { Success: true } item && item.Groups[1].Success == numbered; i++)
            html.Append("<li>").Append(Line(item.Groups[2].Value)).Append("</li>");
        html.Append(numbered ? "</ol>" : "</ul>");
        return i;
    }

    private static string Line(string text, int depth = 0)
    {
        // Nested marks end somewhere.
        if (depth > 5)
            return Encoded(text);
        var html = new StringBuilder();
        var at = 0;
        foreach (Match m in Inline.Matches(text))
        {
            html.Append(Encoded(text[at..m.Index]));
            at = m.Index + m.Length;
            if (m.Groups[1].Success)
                html.Append("<code>").Append(Encoded(m.Groups[1].Value)).Append("</code>");
            else if (m.Groups[3].Success)
                html.Append(IsSafe(m.Groups[3].Value) ? Link(m.Groups[3].Value, Line(m.Groups[2].Value, depth + 1)) : Encoded(m.Value));
            else if (m.Groups[4].Success)
                html.Append(Link(m.Groups[4].Value, Encoded(m.Groups[4].Value)));
            else if (m.Groups[5].Success)
                html.Append("<strong>").Append(Line(m.Groups[5].Value, depth + 1)).Append("</strong>");
            else
                html.Append("<em>").Append(Line(m.Groups[6].Success ? m.Groups[6].Value : m.Groups[7].Value, depth + 1)).Append("</em>");
        }
        return html.Append(Encoded(text[at..])).ToString();
    }

    private static string Link(string address, string text) =>
        $"<a href=\"{Encoded(address)}\"{(IsOfTheWeb(address) ? " target=\"_blank\" rel=\"noreferrer noopener\"" : "")}>{text}</a>";

    private static bool IsOfTheWeb(string address) =>
        address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    // Addresses of these pages are words, without a scheme: neither javascript: nor data: nor //elsewhere.
    private static bool IsSafe(string address) =>
        IsOfTheWeb(address)
        || address.Length > 0
            && char.IsAsciiLetter(address[0])
            && !address.Any(c => c is ':' or '\\' || char.IsControl(c))
            && !address.Contains("//", StringComparison.Ordinal);

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
