using Almagest.Adql.Schema;

namespace Almagest.Adql.Sql;

/// <summary>A translated value.</summary>
/// <param name="Type">null = a NULL of no type</param>
/// <param name="Source">the published column that it is, unchanged</param>
/// <param name="Relation">the relation of which it is a column</param>
internal sealed record Value(string Sql, PublishedType? Type, PublishedColumn? Source = null, Relation? Relation = null)
{
    /// <summary>The most characters that it has as text.</summary>
    public long Width { get; init; } = TextWidth.OfColumn;

    /// <summary>A text in place of the whole number, for equality: <see cref="PublishedColumn.KeySql"/>.</summary>
    public string? Key { get; init; }

    public bool IsNumber => Type is PublishedType.Integer or PublishedType.Double;

    /// <summary>As a double-precision number.</summary>
    public string Double => Type == PublishedType.Double ? Sql : $"({Sql})::double precision";

    /// <summary>What it is, for an error.</summary>
    public string Described =>
        Type switch
        {
            PublishedType.Integer or PublishedType.Double => "a number",
            PublishedType.Text => "text",
            PublishedType.Uuid => "a UUID",
            PublishedType.Timestamp => "a time",
            _ => "NULL",
        };
}
