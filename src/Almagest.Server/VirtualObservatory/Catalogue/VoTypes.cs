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
            _ when ArraySizeOf(column.Type) is not null => "double",
            _ => column.MayHaveUnicode ? "unicodeChar" : "char",
        };

    public static string? ArraySize(PublishedColumn column) =>
        column.Type is PublishedType.Integer or PublishedType.Double ? null : ArraySizeOf(column.Type) ?? "*";

    /// <summary>Of types that are answered as arrays of doubles; null of others.</summary>
    public static string? ArraySizeOf(PublishedType type) =>
        type switch
        {
            PublishedType.Point => "2",
            PublishedType.Circle => "3",
            PublishedType.Polygon or PublishedType.Numbers => "*",
            _ => null,
        };

    /// <summary>The extended type (DALI 1.1, 3.3); regions of any kind are STC-S, as TAP 1.0 has them.</summary>
    public static string? XType(PublishedType type) =>
        type switch
        {
            PublishedType.Timestamp => "timestamp",
            PublishedType.Point => "point",
            PublishedType.Circle => "circle",
            PublishedType.Polygon => "polygon",
            PublishedType.Region => "adql:REGION",
            _ => null,
        };

    /// <summary>The type in which an answer's column is written.</summary>
    public static ColumnType Written(PublishedType type) =>
        type switch
        {
            PublishedType.Integer => ColumnType.Int64,
            PublishedType.Double => ColumnType.Double,
            _ => ColumnType.Text,
        };
}
