using System.Globalization;

namespace Almagest.Adql.Units;

/// <summary>A unit of measurement: how many of the basic units it is, and of which.</summary>
/// <param name="Scale">one of it in basic units: radians, seconds, metres, kilograms …</param>
/// <param name="Powers">of the basic units, by their symbol; none is 0</param>
internal sealed record Unit(double Scale, IReadOnlyDictionary<string, double> Powers)
{
    /// <summary>Of pure numbers.</summary>
    public static Unit One { get; } = new(1, new Dictionary<string, double>());

    /// <summary>As it was written; null where it was computed.</summary>
    public string? Text { get; init; }

    /// <summary>Whether values of one can be told in the other.</summary>
    public bool IsLike(Unit other) =>
        Powers.Count == other.Powers.Count
        && Powers.All(p => other.Powers.TryGetValue(p.Key, out var power) && Math.Abs(power - p.Value) < 1e-9);

    /// <summary>Whether values of one are values of the other.</summary>
    public bool Is(Unit other) => IsLike(other) && Math.Abs(Scale / other.Scale - 1) < 1e-12;

    public Unit Times(Unit other, double power = 1)
    {
        var powers = new Dictionary<string, double>(Powers);
        foreach (var (symbol, of) in other.Powers)
        {
            var sum = powers.GetValueOrDefault(symbol) + of * power;
            if (Math.Abs(sum) < 1e-9)
                powers.Remove(symbol);
            else
                powers[symbol] = sum;
        }
        return new Unit(Scale * Math.Pow(other.Scale, power), powers);
    }

    public Unit ToPower(double power) => One.Times(this, power);

    /// <summary>Reads a unit as VOUnit 1.1 and FITS write it: <c>mas.yr**-1</c>, <c>km/s</c>, <c>erg/(s.cm2)</c>, <c>1e-3 Jy</c>.</summary>
    /// <returns>null where it is not known</returns>
    public static Unit? Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length > 200)
            return null;
        var at = 0;
        return trimmed.Length > 0 && Product(trimmed, ref at, 0) is { } unit && at == trimmed.Length ? unit with { Text = trimmed } : null;
    }

    private static Unit? Product(string text, ref int at, int depth)
    {
        if (depth > 8 || Factor(text, ref at, depth) is not { } product)
            return null;
        while (at < text.Length && text[at] != ')')
        {
            var divides = text[at] == '/';
            if (!divides && text[at] is not ('.' or '*' or ' '))
                return null;
            at++;
            while (at < text.Length && text[at] == ' ')
                at++;
            if (Factor(text, ref at, depth) is not { } factor)
                return null;
            product = product.Times(factor, divides ? -1 : 1);
        }
        return product;
    }

    private static Unit? Factor(string text, ref int at, int depth)
    {
        Unit? of;
        if (at < text.Length && text[at] == '(')
        {
            at++;
            of = Product(text, ref at, depth + 1);
            if (of is null || at >= text.Length || text[at++] != ')')
                return null;
        }
        else if (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '-'))
        {
            var start = at;
            Digits(text, ref at);
            if (!double.TryParse(text[start..at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0))
                return null;
            of = One with { Scale = number };
            // 10+3 and 10-3 are FITS's powers of ten.
            if (number == 10 && at < text.Length && text[at] is '+' or '-')
                return Exponent(text, ref at) is { } ten ? of.ToPower(ten) : null;
            if (at >= text.Length || text[at] is not ('*' or '^'))
                return of;
        }
        else
        {
            var start = at;
            while (at < text.Length && (char.IsLetter(text[at]) || text[at] is '%' or '_'))
                at++;
            of = UnitSymbols.Find(text[start..at]);
        }
        if (of is null)
            return null;
        var before = at;
        if (at + 1 < text.Length && text[at] == '*' && text[at + 1] == '*')
            at += 2;
        else if (at < text.Length && text[at] == '^')
            at++;
        if (at == before && !(at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '-' or '+')))
            return of;
        return Exponent(text, ref at) is { } power ? of.ToPower(power) : null;
    }

    private static double? Exponent(string text, ref int at)
    {
        var enclosed = at < text.Length && text[at] == '(';
        if (enclosed)
            at++;
        var start = at;
        if (at < text.Length && text[at] is '-' or '+')
            at++;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (enclosed && text[at] == '.')))
            at++;
        if (!double.TryParse(text[start..at], NumberStyles.Float, CultureInfo.InvariantCulture, out var power))
            return null;
        if (enclosed && at < text.Length && text[at] == '/')
        {
            start = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (!double.TryParse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out var divisor) || divisor == 0)
                return null;
            power /= divisor;
        }
        if (enclosed && (at >= text.Length || text[at++] != ')'))
            return null;
        return Math.Abs(power) <= 30 ? power : null;
    }

    private static void Digits(string text, ref int at)
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
        {
            // A dot before a letter multiplies.
            if (text[at] == '.' && (at + 1 >= text.Length || !char.IsAsciiDigit(text[at + 1])))
                return;
            at++;
        }
        if (at + 1 < text.Length && text[at] is 'e' or 'E' && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] is '-' or '+'))
        {
            at += 2;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }
    }
}
