using System.Buffers;
using System.Globalization;

namespace Almagest.Catalog.Mapping;

/// <summary>Angles and times written as <c>06 45 08.9</c>, <c>-16:42:58</c>, <c>6h45m8.9s</c>, <c>-16d42m58s</c>.</summary>
internal static class Sexagesimal
{
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789.");

    /// <summary>The value in its leading unit (hours or degrees). False where there are not two or three parts, or one is out of
    /// range.</summary>
    public static bool TryParse(string text, out double value)
    {
        value = 0;
        var rest = text.AsSpan().Trim();
        var negative = false;
        if (rest.Length > 0 && rest[0] is '-' or '+' or '−')
        {
            negative = rest[0] != '+';
            rest = rest[1..].TrimStart();
        }
        Span<double> parts = stackalloc double[3];
        var count = 0;
        while (rest.Length > 0 && count < 3)
        {
            var length = rest.IndexOfAnyExcept(s_numberCharacters);
            if (length < 0)
                length = rest.Length;
            if (
                length == 0
                || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out parts[count])
            )
                return false;
            // Only the last part may have decimals.
            var last = parts[count] != Math.Floor(parts[count]) || rest[..length].Contains('.');
            count++;
            rest = SkipSeparator(rest[length..]);
            if (last)
                break;
        }
        if (count < 2 || rest.Length > 0 || parts[1] > 60 || parts[2] > 60)
            return false;
        value = parts[0] + parts[1] / 60 + parts[2] / 3600;
        if (negative)
            value = -value;
        return true;
    }

    private static ReadOnlySpan<char> SkipSeparator(ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        if (rest.Length > 0 && rest[0] is ':' or 'h' or 'H' or 'd' or 'D' or '°' or 'm' or 'M' or '\'' or '′' or 's' or 'S' or '"' or '″')
            rest = rest[1..];
        return rest.TrimStart();
    }
}
