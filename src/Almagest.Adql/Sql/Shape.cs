using Almagest.Adql.Schema;

namespace Almagest.Adql.Sql;

/// <summary>A geometry on the sky, ICRS; its numbers are translated values, in degrees.</summary>
internal abstract record Shape(int Offset);

/// <param name="Known">where it is, when the query itself says so</param>
/// <param name="Indexed">the relation whose indexed position it is</param>
internal sealed record PointShape(string Ra, string Dec, (double Ra, double Dec)? Known, Relation? Indexed, int Offset) : Shape(Offset)
{
    /// <summary>The array that it is; null where there are two numbers apart, which are cheaper to compare.</summary>
    public string? Whole { get; init; }
}

/// <param name="KnownRadius">when the query itself says it</param>
internal sealed record CircleShape(PointShape Centre, string Radius, double? KnownRadius, int Offset) : Shape(Offset)
{
    /// <summary>The array that it is; null where its numbers are apart.</summary>
    public string? Whole { get; init; }
}

/// <summary>All positions whose declination and right ascension differ from the centre's by at most half the height and half the
/// width.</summary>
/// <param name="Centre">in the box's own system</param>
/// <param name="Known">width and height, when the query itself says them</param>
/// <param name="FromIcrs">the matrix that leads into the box's own system, where that is not ICRS</param>
/// <param name="ToIcrs">and out of it</param>
internal sealed record BoxShape(
    PointShape Centre,
    string Width,
    string Height,
    (double Width, double Height)? Known,
    string? FromIcrs,
    string? ToIcrs,
    int Offset
) : Shape(Offset);

/// <summary>The inside of arcs of great circles between known corners.</summary>
/// <param name="Corners">as the query gives them</param>
/// <param name="Convex">the same, ordered so that the inside is to the left of each side; null where it is not convex</param>
internal sealed record PolygonShape(
    IReadOnlyList<(double Ra, double Dec)> Corners,
    IReadOnlyList<(double Ra, double Dec)>? Convex,
    int Offset
) : Shape(Offset);

/// <summary>Whole HEALPix cells.</summary>
/// <param name="Bounds">of the ranges of cells of order 29 that it is: the first of each and the one behind its last, in turn</param>
/// <param name="AreaDeg2">square degrees</param>
internal sealed record MocShape(IReadOnlyList<long> Bounds, double AreaDeg2, int Offset) : Shape(Offset);

/// <summary>A geometry of which nothing is known but the array that it is.</summary>
internal sealed record ValueShape(string Sql, PublishedType Type, int Offset) : Shape(Offset);

/// <summary>All (or any) of some regions together.</summary>
internal sealed record CombinedShape(bool All, IReadOnlyList<Shape> Parts, int Offset) : Shape(Offset);

/// <summary>The sky without a region.</summary>
internal sealed record OutsideShape(Shape Of, int Offset) : Shape(Offset);
