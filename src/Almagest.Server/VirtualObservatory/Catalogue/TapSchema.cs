using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>TAP_SCHEMA (TAP 1.1, section 4): the published tables as tables, made anew from them for each query and bound as
/// arrays.</summary>
internal static class TapSchema
{
    public const string Schema = "TAP_SCHEMA";

    /// <summary>The catalogue with TAP_SCHEMA, which describes itself, too.</summary>
    public static PublishedCatalogue Describe(PublishedCatalogue catalogue)
    {
        PublishedTable[] own = [Schemas([]), Tables([]), Columns([]), Keys([]), KeyColumns([])];
        List<PublishedSchema> schemas =
        [
            .. catalogue.Schemas,
            new PublishedSchema(Schema, "What can be asked for: schemas, tables, columns and keys"),
        ];
        List<PublishedTable> tables = [.. catalogue.Tables, .. own];
        PublishedKey[] keys =
        [
            .. catalogue.Keys,
            Key(own, 1, "schema_name", 0, "schema_name"),
            Key(own, 2, "table_name", 1, "table_name"),
            Key(own, 3, "from_table", 1, "table_name"),
            Key(own, 3, "target_table", 1, "table_name"),
            Key(own, 4, "key_id", 3, "key_id"),
        ];
        var key = (PublishedKey k, int i) => $"key_{i + 1}";
        own =
        [
            Schemas(schemas.Select(s => new object?[] { s.Name, null, s.Description, null })),
            Tables(
                tables.Select(
                    (t, i) =>
                        new object?[]
                        {
                            t.Schema,
                            t.WrittenName,
                            t.Schema == LedgerTables.Schema && t.Name.StartsWith("mv_", StringComparison.Ordinal) ? "view" : "table",
                            null,
                            t.Description,
                            i,
                        }
                )
            ),
            Columns(
                tables.SelectMany(t =>
                    t.Columns.Select(
                        (c, i) =>
                            new object?[]
                            {
                                t.WrittenName,
                                ReservedWords.Written(c.Name),
                                VoTypes.Datatype(c),
                                VoTypes.ArraySize(c),
                                VoTypes.XType(c.Type),
                                null,
                                c.Description,
                                null,
                                c.Unit,
                                c.Ucd,
                                c.Indexed ? 1 : 0,
                                c.Principal ? 1 : 0,
                                t.Schema == Schema ? 1 : 0,
                                i,
                            }
                    )
                )
            ),
            Keys(keys.Select((k, i) => new object?[] { key(k, i), k.From.WrittenName, k.To.WrittenName, k.Description, null })),
            KeyColumns(
                keys.SelectMany(
                    (k, i) => k.Columns.Select(c => new object?[] { key(k, i), ReservedWords.Written(c.From), ReservedWords.Written(c.To) })
                )
            ),
        ];
        return catalogue with { Schemas = schemas, Tables = [.. catalogue.Tables, .. own], Keys = keys };
    }

    private static PublishedKey Key(PublishedTable[] own, int from, string fromColumn, int to, string toColumn) =>
        new(own[from], own[to], [(fromColumn, toColumn)], $"the {own[to].Name[..^1]} that the row is about");

    private static PublishedTable Schemas(IEnumerable<object?[]> rows) =>
        Table(
            "schemas",
            "Groups of tables",
            rows,
            Text("schema_name", "the schema's name"),
            Text("utype", "its data model"),
            Text("description", "what it holds"),
            Whole("schema_index", "its place in the order")
        );

    private static PublishedTable Tables(IEnumerable<object?[]> rows) =>
        Table(
            "tables",
            "Tables that can be asked for",
            rows,
            Text("schema_name", "its schema"),
            Text("table_name", "its name as a query writes it"),
            Text("table_type", "table or view"),
            Text("utype", "its data model"),
            Text("description", "what it holds"),
            Whole("table_index", "its place in the order")
        );

    private static PublishedTable Columns(IEnumerable<object?[]> rows) =>
        Table(
            "columns",
            "Columns of the tables",
            rows,
            Text("table_name", "its table, as a query writes it"),
            Text("column_name", "its name as a query writes it"),
            Text("datatype", "its type in VOTable"),
            Text("arraysize", "its size in VOTable"),
            Text("xtype", "its extended type"),
            Whole("size", "obsolete: always null"),
            Text("description", "what it is"),
            Text("utype", "its data model"),
            Text("unit", "its VOUnit"),
            Text("ucd", "its UCD1+"),
            Whole("indexed", "1 = an index answers conditions on it"),
            Whole("principal", "1 = among the first to look at"),
            Whole("std", "1 = defined by a standard"),
            Whole("column_index", "its place in the table")
        );

    private static PublishedTable Keys(IEnumerable<object?[]> rows) =>
        Table(
            "keys",
            "Foreign keys between tables",
            rows,
            Text("key_id", "the key"),
            Text("from_table", "the table that refers"),
            Text("target_table", "the table that is referred to"),
            Text("description", "what it means"),
            Text("utype", "its data model")
        );

    private static PublishedTable KeyColumns(IEnumerable<object?[]> rows) =>
        Table(
            "key_columns",
            "Columns of the foreign keys",
            rows,
            Text("key_id", "the key"),
            Text("from_column", "the column that refers"),
            Text("target_column", "the column that is referred to")
        );

    private static PublishedColumn Text(string name, string description) =>
        new(name, PublishedType.Text, "{0}." + Column(name), Description: description, Principal: true);

    private static PublishedColumn Whole(string name, string description) =>
        new(name, PublishedType.Integer, "{0}." + Column(name), Description: description) { IsNarrow = true };

    // Some of the standard's names are words of SQL.
    private static string Column(string name) => "v_" + name;

    private static PublishedTable Table(string name, string description, IEnumerable<object?[]> rows, params PublishedColumn[] columns)
    {
        var all = rows.ToList();
        var values = columns
            .Select(
                (c, i) =>
                    c.Type == PublishedType.Text
                        ? (object)all.Select(r => r[i] as string).ToArray()
                        : all.Select(r => r[i] is int number ? (long?)number : null).ToArray()
            )
            .ToList();
        var arguments = columns.Select((c, i) => $"{{{i}}}{(c.Type == PublishedType.Text ? "::text[]" : "::bigint[]")}");
        return new PublishedTable(
            Schema,
            name,
            description,
            new PublishedRows(
                $"(select * from unnest({string.Join(", ", arguments)}) as u({string.Join(", ", columns.Select(c => Column(c.Name)))}))",
                values
            ),
            columns
        );
    }
}
