using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <content>The functions that are declared beside ADQL's own; <see cref="UserFunctions"/> says what they are.</content>
internal sealed partial class ExpressionTranslator
{
    // An identifier of Gaia begins with the nested cell of order 12, before 35 bits.
    private const int GaiaOrder = 12;
    private const int GaiaBits = 35;

    private Value? OfUsers(FunctionCall call)
    {
        switch (call.Function)
        {
            case "IVO_HEALPIX_INDEX":
                return Cell(call);
            case "IVO_HEALPIX_CENTER":
                Count(call, 2, 2);
                return new Value($"sky.cell_center({Whole(call.Arguments[0])}, {Whole(call.Arguments[1])})", PublishedType.Point);
            case "GAIA_HEALPIX_INDEX":
                Count(call, 2, 2);
                var shift = GaiaBits + 2 * (GaiaOrder - Order(call, GaiaOrder));
                return new Value(
                    string.Create(CultureInfo.InvariantCulture, $"({SourceId(call.Arguments[1])} >> {shift})"),
                    PublishedType.Integer
                );
            case "IVO_EPOCH_PROP" or "IVO_EPOCH_PROP_POS" or "EPOCH_PROP_POS" or "ESDC_EPOCH_PROP_POS":
                var moved = $"sky.moved({string.Join(", ", Numbers(call, 8, 8).Select(n => n.Double))})";
                return call.Function == "IVO_EPOCH_PROP"
                    ? new Value(moved, PublishedType.Numbers)
                    : new Value($"({moved})[1:2]", PublishedType.Point);
            case "EPOCH_PROP" or "ESDC_EPOCH_PROP":
                return new Value(
                    $"sky.moved_radially({string.Join(", ", Numbers(call, 8, 8).Select(n => n.Double))})",
                    PublishedType.Numbers
                );
            case "ARRAY_ELEMENT":
                return Element(call);
            case "IVO_GEOM_TRANSFORM":
                return Transformed(call);
            case "IVO_INTERVAL_OVERLAPS":
                var ends = Numbers(call, 4, 4);
                var (a1, b1, a2, b2) = (ends[0].Sql, ends[1].Sql, ends[2].Sql, ends[3].Sql);
                return Truth($"{a1} <= {b1} and {a2} <= {b2} and {a1} <= {b2} and {a2} <= {b1}");
            case "IVO_NOCASEMATCH":
                Count(call, 2, 2);
                return Truth($"{TextOf(call, 0)} ilike {TextOf(call, 1)} escape ''");
            case "IVO_HASWORD":
                Count(call, 2, 2);
                return new Value($"sky.has_words({TextOf(call, 0)}, {TextOf(call, 1)})", PublishedType.Integer);
            case "IVO_HASHLIST_HAS":
                Count(call, 2, 2);
                return new Value($"sky.hash_list_has({TextOf(call, 0)}, {TextOf(call, 1)})", PublishedType.Integer);
            case "IVO_TO_JD" or "IVO_TO_MJD":
                Count(call, 1, 1);
                // The Unix epoch as a Julian date.
                var epoch = Bind(call.Function == "IVO_TO_JD" ? 2440587.5 : 40587.0, call.Offset);
                return new Value(
                    $"((extract(epoch from {Moment(call.Arguments[0])}))::double precision / 86400 + {epoch})",
                    PublishedType.Double
                );
            case "IVO_NORMAL_RANDOM":
                // Box and Muller 1958.
                var normal = Numbers(call, 2, 2);
                return new Value(
                    $"({normal[0].Double} + {normal[1].Double} * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))",
                    PublishedType.Double
                );
            default:
                return null;
        }
    }

    private Value Element(FunctionCall call)
    {
        Count(call, 2, 2);
        var array = Value(call.Arguments[0]);
        if (array.Type?.IsArray() != true)
            throw new SyntaxException(call.Arguments[0].Offset, $"found {array.Described}, expected an array");
        return new Value($"({array.Sql})[({Whole(call.Arguments[1])})::integer]", PublishedType.Double);
    }

    private static Value Truth(string condition) => new($"(case when {condition} then 1 else 0 end)", PublishedType.Integer);

    private string TextOf(FunctionCall call, int argument)
    {
        var value = Value(call.Arguments[argument]);
        return value.Type is null ? "(null)::text" : Text(value, call.Arguments[argument].Offset);
    }

    private string Whole(Expression expression)
    {
        var value = Number(expression);
        return value.Type == PublishedType.Integer
            ? value.Sql
            : throw new SyntaxException(expression.Offset, "found a number that need not be whole, expected a whole one");
    }

    private static int Order(FunctionCall call, int most)
    {
        if (Constant(call.Arguments[0]) is { } order && order >= 0 && order <= most && order == Math.Floor(order))
            return (int)order;
        throw new SyntaxException(
            call.Arguments[0].Offset,
            $"the order of {call.Function.ToLowerInvariant()} is a number from 0 to {most}"
        );
    }

    private string SourceId(Expression expression)
    {
        var value = Value(expression);
        return value.Type switch
        {
            PublishedType.Integer => value.Sql,
            PublishedType.Text => $"({value.Sql})::bigint",
            _ => throw new SyntaxException(expression.Offset, $"found {value.Described}, expected a source_id"),
        };
    }

    private string Moment(Expression expression)
    {
        var value = Value(expression);
        return value.Type switch
        {
            PublishedType.Timestamp => value.Sql,
            null => "(null)::timestamptz",
            PublishedType.Text when expression is TextLiteral text => Read(text, PublishedType.Timestamp)!,
            PublishedType.Text => $"({value.Sql})::timestamptz",
            _ => throw new SyntaxException(expression.Offset, $"found {value.Described}, expected a time"),
        };
    }

    /// <summary>ivo_healpix_index(order, ra, dec), and of a point: the nested cell of a position.</summary>
    private Value Cell(FunctionCall call)
    {
        Count(call, 2, 3);
        var order = Order(call, Healpix.MaxOrder);
        var point = call.Arguments.Count == 2 ? Point(call.Arguments[1]) : PointOf(call.Arguments[1], call.Arguments[2], null, call.Offset);
        if (point.Known is { } known)
            return new Value(Bind(Healpix.AngToPix(order, known.Ra, known.Dec), call.Offset), PublishedType.Integer);
        return new Value(
            string.Create(CultureInfo.InvariantCulture, $"({CellOf(point)} >> {2 * (Healpix.MaxOrder - order)})"),
            PublishedType.Integer
        );
    }

    /// <summary>The nested cell of order 29 that holds a position.</summary>
    private string CellOf(PointShape point) =>
        point switch
        {
            { Known: { } known } => Bind(Healpix.AngToPix(Healpix.MaxOrder, known.Ra, known.Dec), point.Offset),
            { Indexed: { Table.Sky: { } sky } relation } => string.Format(CultureInfo.InvariantCulture, sky.CellSql, relation.Alias),
            _ => $"sky.cell({point.Ra}, {point.Dec})",
        };

    private Value Transformed(FunctionCall call)
    {
        Count(call, 3, 3);
        var (from, to) = (System(call.Arguments[0]), System(call.Arguments[1]));
        var shape = ShapeOf(call.Arguments[2]);
        var matrix = FrameConversion.MatrixBetween(from, to).ToArray();
        return new Value($"sky.rotated({ArrayOf(shape)}, {Bind(matrix, call.Offset)}, {Bind(new double[3], call.Offset)})", TypeOf(shape));
    }

    private static PositionSystem System(Expression expression)
    {
        if (expression is not TextLiteral text)
            throw new SyntaxException(expression.Offset, "a system of coordinates is a text in quotes, such as 'ICRS' or 'GALACTIC'");
        return text.Text.Trim().Equals("FK5", StringComparison.OrdinalIgnoreCase)
            ? new PositionSystem(SkyFrame.Fk5, 2000)
            : CoordinateSystems.Find(text.Text) ?? throw CoordinateSystems.Unknown(text.Text, text.Offset);
    }
}
