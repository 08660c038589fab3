namespace Almagest.Catalog.Delimited;

/// <summary>Where the rows of a text table are and what their columns are called, before any type is known.</summary>
internal sealed record TextTable
{
    public required string Format { get; init; }

    public required byte Delimiter { get; init; }

    public required IReadOnlyList<TextColumn> Columns { get; init; }

    /// <summary>Offset of the first data row in the content.</summary>
    public required int DataOffset { get; init; }

    /// <summary>Physical line of the first data row, from 1.</summary>
    public required long DataLine { get; init; }

    /// <summary>A further <c>#Table</c> or <c>#RESOURCE</c> line among the rows begins another table (VizieR).</summary>
    public bool EndsAtNextTable { get; init; }

    /// <summary>A row <c>[EOD]</c> ends the table (Starlink's tab-separated tables).</summary>
    public bool EndsAtEod { get; init; }

    /// <summary>Bars before the first and behind the last field of each row; lines of dashes between them are no rows.</summary>
    public bool OuterBars { get; init; }

    /// <summary>Numbers have a comma where others have a point.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>Texts stand as formulas, <c>="…"</c>, by which spreadsheets keep them from becoming numbers.</summary>
    public bool Formulas { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Fields that a spreadsheet wrote in its own way.</summary>
internal static class SpreadsheetField
{
    /// <summary>The field as others write it.</summary>
    /// <param name="scratch">takes the number of a field with a comma</param>
    public static ReadOnlySpan<byte> Plain(TextTable table, ReadOnlySpan<byte> field, Span<byte> scratch)
    {
        if (table.Formulas && field.Length >= 3 && field.StartsWith("=\""u8) && field[^1] == '"')
            return field[2..^1];
        if (!table.DecimalComma || field.Length > scratch.Length || !IsCommaNumber(field))
            return field;
        field.CopyTo(scratch);
        scratch[field.IndexOf((byte)',')] = (byte)'.';
        return scratch[..field.Length];
    }

    /// <summary>Digits, one comma, digits; a sign before and an exponent behind.</summary>
    public static bool IsCommaNumber(ReadOnlySpan<byte> field)
    {
        var comma = field.IndexOf((byte)',');
        if (comma < 0 || comma == field.Length - 1)
            return false;
        var whole = field[..comma];
        if (whole.Length > 0 && whole[0] is (byte)'-' or (byte)'+')
            whole = whole[1..];
        var rest = field[(comma + 1)..];
        var exponent = rest.IndexOfAny((byte)'e', (byte)'E');
        var decimals = exponent >= 0 ? rest[..exponent] : rest;
        return decimals.Length > 0
            && whole.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && decimals.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && (exponent < 0 || rest[(exponent + 1)..].TrimStart("+-"u8).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
    }
}

/// <param name="Type">null where it is to be inferred</param>
internal sealed record TextColumn(
    string Name,
    string? Unit = null,
    ColumnType? Type = null,
    string? Ucd = null,
    string? Description = null,
    CoordinateSystem? System = null
);
