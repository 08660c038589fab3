using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <summary>Polygons of great circles on less than a hemisphere.</summary>
internal static class SkyPolygon
{
    public const int MostCorners = 1000;

    /// <exception cref="SyntaxException">it has fewer than three corners, or is wider than a hemisphere</exception>
    public static PolygonShape Of(IReadOnlyList<(double Ra, double Dec)> corners, int offset)
    {
        // Some write the first corner again at the end.
        var apart = corners.Count > 3 && corners[0] == corners[^1] ? corners.SkipLast(1).ToList() : corners;
        if (apart.Count < 3)
            throw new SyntaxException(offset, "a POLYGON has at least three corners");
        if (apart.Count > MostCorners)
            throw new SyntaxException(offset, $"a POLYGON has at most {MostCorners} corners");
        // Either sense of rotation is accepted: the inside is the smaller side.
        foreach (var candidate in new[] { apart, [.. apart.Reverse()] })
        {
            var vectors = candidate.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).ToList();
            var sides = Sides(candidate);
            if (
                sides.All(n => n.Norm > 1e-14)
                && sides.All(n => vectors.TrueForAll(v => n.Dot(v) >= -1e-12))
                && sides.Any(n => vectors.Exists(v => n.Dot(v) > 1e-12))
                && TurnsOnce(candidate)
            )
                return new PolygonShape(apart, candidate, offset);
        }
        var middle = apart.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).Aggregate((a, b) => a + b);
        if (apart.Any(c => middle.Dot(SkyCoordinates.ToUnitVector(c.Ra, c.Dec)) <= 1e-9))
            throw new SyntaxException(
                offset,
                "this POLYGON is wider than a hemisphere, so that its inside is not clear; cut it into smaller ones and combine them "
                    + "with OR"
            );
        return new PolygonShape(apart, null, offset);
    }

    // A star of five points has all corners to the left of none of its sides; one that goes round twice has them to the left of all.
    private static bool TurnsOnce(IReadOnlyList<(double Ra, double Dec)> corners)
    {
        var vectors = corners.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).ToList();
        var middle = vectors.Aggregate((a, b) => a + b);
        if (middle.Norm < 1e-9)
            return true;
        var (ra, dec) = SkyCoordinates.FromVector(middle);
        var north = SkyCoordinates.ToUnitVector(ra, dec + 90);
        var east = north.Cross(middle);
        double turned = 0;
        for (var i = 0; i < vectors.Count; i++)
        {
            var (a, b) = (vectors[i], vectors[(i + 1) % vectors.Count]);
            var step = Math.Atan2(b.Dot(north), b.Dot(east)) - Math.Atan2(a.Dot(north), a.Dot(east));
            turned += step - 2 * Math.PI * Math.Round(step / (2 * Math.PI));
        }
        return Math.Abs(turned) < 3 * Math.PI;
    }

    /// <summary>For each side, the vector whose product with a position to its left is not negative.</summary>
    public static IReadOnlyList<SkyVector> Sides(IReadOnlyList<(double Ra, double Dec)> corners)
    {
        var vectors = corners.Select(c => SkyCoordinates.ToUnitVector(c.Ra, c.Dec)).ToList();
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
}
