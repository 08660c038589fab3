namespace Almagest.Adql.Sql;

/// <summary>A geometry on the sky, ICRS; its numbers are translated values, in degrees.</summary>
internal abstract record Shape(int Offset);

/// <param name="Known">where it is, when the query itself says so</param>
/// <param name="Indexed">the relation whose indexed position it is</param>
internal sealed record PointShape(string Ra, string Dec, (double Ra, double Dec)? Known, Relation? Indexed, int Offset) : Shape(Offset);

/// <param name="KnownRadius">when the query itself says it</param>
internal sealed record CircleShape(PointShape Centre, string Radius, double? KnownRadius, int Offset) : Shape(Offset);

/// <summary>All positions whose declination and right ascension differ from the centre's by at most half the height and half the
/// width.</summary>
internal sealed record BoxShape(PointShape Centre, double Width, double Height, int Offset) : Shape(Offset);

/// <summary>The inside of arcs of great circles; convex, its corners known, ordered so that the inside is to the left.</summary>
internal sealed record PolygonShape(IReadOnlyList<(double Ra, double Dec)> Corners, int Offset) : Shape(Offset);
