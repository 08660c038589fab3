using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Almagest.Sky;

/// <summary>A position as people write it: decimal or sexagesimal, with colons, spaces or letters between, or as the name of a source that
/// holds it (J034728.2+240617).</summary>
public static partial class PositionText
{
    private const string Number = @"(\d+(?:\.\d*)?|\.\d+)";

    [GeneratedRegex(
        $@"^([+-])?\s*{Number}\s*([hd:])?\s*(?:(?<=[\shd:]){Number}\s*([m:])?\s*(?:(?<=[\sm:]){Number}\s*(s)?)?)?$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Angle { get; }

    [GeneratedRegex(
        @"^(?:.*[\s_])?j(\d{2})(\d{2})(\d{2})(?:\.?(\d+))?([+-])(\d{2})(\d{2})(\d{2})(?:\.?(\d+))?$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Designation { get; }

    // What names the numbers, or their system, which is taken to be ICRS.
    [GeneratedRegex(@"\b(icrs|fk5|j2000(\.0)?|right ascension|declination|ra)\b\s*[=:]?|α\s*=?", RegexOptions.CultureInvariant)]
    private static partial Regex Names { get; }

    [GeneratedRegex(@"[,;|]|\b(?:dec|de)\b\s*[=:]?|δ\s*=?", RegexOptions.CultureInvariant)]
    private static partial Regex Between { get; }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks { get; }

    /// <summary>ICRS, degrees; null where the text is not a position on the sky.</summary>
    /// <remarks>A right ascension of several parts is in hours, unless it is written with degrees; a single number is in degrees.</remarks>
    public static (double RaDeg, double DecDeg)? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 100)
            return null;
        var plain = Blanks.Replace(Plain(text.Trim().ToLowerInvariant()), " ").Trim();
        if (Designation.Match(plain) is { Success: true } named)
            return OfDesignation(named);
        plain = Blanks.Replace(Names.Replace(plain, " "), " ").Trim();
        var (first, second) = Halves(plain);
        if (first is null || second is null)
            return null;
        return Degrees(first, isRa: true) is { } ra && Degrees(second, isRa: false) is { } dec ? OnSky(ra, dec) : null;
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            plain.Append(
                c switch
                {
                    '−' or '–' or '‐' or '‑' => '-',
                    '°' or 'º' or 'ᵈ' => 'd',
                    '′' or '’' or '\'' or 'ᵐ' => 'm',
                    '″' or '”' or '"' or 'ˢ' => 's',
                    'ʰ' => 'h',
                    _ => c,
                }
            );
        // Two apostrophes are seconds; "deg", "hours" and "min" are their first letters.
        return plain
            .ToString()
            .Replace("mm", "s", StringComparison.Ordinal)
            .Replace("_deg", "", StringComparison.Ordinal)
            .Replace("degrees", "d", StringComparison.Ordinal)
            .Replace("deg", "d", StringComparison.Ordinal)
            .Replace("hours", "h", StringComparison.Ordinal)
            .Replace("min", "m", StringComparison.Ordinal)
            .Replace("sec", "s", StringComparison.Ordinal);
    }

    private static (string? First, string? Second) Halves(string text)
    {
        var marks = Between.Matches(text);
        if (marks.Count > 0)
        {
            // "56.75, dec 24.1" has two marks, with nothing between them.
            if (marks.Count > 2 || marks.Count == 2 && text[(marks[0].Index + marks[0].Length)..marks[1].Index].Trim().Length > 0)
                return (null, null);
            return (text[..marks[0].Index].Trim(), text[(marks[^1].Index + marks[^1].Length)..].Trim());
        }
        var sign = text.LastIndexOfAny(['+', '-']);
        if (sign > 0)
            return (text[..sign].Trim(), text[sign..].Trim());
        var parts = text.Split(' ');
        if (parts.Length % 2 != 0)
            return (null, null);
        return (string.Join(' ', parts[..(parts.Length / 2)]), string.Join(' ', parts[(parts.Length / 2)..]));
    }

    private static double? Degrees(string text, bool isRa)
    {
        if (Angle.Match(text) is not { Success: true } m)
            return null;
        var parts = new[] { m.Groups[2], m.Groups[4], m.Groups[6] }.Where(g => g.Success).Select(g => g.Value).ToList();
        var unit = m.Groups[3].Value;
        if (unit == "h" && !isRa)
            return null;
        // Only the last part has decimals.
        if (parts.SkipLast(1).Any(p => p.Contains('.', StringComparison.Ordinal)))
            return null;
        var numbers = parts.ConvertAll(p => double.Parse(p, CultureInfo.InvariantCulture));
        if (numbers.Skip(1).Any(n => n >= 60))
            return null;
        var value = numbers.Select((n, i) => n / Math.Pow(60, i)).Sum();
        if (isRa && (unit == "h" || numbers.Count > 1 && unit != "d"))
        {
            if (value >= 24)
                return null;
            value *= 15;
        }
        return m.Groups[1].Value == "-" ? -value : value;
    }

    private static (double, double)? OfDesignation(Match m)
    {
        double Part(int whole, int decimals) =>
            double.Parse(
                m.Groups[decimals].Success ? $"{m.Groups[whole].Value}.{m.Groups[decimals].Value}" : m.Groups[whole].Value,
                CultureInfo.InvariantCulture
            );
        double Whole(int group) => double.Parse(m.Groups[group].Value, CultureInfo.InvariantCulture);
        if (Whole(1) >= 24 || Whole(2) >= 60 || Part(3, 4) >= 60 || Whole(7) >= 60 || Part(8, 9) >= 60)
            return null;
        var dec = Whole(6) + Whole(7) / 60 + Part(8, 9) / 3600;
        return OnSky(15 * (Whole(1) + Whole(2) / 60 + Part(3, 4) / 3600), m.Groups[5].Value == "-" ? -dec : dec);
    }

    private static (double, double)? OnSky(double ra, double dec) => ra is >= 0 and < 360 && dec is >= -90 and <= 90 ? (ra, dec) : null;
}
