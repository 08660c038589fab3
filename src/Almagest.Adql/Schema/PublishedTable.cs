using Almagest.Adql.Syntax;

namespace Almagest.Adql.Schema;

/// <summary>A column that queries may name.</summary>
/// <param name="Sql">its value in PostgreSQL, with <c>{0}</c> for the relation's alias: the program's own text, never a user's</param>
/// <param name="Unit">a VOUnit, null where it has none</param>
/// <param name="Ucd">a UCD1+ word, null where none fits</param>
/// <param name="Principal">among the few columns that a client shows first</param>
/// <param name="Indexed">whether conditions on it are answered by an index</param>
public sealed record PublishedColumn(
    string Name,
    PublishedType Type,
    string Sql,
    string? Unit = null,
    string? Ucd = null,
    string? Description = null,
    bool Principal = false,
    bool Indexed = false
)
{
    /// <summary>Whether it holds words of users, in any script.</summary>
    public bool MayHaveUnicode { get; init; }

    /// <summary>The column of the table that it is under another name, value and unit: what an index does for that one it does for
    /// this.</summary>
    public string? SameAs { get; init; }

    /// <summary>A text that is equal where the value is, and that an index finds, with <c>{0}</c> for the relation's alias: of ids that are
    /// stored as text, whether they are published as whole numbers or as that text.</summary>
    public string? KeySql { get; init; }

    /// <summary>Whether its texts are <c>true</c> and <c>false</c> and nothing else: conditions on it are those on truth values.</summary>
    public bool IsTruth { get; init; }

    /// <summary>Of a position: the Julian year for which it holds; null where that is not known, or not the same in all rows.</summary>
    public double? Epoch { get; init; }

    /// <summary>Whether it is as a file has it: a position in it may be of any system and epoch.</summary>
    public bool IsAsInFile { get; init; }

    /// <summary>Whether its whole numbers are declared as of 32 bits, because a standard wants that.</summary>
    public bool IsNarrow { get; init; }
}

/// <summary>Where a table's rows come from: PostgreSQL's text, with <c>{0}</c>, <c>{1}</c> … for values that are bound.</summary>
public sealed record PublishedRows(string Sql, params IReadOnlyList<object> Values);

/// <summary>How positions of a table are found: HEALPix cells of order 29, nested, in an index.</summary>
/// <param name="RaColumn">name of the column with the right ascension, degrees</param>
/// <param name="DecColumn">name of the column with the declination, degrees</param>
/// <param name="CellSql">the cell's number, with <c>{0}</c> for the relation's alias</param>
/// <param name="LeadSql">what precedes the cell in the index, with <c>{0}</c> for the alias; null = nothing</param>
/// <param name="LeadValues">every value of it: <c>lead = any(values)</c> loses no row</param>
public sealed record SkyIndex(
    string RaColumn,
    string DecColumn,
    string CellSql,
    string? LeadSql = null,
    IReadOnlyList<long>? LeadValues = null
)
{
    /// <summary>Whether two columns of the table are its position.</summary>
    public bool Has(PublishedColumn? ra, PublishedColumn? dec) =>
        ra is not null && dec is not null && (ra.SameAs ?? ra.Name) == RaColumn && (dec.SameAs ?? dec.Name) == DecColumn;
}

/// <summary>A table that queries may name.</summary>
public sealed record PublishedTable(
    string Schema,
    string Name,
    string Description,
    PublishedRows Rows,
    IReadOnlyList<PublishedColumn> Columns,
    SkyIndex? Sky = null
)
{
    /// <summary>The position of one of its rows, degrees, for examples that answer something; null = not known.</summary>
    public (double RaDeg, double DecDeg)? Somewhere { get; init; }

    /// <summary>Schema and name as a query writes them, e.g. <c>dataset."gaia-100pc"</c>.</summary>
    public string WrittenName => $"{ReservedWords.Written(Schema)}.{ReservedWords.Written(Name)}";
}

/// <summary>A group of tables.</summary>
public sealed record PublishedSchema(string Name, string Description);

/// <summary>A foreign key between two tables.</summary>
/// <param name="Columns">pairs of columns: of the first table, of the second</param>
public sealed record PublishedKey(
    PublishedTable From,
    PublishedTable To,
    IReadOnlyList<(string From, string To)> Columns,
    string Description
);

/// <summary>All that queries may name. Immutable; what is not in it does not exist for a query.</summary>
public sealed record PublishedCatalogue(
    IReadOnlyList<PublishedSchema> Schemas,
    IReadOnlyList<PublishedTable> Tables,
    IReadOnlyList<PublishedKey> Keys
);
