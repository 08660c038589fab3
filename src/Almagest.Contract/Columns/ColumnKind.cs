using Almagest.Catalog;

namespace Almagest.Contract.Columns;

/// <summary>
/// What the values of a column are. Each kind is written by one rule on each surface: see <see cref="ColumnKinds"/>, and
/// docs/guide/exports.md for readers of the tables.
/// </summary>
public enum ColumnKind
{
    /// <summary>Whole numbers of up to 64 bits.</summary>
    Integer,

    /// <summary>Double-precision numbers.</summary>
    Double,

    Boolean,

    /// <summary>0 or 1: an integer in the ledger, in TAP, in JSON and in plain CSV, a truth in files whose columns have types.</summary>
    Flag,

    /// <summary>Text in ASCII: codes, names of the program's own, hashes.</summary>
    Text,

    /// <summary>Text of users and of their files, in any script.</summary>
    UnicodeText,

    /// <summary>A JSON value: a JSON value in JSON, its text in tables.</summary>
    Json,

    Uuid,

    /// <summary>A moment, UTC: ISO 8601 with a final Z.</summary>
    Timestamp,

    /// <summary>A day, UTC: ISO 8601.</summary>
    Date,

    /// <summary>An array of 64-bit whole numbers: a JSON array in JSON, the text of one in tables.</summary>
    Integers,

    /// <summary>An array of UUIDs: a JSON array in JSON, the text of one in tables.</summary>
    Uuids,
}

/// <summary>How values of each kind are written into tables, in whatever format and by whatever service.</summary>
public static class ColumnKinds
{
    /// <summary>The type of the table's column.</summary>
    public static ColumnType TableType(this ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Integer or ColumnKind.Flag => ColumnType.Int64,
            ColumnKind.Double => ColumnType.Double,
            ColumnKind.Boolean => ColumnType.Boolean,
            _ => ColumnType.Text,
        };

    /// <summary>Whether text of this kind can have characters beyond ASCII: <c>unicodeChar</c> in a VOTable.</summary>
    public static bool MayHaveUnicode(this ColumnKind kind) => kind is ColumnKind.UnicodeText or ColumnKind.Json;

    public static bool IsArray(this ColumnKind kind) => kind is ColumnKind.Integers or ColumnKind.Uuids;

    /// <summary>What readers of docs are told that the values are.</summary>
    public static string Describe(this ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Integer => "integer",
            ColumnKind.Double => "double",
            ColumnKind.Boolean => "boolean",
            ColumnKind.Flag => "0 or 1",
            ColumnKind.Text or ColumnKind.UnicodeText => "text",
            ColumnKind.Json => "JSON",
            ColumnKind.Uuid => "UUID",
            ColumnKind.Timestamp => "timestamp",
            ColumnKind.Date => "date",
            ColumnKind.Integers => "array of integers",
            _ => "array of UUIDs",
        };
}
