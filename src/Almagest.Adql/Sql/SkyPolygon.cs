using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <summary>Convex polygons of great circles.</summary>
internal static class SkyPolygon
{
    /// <exception cref="SyntaxException">it has fewer than three corners, or is not convex, or wider than a hemisphere</exception>
    public static PolygonShape Of(IReadOnlyList<(double Ra, double Dec)> corners, int offset)
    {
        if (corners.Count < 3)
            throw new SyntaxException(offset, "a POLYGON has at least three corners");
        if (corners.Count > 1000)
            throw new SyntaxException(offset, "a POLYGON has at most 1000 corners");
        // Either sense of rotation is accepted: the inside is the smaller side.
        foreach (var candidate in new[] { corners, [.. corners.Reverse()] })
        {
            var polygon = new PolygonShape(candidate, offset);
            var vectors = candidate.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).ToList();
            var sides = Sides(polygon);
            if (
                sides.All(n => n.Norm > 1e-14)
                && sides.All(n => vectors.TrueForAll(v => n.Dot(v) >= -1e-12))
                && sides.Any(n => vectors.Exists(v => n.Dot(v) > 1e-12))
            )
                return polygon;
        }
        throw new SyntaxException(
            offset,
            "this POLYGON is not convex, or its corners repeat; cut it into convex ones and combine them with OR"
        );
    }

    /// <summary>For each side, the vector whose product with a position inside is not negative.</summary>
    public static IReadOnlyList<SkyVector> Sides(PolygonShape polygon)
    {
        var vectors = polygon.Corners.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).ToList();
        return vectors.Select((v, i) => v.Cross(vectors[(i + 1) % vectors.Count])).ToList();
    }

    /// <summary>A cone that holds it, degrees.</summary>
    public static (double Ra, double Dec, double Radius) Around(PolygonShape polygon)
    {
        var centre = polygon.Corners.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).Aggregate((a, b) => a + b);
        if (centre.Norm < 1e-9)
            return (0, 0, 180);
        var (ra, dec) = SkyCoordinates.FromVector(centre);
        var reach = polygon.Corners.Max(c => SkyCoordinates.SeparationDeg(ra, dec, c.Ra, c.Dec));
        // Beyond 90 degrees a side may lie farther away than its ends.
        return (ra, dec, reach >= 90 ? 180 : Math.Min(180, reach * (1 + 1e-9) + 1e-9));
    }

    /// <summary>Square degrees: the excess of its angles over a plane polygon's (Girard's theorem).</summary>
    public static double AreaDeg2(PolygonShape polygon)
    {
        var sides = Sides(polygon);
        double angles = 0;
        for (var i = 0; i < sides.Count; i++)
        {
            var (a, b) = (sides[i], sides[(i + 1) % sides.Count]);
            angles += Math.PI - Math.Atan2(a.Cross(b).Norm, a.Dot(b));
        }
        return (angles - (sides.Count - 2) * Math.PI) / Constants.Degree / Constants.Degree;
    }
}
