using Almagest.Adql.Schema;
using Almagest.Catalog;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>Types of columns in the words of VOTable 1.4 and DALI 1.1.</summary>
internal static class VoTypes
{
    public static string Datatype(PublishedColumn column) =>
        column.Type switch
        {
            PublishedType.Integer => column.IsNarrow ? "int" : "long",
            PublishedType.Double => "double",
            _ => column.MayHaveUnicode ? "unicodeChar" : "char",
        };

    public static string? ArraySize(PublishedColumn column) => column.Type is PublishedType.Integer or PublishedType.Double ? null : "*";

    public static string? XType(PublishedColumn column) => column.Type == PublishedType.Timestamp ? Timestamp : null;

    public const string Timestamp = "timestamp";

    /// <summary>The type in which an answer's column is written.</summary>
    public static ColumnType Written(PublishedType type) =>
        type switch
        {
            PublishedType.Integer => ColumnType.Int64,
            PublishedType.Double => ColumnType.Double,
            _ => ColumnType.Text,
        };
}
