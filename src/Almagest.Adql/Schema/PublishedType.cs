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

    /// <summary>A position on the sky, ICRS: an array of two numbers in PostgreSQL, degrees.</summary>
    Point,

    /// <summary>A circle: an array of its centre's right ascension and declination, and its radius, degrees.</summary>
    Circle,

    /// <summary>A polygon of great circles: an array of its corners' right ascensions and declinations in turn, degrees.</summary>
    Polygon,

    /// <summary>A point, circle or polygon, which the number of its numbers tells apart.</summary>
    Region,

    /// <summary>An array of double-precision numbers.</summary>
    Numbers,
}

/// <summary>Kinds of types.</summary>
public static class PublishedTypes
{
    /// <summary>Whether the values are geometries on the sky.</summary>
    public static bool IsGeometry(this PublishedType type) =>
        type is PublishedType.Point or PublishedType.Circle or PublishedType.Polygon or PublishedType.Region;

    /// <summary>Whether PostgreSQL has the values as arrays of double-precision numbers.</summary>
    public static bool IsArray(this PublishedType type) => type.IsGeometry() || type == PublishedType.Numbers;
}
