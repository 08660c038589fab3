using Almagest.Adql.Schema;
using Almagest.Contract.Columns;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>Columns of the dictionary and of the views as queries see them.</summary>
internal static class PublishedColumns
{
    /// <summary>A column by the rule of its kind: what is not a number, text, moment or UUID for ADQL is the text that it is in
    /// tables.</summary>
    public static PublishedColumn Of(Column column) => Of(column, principal: false, indexed: false);

    /// <summary>Several of them.</summary>
    /// <param name="principal">names of the few that a client shows first</param>
    /// <param name="indexed">names of those whose conditions an index answers</param>
    public static IReadOnlyList<PublishedColumn> Of(
        IEnumerable<Column> columns,
        IReadOnlyCollection<string> principal,
        IReadOnlyCollection<string> indexed
    ) => [.. columns.Select(c => Of(c, principal.Contains(c.Name), indexed.Contains(c.Name)))];

    private static PublishedColumn Of(Column column, bool principal, bool indexed)
    {
        var (type, sql) = column.Kind switch
        {
            ColumnKind.Integer or ColumnKind.Flag => (PublishedType.Integer, "{0}." + column.Name),
            ColumnKind.Double => (PublishedType.Double, "{0}." + column.Name),
            ColumnKind.Uuid => (PublishedType.Uuid, "{0}." + column.Name),
            ColumnKind.Timestamp => (PublishedType.Timestamp, "{0}." + column.Name),
            // ADQL has neither: true is 1, a day its first moment.
            ColumnKind.Boolean => (PublishedType.Integer, $"({{0}}.{column.Name})::integer"),
            ColumnKind.Date => (PublishedType.Timestamp, $"({{0}}.{column.Name})::timestamp at time zone 'UTC'"),
            ColumnKind.Json => (PublishedType.Text, $"({{0}}.{column.Name})::text"),
            ColumnKind.Integers or ColumnKind.Uuids => (PublishedType.Text, $"array_to_json({{0}}.{column.Name})::text"),
            _ => (PublishedType.Text, "{0}." + column.Name),
        };
        return new PublishedColumn(column.Name, type, sql, column.Unit, column.Ucd, column.Description, principal, indexed)
        {
            MayHaveUnicode = column.Kind.MayHaveUnicode(),
        };
    }
}
