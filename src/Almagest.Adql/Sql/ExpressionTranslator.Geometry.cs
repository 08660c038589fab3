using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Adql.Units;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <content>
/// Geometry (ADQL 2.1, 4.2; BOX, REGION and systems of coordinates of 2.0): conditions and measures. Positions are ICRS. A cone around a
/// position that the query says, on a table with an index of HEALPix cells, becomes ranges of cells beside the exact condition; around the
/// positions of another table, one range for each of those. Geometries that are values are arrays, which functions of the schema
/// <c>sky</c> compare.
/// </content>
internal sealed partial class ExpressionTranslator
{
    private static readonly Unit s_degrees = Unit.Parse("deg")!;
    private static readonly Unit s_squareDegrees = Unit.Parse("deg**2")!;

    private static readonly string[] s_geometryFunctions =
    [
        "AREA",
        "BOX",
        "CENTROID",
        "CIRCLE",
        "CONTAINS",
        "COORD1",
        "COORD2",
        "COORDSYS",
        "DISTANCE",
        "INTERSECTS",
        "MOC",
        "POINT",
        "POLYGON",
        "REGION",
    ];

    /// <summary>CONTAINS and INTERSECTS beside 1 or 0, and DISTANCE below a number; null where the comparison is none of these.</summary>
    private string? GeometryCondition(Comparison comparison)
    {
        var (left, symbol, right) = (comparison.Left, comparison.Operator, comparison.Right);
        if (left is not FunctionCall && right is FunctionCall)
            (left, symbol, right) = (right, Mirrored(symbol), left);
        if (
            left is FunctionCall { Function: "CONTAINS" or "INTERSECTS" } test
            && right is NumberLiteral { Digits: "0" or "1" } truth
            && symbol is "=" or "<>"
        )
            return (truth.Digits == "1") == (symbol == "=") ? Inside((FunctionCall)left) : $"(not {Inside((FunctionCall)left)})";
        if (left is FunctionCall { Function: "DISTANCE" } distance && symbol is "<" or "<=")
        {
            var (from, to) = Ends((FunctionCall)left);
            var limit = Number(right);
            var exact = $"({Distance(from, to)} {symbol} {limit.Sql})";
            return
                from is PointShape { Whole: null } p
                && to is PointShape { Whole: null } q
                && (Constant(right) is not { } radius ? Neighbours(p, q, limit.Double) : Near(p, q, radius, limit.Double)) is { } cells
                ? $"({cells} and {exact})"
                : exact;
        }
        return null;
    }

    private static string Mirrored(string symbol) =>
        symbol switch
        {
            "<" => ">",
            ">" => "<",
            "<=" => ">=",
            ">=" => "<=",
            _ => symbol,
        };

    private Value GeometryValue(FunctionCall call)
    {
        switch (call.Function)
        {
            case "CONTAINS" or "INTERSECTS":
                return new Value($"(case when {Inside(call)} then 1 else 0 end)", PublishedType.Integer);
            case "DISTANCE":
                var (from, to) = Ends(call);
                return new Value(Distance(from, to), PublishedType.Double) { Unit = s_degrees };
            case "COORD1" or "COORD2":
                Count(call, 1, 1);
                var point = Point(call.Arguments[0]);
                return new Value(call.Function == "COORD1" ? point.Ra : point.Dec, PublishedType.Double) { Unit = s_degrees };
            case "COORDSYS":
                Count(call, 1, 1);
                _ = ShapeOf(call.Arguments[0]);
                return new Value(Bind("ICRS", call.Offset), PublishedType.Text);
            case "AREA":
                Count(call, 1, 1);
                var measured = ShapeOf(call.Arguments[0]);
                return new Value(
                    measured is MocShape moc ? Bind(moc.AreaDeg2, call.Offset) : $"sky.area({ArrayOf(measured)})",
                    PublishedType.Double
                )
                {
                    Unit = s_squareDegrees,
                };
            default:
                var shape = ShapeOf(call);
                return new Value(ArrayOf(shape), TypeOf(shape));
        }
    }

    private (Shape From, Shape To) Ends(FunctionCall call) =>
        call.Arguments.Count switch
        {
            2 => (ShapeOf(call.Arguments[0]), ShapeOf(call.Arguments[1])),
            4 => (
                PointOf(call.Arguments[0], call.Arguments[1], null, call.Offset),
                PointOf(call.Arguments[2], call.Arguments[3], null, call.Arguments[2].Offset)
            ),
            _ => throw new SyntaxException(
                call.Offset,
                "write DISTANCE(POINT(ra1, dec1), POINT(ra2, dec2)) or DISTANCE(ra1, dec1, ra2, dec2)"
            ),
        };

    private string Inside(FunctionCall call)
    {
        Count(call, 2, 2);
        var (first, second) = (ShapeOf(call.Arguments[0]), ShapeOf(call.Arguments[1]));
        return QueryTranslator.Checked(call.Function == "CONTAINS" ? Within(first, second) : Meets(first, second), call.Offset);
    }

    /// <summary>Whether all of a shape is in another one.</summary>
    private string Within(Shape a, Shape b) =>
        (a, b) switch
        {
            (CombinedShape { All: false } c, _) => All(c.Parts.Select(p => Within(p, b))),
            (_, CombinedShape { All: true } c) => All(c.Parts.Select(p => Within(a, p))),
            (PointShape, CombinedShape c) => Any(c.Parts.Select(p => Within(a, p))),
            (_, OutsideShape o) => $"(not {Meets(a, o.Of)})",
            (PointShape p, MocShape moc) => InCells(p, moc),
            (MocShape, _) or (_, MocShape) => throw NotCompared(a, b),
            (CombinedShape or OutsideShape, _) => throw new SyntaxException(
                a.Offset,
                $"whether a REGION of {(a is OutsideShape ? "Not" : "Intersection")} lies in another one is not known here"
            ),
            (_, CombinedShape) => throw new SyntaxException(
                b.Offset,
                "whether a region lies in a REGION of Union is not known here; a point does, or write conditions with OR"
            ),
            (PointShape p, BoxShape box) => InBox(p, box),
            (PointShape p, PolygonShape polygon) => InPolygon(p, polygon),
            (PointShape { Whole: null } p, CircleShape { Whole: null, Centre.Whole: null } c) => InCircle(p, c),
            (PointShape { Whole: null } p, PointShape { Whole: null } q) => $"({p.Ra} = {q.Ra} and {p.Dec} = {q.Dec})",
            (CircleShape { Whole: null, Centre.Whole: null } p, CircleShape { Whole: null, Centre.Whole: null } q) =>
                $"({Distance(p.Centre, q.Centre)} + {p.Radius} <= {q.Radius})",
            _ => $"sky.contains({ArrayOf(a)}, {ArrayOf(b)})",
        };

    /// <summary>Whether two shapes share a position.</summary>
    private string Meets(Shape a, Shape b) =>
        (a, b) switch
        {
            (PointShape, _) => Within(a, b),
            (_, PointShape) => Within(b, a),
            (CombinedShape { All: false } c, _) => Any(c.Parts.Select(p => Meets(p, b))),
            (_, CombinedShape { All: false } c) => Any(c.Parts.Select(p => Meets(a, p))),
            (OutsideShape o, not (OutsideShape or CombinedShape)) => $"(not {Within(b, o.Of)})",
            (not (OutsideShape or CombinedShape), OutsideShape o) => $"(not {Within(a, o.Of)})",
            (MocShape, _) or (_, MocShape) => throw NotCompared(a, b),
            (CombinedShape or OutsideShape, _) or (_, CombinedShape or OutsideShape) => throw new SyntaxException(
                a.Offset,
                "whether a REGION of Intersection or Not meets such a region is not known here; a point lies in one or not"
            ),
            (CircleShape { Whole: null, Centre.Whole: null } p, CircleShape { Whole: null, Centre.Whole: null } q) =>
                $"({Distance(p.Centre, q.Centre)} <= {p.Radius} + {q.Radius})",
            _ => $"sky.intersects({ArrayOf(a)}, {ArrayOf(b)})",
        };

    private static string All(IEnumerable<string> conditions) => $"({string.Join(" and ", conditions)})";

    private static string Any(IEnumerable<string> conditions) => $"({string.Join(" or ", conditions)})";

    private string InCircle(PointShape p, CircleShape c)
    {
        var exact = $"{Haversine(p, c.Centre)} <= power(sind(least({c.Radius}, 180) / 2), 2)";
        var cells = c.KnownRadius is { } radius ? Near(p, c.Centre, radius, c.Radius) : Neighbours(p, c.Centre, c.Radius);
        return cells is null ? $"({exact})" : $"({cells} and {exact})";
    }

    private string InBox(PointShape p, BoxShape box)
    {
        var at = p;
        if (box.FromIcrs is { } turn)
            at = Part($"sky.rotated({ArrayOf(p)}, {turn}, {Bind(new double[3], box.Offset)})", p.Offset);
        // Half the difference of two right ascensions by its sine, which does not mind how often they went round.
        var apart = $"abs(sind(({at.Ra} - {box.Centre.Ra}) / 2)) <= sind({box.Width} / 4)";
        var exact = $"abs({at.Dec} - {box.Centre.Dec}) <= {box.Height} / 2";
        if (box.Known is not { } known)
            return $"({exact} and ({box.Width} >= 360 or {apart}))";
        if (known.Width < 360)
            exact = $"{exact} and {apart}";
        if (known.Width > 180 || box.FromIcrs is not null || box.Centre.Known is not { } centre)
            return $"({exact})";
        // Up to 180 degrees of width, a corner is the box's farthest position.
        var (low, high) = (Math.Max(-90, centre.Dec - known.Height / 2), Math.Min(90, centre.Dec + known.Height / 2));
        var reach = new[] { low, high }.Max(dec => SkyCoordinates.SeparationDeg(centre.Ra, centre.Dec, centre.Ra + known.Width / 2, dec));
        return Cells(p, box.Centre, Math.Min(180, reach * (1 + 1e-9) + 1e-9)) is { } cells ? $"({cells} and {exact})" : $"({exact})";
    }

    private string InPolygon(PointShape p, PolygonShape polygon)
    {
        var exact =
            polygon.Convex is null || p.Whole is not null
                ? $"sky.contains({ArrayOf(p)}, {ArrayOf(polygon)})"
                : string.Join(
                    " and ",
                    SkyPolygon
                        .Sides(polygon.Convex)
                        .Select(n =>
                            $"cosd({p.Dec}) * ({Bind(n.X, polygon.Offset)} * cosd({p.Ra}) + {Bind(n.Y, polygon.Offset)} * sind({p.Ra})) + "
                            + $"{Bind(n.Z, polygon.Offset)} * sind({p.Dec}) >= {Bind(-1e-15, polygon.Offset)}"
                        )
                );
        var (ra, dec, radius) = SkyPolygon.Around(polygon);
        var centre = new PointShape("", "", (ra, dec), null, polygon.Offset);
        return Cells(p, centre, radius) is { } cells ? $"({cells} and {exact})" : $"({exact})";
    }

    // Between the first of a range and the one behind its last there is an odd number of bounds that are not above the cell.
    private string InCells(PointShape p, MocShape moc)
    {
        if (moc.Bounds.Count == 0)
            return $"({Bind(0L, moc.Offset)} = {Bind(1L, moc.Offset)})";
        var exact = $"mod(width_bucket({CellOf(p)}, {Bind(moc.Bounds.ToArray(), moc.Offset)}), 2) = {Bind(1L, moc.Offset)}";
        if (p.Indexed is not { Table.Sky: { } sky } relation)
            return $"({exact})";
        var cell = string.Format(CultureInfo.InvariantCulture, sky.CellSql, relation.Alias);
        var ranges = Covering(moc.Bounds).Select(r => $"{cell} between {Bind(r.Low, moc.Offset)} and {Bind(r.High, moc.Offset)}");
        return $"({Lead(sky, relation, moc.Offset)}({string.Join(" or ", ranges)}) and {exact})";
    }

    /// <summary>A few ranges that hold all cells: the widest gaps between them stay out.</summary>
    private static IEnumerable<(long Low, long High)> Covering(IReadOnlyList<long> bounds)
    {
        const int Most = 32;
        var gaps = Enumerable
            .Range(1, Math.Max(0, bounds.Count / 2 - 1))
            .OrderByDescending(i => bounds[2 * i] - bounds[2 * i - 1])
            .Take(Most - 1)
            .Order();
        var low = bounds[0];
        foreach (var gap in gaps)
        {
            yield return (low, bounds[2 * gap - 1] - 1);
            low = bounds[2 * gap];
        }
        yield return (low, bounds[^1] - 1);
    }

    private static SyntaxException NotCompared(Shape a, Shape b) =>
        new(
            a is MocShape ? a.Offset : b.Offset,
            "a MOC is compared with positions alone here: write CONTAINS(POINT(ra, dec), MOC('…')) = 1"
        );

    private string? Near(PointShape a, PointShape b, double radius, string written) =>
        radius >= 0 ? Cells(a, b, radius) ?? Neighbours(a, b, written) : null;

    /// <summary>The ranges of cells that hold all positions so near; null where no index knows either position, or neither is
    /// known.</summary>
    private string? Cells(PointShape a, PointShape b, double radius)
    {
        if (a.Known is not null)
            (a, b) = (b, a);
        if (b.Known is not { } centre || a.Indexed is not { Table.Sky: { } sky } relation || radius > 180)
            return null;
        var cell = string.Format(CultureInfo.InvariantCulture, sky.CellSql, relation.Alias);
        var ranges = Healpix
            .ConeRanges(centre.Ra, centre.Dec, radius)
            .Select(r => $"{cell} between {Bind(r.Low, a.Offset)} and {Bind(r.High, a.Offset)}");
        return $"{Lead(sky, relation, a.Offset)}({string.Join(" or ", ranges)})";
    }

    /// <summary>The range of cells around a position of each row of another table; null where no index knows either position.</summary>
    private string? Neighbours(PointShape a, PointShape b, string radius)
    {
        if (a.Indexed is null)
            (a, b) = (b, a);
        if (
            a.Indexed is not { Table.Sky: { } sky } relation
            || b.Whole is not null
            || b.Known is not null
            || $"{b.Ra} {b.Dec} {radius}".Contains($"{relation.Alias}.", StringComparison.Ordinal)
        )
            return null;
        var span = $"(sky.span({b.Ra}, {b.Dec}, {radius}))";
        var cell = string.Format(CultureInfo.InvariantCulture, sky.CellSql, relation.Alias);
        return QueryTranslator.Checked($"{Lead(sky, relation, a.Offset)}{cell} between {span}[1] and {span}[2]", a.Offset);
    }

    private string Lead(SkyIndex sky, Relation relation, int offset) =>
        sky.LeadSql is null
            ? ""
            : $"{string.Format(CultureInfo.InvariantCulture, sky.LeadSql, relation.Alias)} = "
                + $"any({Bind(sky.LeadValues!.ToArray(), offset)}) and ";

    // Haversine of the angle: stable for the small angles that circles have.
    private static string Haversine(PointShape a, PointShape b) =>
        $"power(sind(({a.Dec} - {b.Dec}) / 2), 2) + cosd({a.Dec}) * cosd({b.Dec}) * power(sind(({a.Ra} - {b.Ra}) / 2), 2)";

    private string Distance(Shape from, Shape to)
    {
        if (from is not PointShape { Whole: null } a || to is not PointShape { Whole: null } b)
            return $"sky.distance({ArrayOf(from)}, {ArrayOf(to)})";
        // By Vincenty's formula, degrees: accurate for equal, near and opposite positions.
        var across = $"cosd({b.Dec}) * sind({b.Ra} - {a.Ra})";
        var along = $"(cosd({a.Dec}) * sind({b.Dec}) - sind({a.Dec}) * cosd({b.Dec}) * cosd({b.Ra} - {a.Ra}))";
        return QueryTranslator.Checked(
            $"atan2d(sqrt(power({across}, 2) + power({along}, 2)), sind({a.Dec}) * sind({b.Dec}) + cosd({a.Dec}) * cosd({b.Dec}) * "
                + $"cosd({b.Ra} - {a.Ra}))",
            a.Offset
        );
    }
}
