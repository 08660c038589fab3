using Almagest.Adql.Schema;
using Almagest.Adql.Units;

namespace Almagest.Adql.Sql;

/// <summary>A translated value.</summary>
/// <param name="Type">null = a NULL of no type</param>
/// <param name="Source">the published column that it is, unchanged</param>
/// <param name="Relation">the relation of which it is a column</param>
internal sealed record Value(string Sql, PublishedType? Type, PublishedColumn? Source = null, Relation? Relation = null)
{
    /// <summary>The most characters that it has as text.</summary>
    public long Width { get; init; } =
        Type is PublishedType.Polygon or PublishedType.Region or PublishedType.Numbers ? TextWidth.OfArray : TextWidth.OfColumn;

    /// <summary>A text in place of the whole number, for equality: <see cref="PublishedColumn.KeySql"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Its unit; null = not known.</summary>
    public Unit? Unit { get; init; } = Source?.Unit is { } unit ? Unit.Parse(unit) : null;

    /// <summary>Whether it is the text <c>true</c> or <c>false</c>: <see cref="PublishedColumn.IsTruth"/>.</summary>
    public bool IsTruth { get; init; } = Source?.IsTruth == true;

    /// <summary>Whether it is a truth value or another text: <c>COALESCE(flag, 'unknown')</c>.</summary>
    public bool MayBeTruth { get; init; }

    /// <summary>Whether it is an id that is text: a whole number is equal to it where its digits are.</summary>
    public bool IsTextKey => Key is not null && Type == PublishedType.Text;

    public bool IsNumber => Type is PublishedType.Integer or PublishedType.Double;

    public bool IsGeometry => Type?.IsGeometry() == true;

    /// <summary>As a double-precision number.</summary>
    public string Double => Type == PublishedType.Double ? Sql : $"({Sql})::double precision";

    /// <summary>What it is, for an error.</summary>
    public string Described =>
        Type switch
        {
            PublishedType.Integer or PublishedType.Double => "a number",
            PublishedType.Text => IsTruth ? "a truth value ('true' or 'false')" : "text",
            PublishedType.Uuid => "a UUID",
            PublishedType.Timestamp => "a time",
            PublishedType.Point => "a point",
            PublishedType.Circle => "a circle",
            PublishedType.Polygon => "a polygon",
            PublishedType.Region => "a region",
            PublishedType.Numbers => "an array of numbers",
            _ => "NULL",
        };
}
