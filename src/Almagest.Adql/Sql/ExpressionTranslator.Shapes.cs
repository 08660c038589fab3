using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <content>Geometries: as a query constructs them, and as the values that they are.</content>
internal sealed partial class ExpressionTranslator
{
    private static PublishedType TypeOf(Shape shape) =>
        shape switch
        {
            PointShape => PublishedType.Point,
            CircleShape => PublishedType.Circle,
            ValueShape value => value.Type,
            MocShape => throw NotAValue(shape),
            _ => PublishedType.Polygon,
        };

    /// <summary>The array that a geometry is; null where one of its numbers is.</summary>
    private string ArrayOf(Shape shape) =>
        QueryTranslator.Checked(
            shape switch
            {
                PointShape { Whole: { } whole } => whole,
                PointShape { Known: { } at } => Bind(new[] { at.Ra, at.Dec }, shape.Offset),
                PointShape p => $"sky.point({p.Ra}, {p.Dec})",
                CircleShape { Whole: { } whole } => whole,
                CircleShape { Centre.Known: { } at, KnownRadius: { } radius } => Bind(new[] { at.Ra, at.Dec, radius }, shape.Offset),
                CircleShape c => $"sky.circle({c.Centre.Ra}, {c.Centre.Dec}, {c.Radius})",
                BoxShape { ToIcrs: { } turn } box => $"sky.rotated({Corners(box)}, {turn}, {Bind(new double[3], box.Offset)})",
                BoxShape box => Corners(box),
                PolygonShape polygon => Bind(polygon.Corners.SelectMany(c => new[] { c.Ra, c.Dec }).ToArray(), shape.Offset),
                ValueShape value => value.Sql,
                MocShape => throw NotAValue(shape),
                _ => throw new SyntaxException(
                    shape.Offset,
                    "a REGION of Union, Intersection or Not is not a value: it stands in CONTAINS and INTERSECTS alone"
                ),
            },
            shape.Offset
        );

    private static SyntaxException NotAValue(Shape moc) =>
        new(moc.Offset, "a MOC is not a value here: it stands in CONTAINS and INTERSECTS with a position, and in AREA");

    private static string Corners(BoxShape box) => $"sky.box({box.Centre.Ra}, {box.Centre.Dec}, {box.Width}, {box.Height})";

    private Shape ShapeOf(Expression expression) =>
        expression switch
        {
            FunctionCall { Function: "POINT" or "CIRCLE" or "BOX" or "POLYGON" or "CENTROID" or "REGION" or "MOC" } call => Constructed(
                call
            ),
            Cast { Of: TextLiteral text, Type: "POINT" or "CIRCLE" or "POLYGON" } cast => Serialised(cast.Type, text),
            _ => ShapeOf(Value(expression), expression.Offset),
        };

    private static Shape ShapeOf(Value value, int offset) =>
        value.Type switch
        {
            PublishedType.Point => Part(value.Sql, offset),
            PublishedType.Circle => new CircleShape(Part($"({value.Sql})[1:2]", offset), $"({value.Sql})[3]", null, offset)
            {
                Whole = value.Sql,
            },
            PublishedType.Polygon or PublishedType.Region => new ValueShape(value.Sql, value.Type.Value, offset),
            _ => throw new SyntaxException(
                offset,
                $"found {value.Described}, expected a geometry: POINT, CIRCLE, BOX, POLYGON, or a column that holds one"
            ),
        };

    private static PointShape Part(string array, int offset) =>
        new($"({array})[1]", $"({array})[2]", null, null, offset) { Whole = QueryTranslator.Checked(array, offset) };

    private Shape Constructed(FunctionCall call)
    {
        // A coordinate system comes first in ADQL 2.0; in 2.1 it is left out. NULL stands for the service's own.
        var arguments = call.Arguments;
        var system = (FrameConversion?)null;
        var hasSystem = call.Function switch
        {
            "POINT" => arguments.Count == 3,
            "CIRCLE" => arguments.Count == 4 || arguments is [TextLiteral, ..],
            "BOX" => arguments.Count == 5 || arguments is [TextLiteral, ..],
            "POLYGON" => arguments is [TextLiteral or NullLiteral, ..],
            _ => false,
        };
        if (hasSystem)
        {
            system = arguments[0] switch
            {
                TextLiteral text => CoordinateSystems.Conversion(text.Text, text.Offset),
                NullLiteral => null,
                _ => throw new SyntaxException(
                    arguments[0].Offset,
                    $"the first argument of this {call.Function} is its coordinate system, a text such as 'ICRS'"
                ),
            };
            arguments = [.. arguments.Skip(1)];
        }
        switch (call.Function)
        {
            case "POINT" when arguments.Count == 2:
                return PointOf(arguments[0], arguments[1], system, call.Offset);
            case "CIRCLE" when arguments.Count is 2 or 3:
                var radius = arguments[^1];
                if (Constant(radius) is < 0)
                    throw new SyntaxException(radius.Offset, "a circle's radius is negative");
                return new CircleShape(
                    arguments.Count == 2 ? Point(arguments[0]) : PointOf(arguments[0], arguments[1], system, call.Offset),
                    Number(radius).Double,
                    Constant(radius),
                    call.Offset
                );
            case "BOX" when arguments.Count is 3 or 4:
                return BoxOf(arguments, system, call.Offset);
            case "POLYGON":
                return PolygonOf(arguments, system, call.Offset);
            case "CENTROID" when arguments.Count == 1:
                return ShapeOf(arguments[0]) switch
                {
                    PointShape p => p,
                    CircleShape c => c.Centre,
                    BoxShape { FromIcrs: null } b => b.Centre,
                    var other => Part($"sky.centroid({ArrayOf(other)})", call.Offset),
                };
            case "REGION" when arguments.Count == 1:
                return arguments[0] is TextLiteral stc
                    ? Said(StcText.Read(stc.Text, stc.Offset), stc.Offset)
                    : throw new SyntaxException(arguments[0].Offset, "REGION takes a text in quotes, such as 'Circle ICRS 10 20 0.5'");
            case "MOC":
                return arguments is [TextLiteral moc]
                    ? MocText.Read(moc.Text, moc.Offset)
                    : throw new SyntaxException(
                        call.Offset,
                        "MOC takes a coverage as a text in quotes, such as MOC('3/5-7,12 4/200'); it makes none of a geometry"
                    );
            default:
                throw new SyntaxException(
                    call.Offset,
                    $"{call.Function} has {arguments.Count} arguments; write POINT(ra, dec), CIRCLE(ra, dec, radius), BOX(ra, dec, "
                        + $"width, height) in degrees"
                );
        }
    }

    private BoxShape BoxOf(IReadOnlyList<Expression> arguments, FrameConversion? system, int offset)
    {
        var (width, height) = (arguments[^2], arguments[^1]);
        if (Constant(width) is < 0 || Constant(height) is < 0)
            throw new SyntaxException(width.Offset, "the width and height of a BOX are numbers that are not negative");
        if (arguments.Count == 3)
            system = null;
        RequireRotation(system, offset);
        var centre = arguments.Count == 3 ? Point(arguments[0]) : PointOf(arguments[0], arguments[1], null, offset);
        (double, double)? known = Constant(width) is { } w && Constant(height) is { } h ? (w, h) : null;
        return Box(centre, Number(width).Double, Number(height).Double, known, system, offset);
    }

    private BoxShape Box(PointShape centre, string width, string height, (double, double)? known, FrameConversion? system, int offset)
    {
        if (system is null)
            return new BoxShape(centre, width, height, known, null, null, offset);
        var m = system.Matrix;
        double[] back = [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
        return new BoxShape(centre, width, height, known, Bind(back, offset), Bind(m.ToArray(), offset), offset);
    }

    private static void RequireRotation(FrameConversion? system, int offset)
    {
        if (system is not null && system.ETerms.Any(e => e != 0))
            throw new SyntaxException(offset, "a BOX cannot be given in FK4 here; write a POLYGON, or a BOX in ICRS or GALACTIC");
    }

    private Shape PolygonOf(IReadOnlyList<Expression> arguments, FrameConversion? system, int offset)
    {
        List<PointShape> corners;
        if (arguments.Count >= 3 && arguments.All(a => a is not NumberLiteral and not Negation) && IsGeometry(arguments[0]))
            corners = arguments.Select(Point).ToList();
        else if (arguments.Count < 6 || arguments.Count % 2 != 0)
            throw new SyntaxException(offset, "a POLYGON has at least three corners: POLYGON(ra1, dec1, ra2, dec2, ra3, dec3, …)");
        else
            corners = arguments.Chunk(2).Select(pair => PointOf(pair[0], pair[1], system, pair[0].Offset)).ToList();
        if (corners.TrueForAll(c => c.Known is not null))
            return SkyPolygon.Of(corners.ConvertAll(c => c.Known!.Value), offset);
        if (corners.Count > SkyPolygon.MostCorners)
            throw new SyntaxException(offset, $"a POLYGON has at most {SkyPolygon.MostCorners} corners");
        var numbers = string.Join(", ", corners.Select(c => $"{c.Ra}, {c.Dec}"));
        return new ValueShape($"sky.polygon(array[{numbers}])", PublishedType.Polygon, offset);
    }

    private bool IsGeometry(Expression expression) =>
        expression is FunctionCall { Function: "POINT" or "CENTROID" } || (expression is not NullLiteral && Value(expression).IsGeometry);

    private PointShape Point(Expression expression) =>
        ShapeOf(expression) switch
        {
            PointShape point => point,
            _ => throw new SyntaxException(expression.Offset, "expected a position: POINT(ra, dec)"),
        };

    private PointShape PointOf(Expression raExpression, Expression decExpression, FrameConversion? system, int offset)
    {
        var (ra, dec) = (Number(raExpression), Number(decExpression));
        if (Constant(decExpression) is { } declination and not (>= -90 and <= 90))
            throw new SyntaxException(
                decExpression.Offset,
                string.Create(CultureInfo.InvariantCulture, $"the declination {declination} is not between -90 and 90 degrees")
            );
        if (Constant(raExpression) is { } r && Constant(decExpression) is { } d)
            return system is null ? new PointShape(ra.Double, dec.Double, (r, d), null, offset) : KnownPoint(r, d, system, offset);
        if (system is not null)
            return Part(
                $"sky.rotated(sky.point({ra.Double}, {dec.Double}), {Bind(system.Matrix.ToArray(), offset)}, "
                    + $"{Bind(system.ETerms.ToArray(), offset)})",
                offset
            );
        var indexed =
            ra.Relation is { Table.Sky: { } sky } relation && ReferenceEquals(dec.Relation, relation) && sky.Has(ra.Source, dec.Source)
                ? relation
                : null;
        return new PointShape(ra.Double, dec.Double, null, indexed, offset);
    }

    private PointShape KnownPoint(double ra, double dec, FrameConversion? system, int offset)
    {
        if (dec is not (>= -90 and <= 90) || !double.IsFinite(ra))
            throw new SyntaxException(
                offset,
                string.Create(CultureInfo.InvariantCulture, $"the declination {dec} is not between -90 and 90 degrees")
            );
        var (icrsRa, icrsDec) = system?.Position(ra, dec) ?? (ra, dec);
        return new PointShape(Bind(icrsRa, offset), Bind(icrsDec, offset), (icrsRa, icrsDec), null, offset);
    }

    private Shape Said(StcRegion region, int offset)
    {
        var system = CoordinateSystems.Conversion(region.System, offset);
        var n = region.Numbers;
        switch (region.Kind)
        {
            case "POSITION" or "POINT":
                return KnownPoint(n[0], n[1], system, offset);
            case "CIRCLE":
                if (n[2] < 0)
                    throw new SyntaxException(offset, "a circle's radius is negative");
                return new CircleShape(KnownPoint(n[0], n[1], system, offset), Bind(n[2], offset), n[2], offset);
            case "POLYGON":
                return SkyPolygon.Of(n.Chunk(2).Select(pair => KnownPoint(pair[0], pair[1], system, offset).Known!.Value).ToList(), offset);
            case "BOX" or "POSITIONINTERVAL":
                var (ra, dec, width, height) =
                    region.Kind == "BOX" ? (n[0], n[1], n[2], n[3]) : ((n[0] + n[2]) / 2, (n[1] + n[3]) / 2, n[2] - n[0], n[3] - n[1]);
                // An interval may go through 0.
                if (region.Kind != "BOX" && width < 0)
                    (ra, width) = (ra + 180, width + 360);
                if (width < 0 || height < 0)
                    throw new SyntaxException(offset, "the width or height of the REGION is negative");
                RequireRotation(system, offset);
                return Box(KnownPoint(ra, dec, null, offset), Bind(width, offset), Bind(height, offset), (width, height), system, offset);
            case "ALLSKY":
                return new CircleShape(KnownPoint(0, 0, null, offset), Bind(180.0, offset), 180, offset);
            case "NOT":
                return new OutsideShape(Said(region.Parts[0], offset), offset);
            default:
                return new CombinedShape(region.Kind == "INTERSECTION", region.Parts.Select(p => Said(p, offset)).ToList(), offset);
        }
    }

    /// <summary>A geometry as DALI 1.1 (3.3.6) writes it: numbers apart by blanks.</summary>
    private Shape Serialised(string type, TextLiteral text)
    {
        var numbers = new List<double>();
        foreach (var word in text.Text.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                throw new SyntaxException(text.Offset, $"the {type} has '{word}', expected numbers apart by blanks");
            numbers.Add(number);
        }
        var expected = type switch
        {
            "POINT" => numbers.Count == 2 ? null : "two",
            "CIRCLE" => numbers.Count == 3 ? null : "three",
            _ => numbers.Count >= 6 && numbers.Count % 2 == 0 ? null : "three pairs or more",
        };
        if (expected is not null)
            throw new SyntaxException(text.Offset, $"the {type} has {numbers.Count} numbers, expected {expected}");
        return Said(new StcRegion(type, "", numbers, []), text.Offset);
    }
}
