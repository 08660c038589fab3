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

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Warnings { get; init; } = [];
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
