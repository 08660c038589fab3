using System.Globalization;
using System.Text;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.FixedWidth;

/// <summary>A column at fixed bytes of each line.</summary>
/// <param name="Start">its first byte, from 0</param>
/// <param name="End">the byte behind its last</param>
/// <param name="Null">the text that stands for a missing value; blanks always do</param>
internal sealed record FixedColumn(
    string Name,
    int Start,
    int End,
    ColumnType Type,
    string? Unit = null,
    string? Description = null,
    string? Null = null
)
{
    private readonly double? _nullNumber = Null is not null && Cell.TryDouble(Encoding.UTF8.GetBytes(Null), out var number) ? number : null;
    private readonly byte[]? _nullText = Null is { Length: > 0 } ? Encoding.UTF8.GetBytes(Null) : null;

    /// <summary>A mark of dashes is written as wide as the column is.</summary>
    private readonly bool _nullIsDashes = Null is { Length: > 0 } && Null.All(c => c == '-');

    public void Store(ReadOnlySpan<byte> line, CatalogVector vector, int row)
    {
        var doubles = vector as DoubleVector;
        if (doubles is not null)
            doubles.Values[row] = double.NaN;
        if (Start >= line.Length)
            return;
        var text = line[Start..Math.Min(End, line.Length)].Trim(" \t\0"u8);
        if (
            text.IsEmpty
            // A column filled with dashes says nothing, whatever its description.
            || (text.Length >= 2 && text[0] == '-' && text.IndexOfAnyExcept((byte)'-') < 0)
            || (_nullText is not null && (text.SequenceEqual(_nullText) || (_nullIsDashes && text.IndexOfAnyExcept((byte)'-') < 0)))
        )
            return;
        switch (vector)
        {
            case DoubleVector when TryNumber(text, out var number):
                if (number != _nullNumber)
                    doubles!.Values[row] = number;
                return;
            case Int64Vector integers
                when text.Length <= 20 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                if (whole == _nullNumber)
                    return;
                // The degrees of a declination: no whole number keeps this sign.
                if (whole == 0 && text[0] == '-')
                {
                    vector.AddMisfit(row, Cell.Text(text));
                    return;
                }
                integers.Values[row] = whole;
                integers.HasValue[row] = true;
                return;
            case TextVector texts:
                if (!Cell.IsMissing(text))
                    texts.Values[row] = Cell.Text(text);
                return;
        }
        if (_nullNumber is { } mark && TryNumber(text, out var other) && other == mark)
            return;
        if (!Cell.IsMissing(text) && !Cell.IsMissingNumber(text))
            vector.AddMisfit(row, Cell.Text(text));
    }

    /// <summary>False for words; Fortran writes D for the exponent of a double.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double number)
    {
        if (Cell.TryDouble(text, out number))
            return true;
        if (text.Length > 40 || text.IndexOfAny((byte)'D', (byte)'d') <= 0)
            return false;
        Span<byte> copy = stackalloc byte[text.Length];
        text.CopyTo(copy);
        copy[copy.IndexOfAny((byte)'D', (byte)'d')] = (byte)'E';
        return Cell.TryDouble(copy, out number);
    }
}

/// <summary>Where the columns and rows of a table at fixed bytes are.</summary>
internal sealed record FixedTable(string Format, IReadOnlyList<FixedColumn> Columns, int DataOffset, long DataLine)
{
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether nothing but blanks may stand between the columns: a row in which something does is not read.</summary>
    public bool HasBlankGaps { get; init; }

    /// <summary>The line that ends the table; null = the file's end.</summary>
    public string? EndLine { get; init; }

    /// <summary>Whether there is nothing but blanks before, between and behind some ranges of a line.</summary>
    public static bool IsBlankBetween(ReadOnlySpan<byte> line, IReadOnlyList<(int Start, int End)> ranges)
    {
        var at = 0;
        foreach (var (start, end) in ranges)
        {
            if (at >= line.Length)
                return true;
            if (!line[at..Math.Min(start, line.Length)].Trim((byte)' ').IsEmpty)
                return false;
            at = end;
        }
        return at >= line.Length || line[at..].Trim((byte)' ').IsEmpty;
    }
}
