namespace Almagest.Adql.Schema;

/// <summary>What the values of a column or of an expression are.</summary>
public enum PublishedType
{
    /// <summary>Whole numbers of up to 64 bits.</summary>
    Integer,

    /// <summary>Double-precision numbers.</summary>
    Double,

    Text,

    /// <summary>A UUID: written as text, compared as itself.</summary>
    Uuid,

    /// <summary>A moment, UTC: written as ISO 8601 text, compared as itself.</summary>
    Timestamp,
}
