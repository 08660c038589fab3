using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Almagest.Catalog.TextInput;

/// <summary>How the text of one cell is understood, whatever its column.</summary>
internal static class Cell
{
    /// <summary>Exact powers of ten: a decimal of up to 15 digits times or over one of these is rounded once, hence correctly (Clinger
    /// 1990).</summary>
    private static readonly double[] s_powersOfTen =
    [
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
        1e16,
        1e17,
        1e18,
        1e19,
        1e20,
        1e21,
        1e22,
    ];

    /// <summary>True for the marks of a missing value in any column: nothing, <c>null</c>, <c>NaN</c>, <c>--</c>, <c>N/A</c>.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> text) =>
        text.Length switch
        {
            0 => true,
            2 => text.SequenceEqual("--"u8),
            3 => (text[0] | 0x20) == 'n' && (Ascii.EqualsIgnoreCase(text, "nan"u8) || Ascii.EqualsIgnoreCase(text, "n/a"u8)),
            4 => (text[0] | 0x20) == 'n' && Ascii.EqualsIgnoreCase(text, "null"u8),
            _ => false,
        };

    /// <summary>Further marks, which could be words in a column of text but not numbers in a column of numbers.</summary>
    public static bool IsMissingNumber(ReadOnlySpan<byte> text) =>
        text.Length switch
        {
            1 => text[0] is (byte)'-' or (byte)'*' or (byte)'?' or (byte)'.',
            2 => text.SequenceEqual("NA"u8) || text.SequenceEqual("\\N"u8),
            3 => text.SequenceEqual("---"u8) || text.SequenceEqual("..."u8),
            4 => text.SequenceEqual("None"u8) || text.SequenceEqual("<NA>"u8) || text.SequenceEqual("-nan"u8),
            6 => text.SequenceEqual("masked"u8),
            _ => false,
        };

    /// <summary>A whole number that its text could be restored from: no leading zeros, within 64 bits.</summary>
    public static bool TryInt64(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative || (text.Length > 0 && text[0] == '+') ? text[1..] : text;
        if (digits.Length is 0 or > 19 || (digits.Length > 1 && digits[0] == '0'))
            return false;
        ulong sum = 0;
        foreach (var b in digits)
        {
            var digit = (uint)(b - '0');
            if (digit > 9)
                return false;
            sum = sum * 10 + digit;
        }
        if (sum > long.MaxValue + (negative ? 1UL : 0UL))
            return false;
        value = negative ? (long)(0 - sum) : (long)sum;
        return sum != 0 || !negative;
    }

    /// <summary>
    /// The nearest double, where the text means a number and no more than that. False also for what looks like an identifier: whole numbers
    /// beyond 2^53, of which a double does not hold all (one that it holds is as good an identifier as its neighbours), and those with
    /// leading zeros.
    /// </summary>
    public static bool TryPlainDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (!TryDouble(text, out value))
            return false;
        var sign = text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var padded = text.Length > sign + 1 && text[sign] == '0' && (uint)(text[sign + 1] - '0') <= 9;
        if (!padded && Math.Abs(value) <= 9007199254740992)
            return true;
        return text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 || double.IsInfinity(value);
    }

    /// <summary>The nearest double. False for words and for decimals beyond the range of a double; infinities must be written as
    /// such.</summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (TryShortDecimal(text, out value))
            return true;
        if (text.Length == 0 || text.Length > 400)
            return false;
        var first = text[0];
        var second = text.Length > 1 ? text[1] : (byte)0;
        // The parser of .NET would also take currency-like and blank-padded forms that no catalogue writes on purpose.
        if (first is not ((byte)'-' or (byte)'+' or (byte)'.') && (uint)(first - '0') > 9)
            return first == 0xe2 ? TryOdd(text, out value) : IsInfinity(text, out value);
        if (first is (byte)'-' or (byte)'+' && second != '.' && (uint)(second - '0') > 9)
            return IsInfinity(text, out value);
        if (
            !double.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value
            )
        )
            return TryOdd(text, out value);
        return !double.IsInfinity(value);
    }

    /// <summary>The exponent of a double as Fortran writes it (<c>1.5D+02</c>), and the minus sign of typesetters (U+2212).</summary>
    private static bool TryOdd(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        if (text.Length > 40)
            return false;
        Span<byte> plain = stackalloc byte[text.Length];
        var length = 0;
        var (point, changed) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            point |= b == '.';
            if (b == 0xe2 && text[i..].StartsWith("\u2212"u8))
            {
                plain[length++] = (byte)'-';
                i += 2;
                changed = true;
            }
            // Without a point it is rather a name, such as 3D12.
            else if (b is (byte)'D' or (byte)'d' && point)
            {
                plain[length++] = (byte)'E';
                changed = true;
            }
            else
                plain[length++] = b;
        }
        return changed
            && length > 0
            && plain[0] is (byte)'-' or (byte)'+' or (byte)'.' or (>= (byte)'0' and <= (byte)'9')
            && double.TryParse(
                plain[..length],
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value
            )
            && double.IsFinite(value);
    }

    private static bool IsInfinity(ReadOnlySpan<byte> text, out double value)
    {
        value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        var word = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        return Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8);
    }

    private static bool TryShortDecimal(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var p = 0;
        var negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
            negative = text[p++] == '-';
        ulong mantissa = 0;
        int digits = 0,
            decimals = 0;
        var point = false;
        for (; p < text.Length; p++)
        {
            var digit = (uint)(text[p] - '0');
            if (digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
                if (++digits > 15)
                    return false;
                if (point)
                    decimals++;
            }
            else if (text[p] == '.' && !point)
                point = true;
            else
                return false;
        }
        if (digits == 0)
            return false;
        value = mantissa / s_powersOfTen[decimals];
        if (negative)
            value = -value;
        return true;
    }

    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.Length == 4 && Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || (text.Length == 5 && Ascii.EqualsIgnoreCase(text, "false"u8));
    }

    /// <summary>UTF-8, and where it is not valid UTF-8, Latin-1, which every sequence of bytes is. NUL, which no database text holds,
    /// becomes U+FFFD.</summary>
    public static string Text(ReadOnlySpan<byte> text)
    {
        var decoded = Ascii.IsValid(text) || Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);
        return decoded.Contains('\0') ? decoded.Replace('\0', '\uFFFD') : decoded;
    }

    /// <summary>Puts the text of a cell into its column's vector, as a misfit where it is not of the column's type.</summary>
    public static void Store(CatalogVector vector, int row, ReadOnlySpan<byte> text)
    {
        switch (vector)
        {
            case DoubleVector doubles:
                doubles.Values[row] = double.NaN;
                if (IsMissing(text))
                    return;
                if (TryPlainDouble(text, out var number))
                {
                    doubles.Values[row] = number;
                    return;
                }
                break;
            case Int64Vector integers:
                if (IsMissing(text))
                    return;
                if (TryInt64(text, out var whole))
                {
                    integers.Values[row] = whole;
                    integers.HasValue[row] = true;
                    return;
                }
                break;
            case BooleanVector booleans:
                if (IsMissing(text))
                    return;
                if (TryBoolean(text, out var truth))
                {
                    booleans.Values[row] = truth;
                    return;
                }
                break;
            case TextVector texts:
                if (!IsMissing(text))
                    texts.Values[row] = Text(text);
                return;
        }
        if (!IsMissingNumber(text))
            vector.AddMisfit(row, Text(text));
    }
}
