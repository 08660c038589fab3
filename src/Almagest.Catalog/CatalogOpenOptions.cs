namespace Almagest.Catalog;

/// <summary>How to open a catalogue; the defaults suit nearly every file.</summary>
public sealed record CatalogOpenOptions
{
    public static CatalogOpenOptions Default { get; } = new();

    /// <summary>Which table of a file with several: its name, or its number from 1. The first by default. FITS, VOTable, VizieR TSV, and
    /// CDS descriptions of several tables.</summary>
    public string? Table { get; init; }

    /// <summary>The field separator of a text table, found by itself by default. A blank means any run of blanks and tabs.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// The ReadMe that describes a CDS table byte by byte. By default a file <c>ReadMe</c> in the folder of the table is looked at, where
    /// it describes a file of that name.
    /// </summary>
    public string? ReadMe { get; init; }

    /// <summary>Values that stand for missing ones, besides those that the file says itself.</summary>
    public IReadOnlyList<MissingValue> Missing { get; init; } = [];

    /// <summary>Names of the columns that are read of a Parquet file: the others are there, and empty. All by default.</summary>
    public IReadOnlySet<string>? Read { get; init; }

    /// <summary>The longest row, in bytes, before a file is refused: the bound on memory. 4 MiB by default.</summary>
    public int MaxRowBytes { get; init; } = 4 << 20;
}

/// <summary>A value that means that there is none.</summary>
/// <param name="Column">the column in which it does; null for every column</param>
/// <param name="Text">as it is written; a number means every way to write that number</param>
public sealed record MissingValue(string? Column, string Text)
{
    /// <summary><c>-999</c> in every column, or <c>parallax=-999</c> in one.</summary>
    public static MissingValue Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.LastIndexOf('=') is > 0 and var equals
            ? new MissingValue(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : new MissingValue(null, text.Trim());
    }

    /// <summary>Several, with commas between.</summary>
    public static IReadOnlyList<MissingValue> ParseList(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
}
