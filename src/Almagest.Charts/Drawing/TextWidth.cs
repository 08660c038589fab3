using System.Text.RegularExpressions;

namespace Almagest.Charts.Drawing;

/// <summary>How wide words are in a sans-serif face, near enough to keep them apart: a browser's font is not known here.</summary>
internal static partial class TextWidth
{
    /// <param name="text">with subscripts as <see cref="SvgCanvas.Text"/> takes them</param>
    public static double Of(string text, double size = 12)
    {
        ArgumentNullException.ThrowIfNull(text);
        var width = 0.0;
        foreach (var c in Plain(text))
            width += c switch
            {
                ' ' or '.' or ',' or ':' or ';' or '\'' or '|' or 'i' or 'j' or 'l' or '!' or '·' => 0.29,
                'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' => 0.36,
                'm' or 'w' or 'M' or 'W' or '%' or '@' or '—' => 0.88,
                >= 'A' and <= 'Z' => 0.69,
                '−' or '+' or '=' or '<' or '>' or '±' or '×' => 0.62,
                _ => 0.57,
            };
        return width * size;
    }

    /// <summary>Without the signs of subscripts.</summary>
    public static string Plain(string text) => Subscript().Replace(text, "$1");

    /// <summary>Broken into lines at spaces.</summary>
    public static IReadOnlyList<string> Lines(string text, double width, double size)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Of(longer, size) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
                line = longer;
            // A word that no line holds, such as a list of a hundred columns, is cut.
            while (Of(line, size) > width && line.Length > 8)
            {
                var fits = line.Length;
                while (fits > 8 && Of(line[..fits], size) > width)
                    fits--;
                lines.Add(line[..fits]);
                line = line[fits..];
            }
        }
        if (line.Length > 0)
            lines.Add(line);
        return lines;
    }

    [GeneratedRegex(@"_\{([^{}]*)\}")]
    public static partial Regex Subscript();
}
