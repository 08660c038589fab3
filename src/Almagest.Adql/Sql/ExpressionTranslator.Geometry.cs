using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <content>
/// Geometry (ADQL 2.1, 4.2; BOX of 2.0). Positions are ICRS. A cone around a position that the query says, on a table with an index of
/// HEALPix cells, becomes ranges of cells beside the exact condition.
/// </content>
internal sealed partial class ExpressionTranslator
{
    public const string HealpixFunction = "IVO_HEALPIX_INDEX";

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
        "POINT",
        "POLYGON",
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
            var exact = $"({Distance(from, to)} {symbol} {Number(right).Sql})";
            var cells = Constant(right) is { } radius and >= 0 ? Cells(from, to, radius) : null;
            return cells is null ? exact : $"({cells} and {exact})";
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
                return new Value(Distance(from, to), PublishedType.Double);
            case "COORD1" or "COORD2":
                Count(call, 1, 1);
                var point = Point(call.Arguments[0]);
                return new Value(call.Function == "COORD1" ? point.Ra : point.Dec, PublishedType.Double);
            case "COORDSYS":
                Count(call, 1, 1);
                _ = ShapeOf(call.Arguments[0]);
                return new Value(Bind("ICRS", call.Offset), PublishedType.Text);
            case "AREA":
                Count(call, 1, 1);
                return new Value(Area(ShapeOf(call.Arguments[0])), PublishedType.Double);
            default:
                throw new SyntaxException(
                    call.Offset,
                    $"{call.Function} is a geometry and no value: use it in CONTAINS, INTERSECTS or DISTANCE, or select its coordinates"
                );
        }
    }

    private Shape ShapeOf(Expression expression)
    {
        if (expression is not FunctionCall call)
            throw new SyntaxException(expression.Offset, "expected a geometry: POINT, CIRCLE, BOX or POLYGON");
        // A coordinate system comes first in ADQL 2.0; in 2.1 it is left out.
        var arguments = call.Arguments;
        if (call.Function is "POINT" or "CIRCLE" or "BOX" or "POLYGON" && arguments is [TextLiteral system, ..])
        {
            if (
                !system.Text.Trim().Split(' ')[0].ToUpperInvariant().Equals("ICRS", StringComparison.Ordinal)
                && system.Text.Trim().Length > 0
            )
                throw new SyntaxException(system.Offset, $"the coordinate system '{system.Text}' is not known here: positions are ICRS");
            arguments = [.. arguments.Skip(1)];
        }
        switch (call.Function)
        {
            case "POINT" when arguments.Count == 2:
                return PointOf(arguments[0], arguments[1], call.Offset);
            case "CIRCLE" when arguments.Count is 2 or 3:
                var radius = arguments[^1];
                if (Constant(radius) is < 0)
                    throw new SyntaxException(radius.Offset, "a circle's radius is negative");
                return new CircleShape(
                    arguments.Count == 2 ? Point(arguments[0]) : PointOf(arguments[0], arguments[1], call.Offset),
                    Number(radius).Double,
                    Constant(radius),
                    call.Offset
                );
            case "BOX" when arguments.Count is 3 or 4:
                if (Constant(arguments[^2]) is not ({ } width and >= 0) || Constant(arguments[^1]) is not ({ } height and >= 0))
                    throw new SyntaxException(arguments[^2].Offset, "the width and height of a BOX are numbers that are not negative");
                return new BoxShape(
                    arguments.Count == 3 ? Point(arguments[0]) : PointOf(arguments[0], arguments[1], call.Offset),
                    width,
                    height,
                    call.Offset
                );
            case "POLYGON":
                return SkyPolygon.Of(
                    arguments.Count > 0 && arguments[0] is FunctionCall
                        ? arguments.Select(a => KnownCorner(Point(a))).ToList()
                        : Pairs(arguments, call.Offset),
                    call.Offset
                );
            case "CENTROID" when arguments.Count == 1:
                return ShapeOf(arguments[0]) switch
                {
                    PointShape p => p,
                    CircleShape c => c.Centre,
                    BoxShape b => b.Centre,
                    _ => throw new SyntaxException(call.Offset, "CENTROID takes a circle or a box"),
                };
            case "POINT" or "CIRCLE" or "BOX" or "CENTROID":
                throw new SyntaxException(
                    call.Offset,
                    $"{call.Function} has {arguments.Count} arguments; write POINT(ra, dec), CIRCLE(ra, dec, radius), BOX(ra, dec, "
                        + $"width, height) in degrees"
                );
            default:
                throw new SyntaxException(call.Offset, $"{call.Function} is not a geometry, expected POINT, CIRCLE, BOX or POLYGON");
        }
    }

    private List<(double Ra, double Dec)> Pairs(IReadOnlyList<Expression> arguments, int offset)
    {
        if (arguments.Count < 6 || arguments.Count % 2 != 0)
            throw new SyntaxException(offset, "a POLYGON has at least three corners: POLYGON(ra1, dec1, ra2, dec2, ra3, dec3, …)");
        return arguments.Chunk(2).Select(pair => KnownCorner(PointOf(pair[0], pair[1], pair[0].Offset))).ToList();
    }

    private static (double Ra, double Dec) KnownCorner(PointShape point) =>
        point.Known ?? throw new SyntaxException(point.Offset, "the corners of a POLYGON are numbers");

    private PointShape Point(Expression expression) =>
        ShapeOf(expression) as PointShape ?? throw new SyntaxException(expression.Offset, "expected a position: POINT(ra, dec)");

    private PointShape PointOf(Expression raExpression, Expression decExpression, int offset)
    {
        var (ra, dec) = (Number(raExpression), Number(decExpression));
        (double, double)? known = Constant(raExpression) is { } r && Constant(decExpression) is { } d ? (r, d) : null;
        if (Constant(decExpression) is { } declination and not (>= -90 and <= 90))
            throw new SyntaxException(
                decExpression.Offset,
                string.Create(CultureInfo.InvariantCulture, $"the declination {declination} is not between -90 and 90 degrees")
            );
        var indexed =
            ra.Relation is { Table.Sky: { } sky } relation && ReferenceEquals(dec.Relation, relation) && sky.Has(ra.Source, dec.Source)
                ? relation
                : null;
        return new PointShape(ra.Double, dec.Double, known, indexed, offset);
    }

    private (PointShape From, PointShape To) Ends(FunctionCall call) =>
        call.Arguments.Count switch
        {
            2 => (Point(call.Arguments[0]), Point(call.Arguments[1])),
            4 => (
                PointOf(call.Arguments[0], call.Arguments[1], call.Offset),
                PointOf(call.Arguments[2], call.Arguments[3], call.Arguments[2].Offset)
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
        var meets = call.Function == "INTERSECTS";
        if (meets && second is PointShape)
            (first, second) = (second, first);
        return (first, second) switch
        {
            (PointShape p, CircleShape c) => InCircle(p, c),
            (PointShape p, BoxShape b) => InBox(p, b),
            (PointShape p, PolygonShape polygon) => InPolygon(p, polygon),
            (PointShape p, PointShape q) => $"({p.Ra} = {q.Ra} and {p.Dec} = {q.Dec})",
            (CircleShape a, CircleShape b) => meets
                ? $"({Distance(a.Centre, b.Centre)} <= {a.Radius} + {b.Radius})"
                : $"({Distance(a.Centre, b.Centre)} + {a.Radius} <= {b.Radius})",
            _ => throw new SyntaxException(call.Offset, $"{call.Function} takes a point and a region, or two circles"),
        };
    }

    private string InCircle(PointShape p, CircleShape c)
    {
        var exact = $"{Haversine(p, c.Centre)} <= power(sind(least({c.Radius}, 180) / 2), 2)";
        var cells = c.KnownRadius is { } radius ? Cells(p, c.Centre, radius) : null;
        return cells is null ? $"({exact})" : $"({cells} and {exact})";
    }

    private string InBox(PointShape p, BoxShape box)
    {
        var (width, height) = (Bind(box.Width / 2, box.Offset), Bind(box.Height / 2, box.Offset));
        // Half the difference of two right ascensions by its sine, which does not mind how often they went round.
        var apart = $"abs(sind(({p.Ra} - {box.Centre.Ra}) / 2)) <= sind({width} / 2)";
        var exact =
            box.Width >= 360 ? $"abs({p.Dec} - {box.Centre.Dec}) <= {height}" : $"abs({p.Dec} - {box.Centre.Dec}) <= {height} and {apart}";
        if (box.Width > 180 || box.Centre.Known is not { } centre)
            return $"({exact})";
        // Up to 180 degrees of width, a corner is the box's farthest position.
        var (low, high) = (Math.Max(-90, centre.Dec - box.Height / 2), Math.Min(90, centre.Dec + box.Height / 2));
        var reach = new[] { low, high }.Max(dec => SkyCoordinates.SeparationDeg(centre.Ra, centre.Dec, centre.Ra + box.Width / 2, dec));
        return Cells(p, box.Centre, Math.Min(180, reach * (1 + 1e-9) + 1e-9)) is { } cells ? $"({cells} and {exact})" : $"({exact})";
    }

    private string InPolygon(PointShape p, PolygonShape polygon)
    {
        var sides = SkyPolygon
            .Sides(polygon)
            .Select(n =>
                $"cosd({p.Dec}) * ({Bind(n.X, polygon.Offset)} * cosd({p.Ra}) + {Bind(n.Y, polygon.Offset)} * sind({p.Ra})) + "
                + $"{Bind(n.Z, polygon.Offset)} * sind({p.Dec}) >= {Bind(-1e-15, polygon.Offset)}"
            );
        var exact = string.Join(" and ", sides);
        var (ra, dec, radius) = SkyPolygon.Around(polygon);
        var centre = new PointShape("", "", (ra, dec), null, polygon.Offset);
        return Cells(p, centre, radius) is { } cells ? $"({cells} and {exact})" : $"({exact})";
    }

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
        var lead = sky.LeadSql is null
            ? ""
            : $"{string.Format(CultureInfo.InvariantCulture, sky.LeadSql, relation.Alias)} = "
                + $"any({Bind(sky.LeadValues!.ToArray(), a.Offset)}) and ";
        return $"{lead}({string.Join(" or ", ranges)})";
    }

    // Haversine of the angle: stable for the small angles that circles have.
    private static string Haversine(PointShape a, PointShape b) =>
        $"power(sind(({a.Dec} - {b.Dec}) / 2), 2) + cosd({a.Dec}) * cosd({b.Dec}) * power(sind(({a.Ra} - {b.Ra}) / 2), 2)";

    /// <summary>The angle by Vincenty's formula, degrees: accurate for equal, near and opposite positions.</summary>
    private static string Distance(PointShape a, PointShape b)
    {
        var across = $"cosd({b.Dec}) * sind({b.Ra} - {a.Ra})";
        var along = $"(cosd({a.Dec}) * sind({b.Dec}) - sind({a.Dec}) * cosd({b.Dec}) * cosd({b.Ra} - {a.Ra}))";
        return QueryTranslator.Checked(
            $"atan2d(sqrt(power({across}, 2) + power({along}, 2)), sind({a.Dec}) * sind({b.Dec}) + cosd({a.Dec}) * cosd({b.Dec}) * "
                + $"cosd({b.Ra} - {a.Ra}))",
            a.Offset
        );
    }

    private string Area(Shape shape) =>
        shape switch
        {
            PointShape => Bind(0.0, shape.Offset),
            CircleShape c => $"(degrees(degrees(4 * pi() * power(sind(least({c.Radius}, 180) / 2), 2))))",
            PolygonShape p => Bind(SkyPolygon.AreaDeg2(p), p.Offset),
            _ => throw new SyntaxException(shape.Offset, "AREA takes a circle or a polygon"),
        };

    /// <summary>ivo_healpix_index(order, ra, dec), of the catalogue of user-defined functions: the nested cell of an indexed
    /// position.</summary>
    private Value Cell(FunctionCall call)
    {
        Count(call, 3, 3);
        if (Constant(call.Arguments[0]) is not { } order || order is not (>= 0 and <= Healpix.MaxOrder) || order != Math.Floor(order))
            throw new SyntaxException(call.Arguments[0].Offset, $"the order of ivo_healpix_index is a number from 0 to {Healpix.MaxOrder}");
        var point = PointOf(call.Arguments[1], call.Arguments[2], call.Offset);
        if (point.Known is { } known)
            return new Value(Bind(Healpix.AngToPix((int)order, known.Ra, known.Dec), call.Offset), PublishedType.Integer);
        if (point.Indexed is not { Table.Sky: { } sky } relation)
            throw new SyntaxException(call.Offset, "ivo_healpix_index takes the position columns of a table of stars");
        return new Value(
            string.Create(
                CultureInfo.InvariantCulture,
                $"({string.Format(CultureInfo.InvariantCulture, sky.CellSql, relation.Alias)} >> {2 * (Healpix.MaxOrder - (int)order)})"
            ),
            PublishedType.Integer
        );
    }
}
