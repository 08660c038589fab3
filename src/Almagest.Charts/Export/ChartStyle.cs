using System.Text.RegularExpressions;
using System.Xml.Linq;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Export;

/// <summary>The rules of a chart's own style sheet (<see cref="SvgCanvas"/>), and nothing more of CSS: selectors of an element's name and
/// classes, with classes of what is around it.</summary>
internal sealed partial class ChartStyle
{
    private sealed record Rule(string[][] Selector, Dictionary<string, string> Values, int Weight);

    private readonly List<Rule> _rules = [];

    public ChartStyle(string css)
    {
        foreach (Match block in Block().Matches(css))
        {
            var values = block
                .Groups[2]
                .Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(v => v.Split(':', 2))
                .ToDictionary(v => v[0].Trim(), v => v[1].Trim());
            foreach (var selector in block.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            {
                // Each part as its words: text.dark is "text", ".dark".
                var parts = selector
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(p => Word().Matches(p).Select(m => m.Value).ToArray())
                    .ToArray();
                _rules.Add(new Rule(parts, values, parts.Sum(p => p.Sum(w => w.StartsWith('.') ? 10 : 1))));
            }
        }
        // Stable: of equal weight the later one wins.
        _rules = [.. _rules.OrderBy(r => r.Weight)];
    }

    /// <summary>A property of an element: its own style, the style sheet, its attribute; null where none says it.</summary>
    public string? Of(XElement element, string property)
    {
        if (element.Attribute("style")?.Value is { } own)
        {
            foreach (var part in own.Split(';'))
            {
                if (part.Split(':', 2) is [var name, var value] && name.Trim() == property)
                    return value.Trim();
            }
        }
        string? found = null;
        foreach (var rule in _rules)
        {
            if (rule.Values.TryGetValue(property, out var value) && Fits(element, rule.Selector))
                found = value;
        }
        return found ?? element.Attribute(property)?.Value;
    }

    private static bool Fits(XElement element, string[][] selector)
    {
        if (!Is(element, selector[^1]))
            return false;
        var around = element.Parent;
        for (var i = selector.Length - 2; i >= 0; i--)
        {
            while (around is not null && !Is(around, selector[i]))
                around = around.Parent;
            if (around is null)
                return false;
            around = around.Parent;
        }
        return true;
    }

    private static bool Is(XElement element, string[] words)
    {
        var classes = (element.Attribute("class")?.Value ?? "").Split(' ');
        return words.All(w => w[0] == '.' ? classes.Contains(w[1..]) : element.Name.LocalName == w);
    }

    [GeneratedRegex(@"([^{}]+)\{([^}]*)\}")]
    private static partial Regex Block();

    [GeneratedRegex(@"\.?[\w-]+")]
    private static partial Regex Word();
}
