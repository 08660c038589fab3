using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Adql.Units;

namespace Almagest.Adql.Sql;

/// <content>Functions of numbers and texts (ADQL 2.1, 4.1 and 4.3 to 4.6).</content>
internal sealed partial class ExpressionTranslator
{
    // Of one double-precision number.
    private static readonly Dictionary<string, string> s_ofOneNumber = new()
    {
        ["ACOS"] = "acos",
        ["ASIN"] = "asin",
        ["ATAN"] = "atan",
        ["COS"] = "cos",
        ["COT"] = "cot",
        ["SIN"] = "sin",
        ["TAN"] = "tan",
        ["CEILING"] = "ceil",
        ["DEGREES"] = "degrees",
        ["EXP"] = "exp",
        ["FLOOR"] = "floor",
        ["LOG"] = "ln",
        ["LOG10"] = "log10",
        ["RADIANS"] = "radians",
        ["SQRT"] = "sqrt",
    };

    private static IEnumerable<string> Known =>
        s_ofOneNumber
            .Keys.Concat([
                "ABS",
                "ATAN2",
                "GREATEST",
                "LEAST",
                "MOD",
                "PI",
                "POWER",
                "RAND",
                "ROUND",
                "SIGN",
                "TRUNCATE",
                "LOWER",
                "UPPER",
                "COALESCE",
                "IN_UNIT",
                .. s_geometryFunctions,
                .. UserFunctions.Names,
            ])
            .Distinct()
            .Order(StringComparer.Ordinal);

    // As other languages have them.
    private static readonly Dictionary<string, string> s_elsewhere = new(StringComparer.Ordinal)
    {
        ["CEIL"] = "CEILING",
        ["COLLECT"] = "IVO_STRING_AGG",
        ["IFNULL"] = "COALESCE",
        ["LN"] = "LOG (the natural logarithm; LOG10 is the decadic one)",
        ["NVL"] = "COALESCE",
        ["POW"] = "POWER",
        ["STDEV"] = "STDDEV",
        ["STRING_AGG"] = "IVO_STRING_AGG",
        ["TO_CHAR"] = "CAST(… AS VARCHAR)",
        ["TRUNC"] = "TRUNCATE",
        ["VAR"] = "VARIANCE",
    };

    private Value Called(FunctionCall call)
    {
        if (s_ofOneNumber.TryGetValue(call.Function, out var own))
        {
            var number = Numbers(call, 1, 1)[0];
            return new Value($"{own}({number.Double})", PublishedType.Double)
            {
                Unit = call.Function switch
                {
                    "SQRT" => number.Unit?.ToPower(0.5),
                    "CEILING" or "FLOOR" => number.Unit,
                    _ => null,
                },
            };
        }
        switch (call.Function)
        {
            case "ABS":
                var of = Numbers(call, 1, 1)[0];
                return new Value($"abs({of.Sql})", of.Type) { Unit = of.Unit };
            case "ATAN2" or "POWER":
                var two = Numbers(call, 2, 2);
                return new Value($"{call.Function.ToLowerInvariant()}({two[0].Double}, {two[1].Double})", PublishedType.Double)
                {
                    Unit =
                        call.Function == "POWER" && Constant(call.Arguments[1]) is { } power and >= -30 and <= 30
                            ? two[0].Unit?.ToPower(power)
                            : null,
                };
            case "MOD":
                var division = Numbers(call, 2, 2);
                return division.TrueForAll(d => d.Type == PublishedType.Integer)
                    ? new Value($"mod({division[0].Sql}, {division[1].Sql})", PublishedType.Integer)
                    : new Value(
                        $"(mod(({division[0].Sql})::numeric, ({division[1].Sql})::numeric))::double precision",
                        PublishedType.Double
                    );
            case "SIGN":
                return new Value($"sign({Numbers(call, 1, 1)[0].Double})", PublishedType.Double) { Unit = Unit.One };
            case "GREATEST" or "LEAST":
                var candidates = Numbers(call, 1, 100);
                return new Value(
                    $"{call.Function.ToLowerInvariant()}({string.Join(", ", candidates.Select(v => v.Sql))})",
                    Common(candidates, call.Offset, call.Function)
                )
                {
                    Unit = CommonUnit(candidates),
                };
            case "PI":
                Numbers(call, 0, 0);
                return new Value("pi()", PublishedType.Double) { Unit = Unit.One };
            case "RAND":
                Numbers(call, 0, 1);
                return new Value("random()", PublishedType.Double) { Unit = Unit.One };
            case "ROUND" or "TRUNCATE":
                var rounded = Numbers(call, 1, 2);
                if (rounded.Count == 2 && rounded[1].Type != PublishedType.Integer)
                    throw new SyntaxException(call.Arguments[1].Offset, $"the digits of {call.Function} are a whole number");
                var digits = rounded.Count == 2 ? $", ({rounded[1].Sql})::integer" : "";
                return new Value(
                    $"({(call.Function == "ROUND" ? "round" : "trunc")}(({rounded[0].Sql})::numeric{digits}))::double precision",
                    PublishedType.Double
                )
                {
                    Unit = rounded[0].Unit,
                };
            case "LOWER" or "UPPER":
                Count(call, 1, 1);
                return new Value(
                    $"{call.Function.ToLowerInvariant()}({Text(Value(call.Arguments[0]), call.Arguments[0].Offset)})",
                    PublishedType.Text
                );
            case "COALESCE":
                Count(call, 1, 100);
                var values = Alike(call.Arguments, call.Arguments.Select(Value).ToList());
                var type = Common(values, call.Offset, "COALESCE");
                return new Value($"coalesce({string.Join(", ", values.Select(v => v.Sql))})", type)
                {
                    Unit = type is null ? null : CommonUnit(values),
                    IsTruth = AllTruths(values),
                    MayBeTruth = SomeTruths(values),
                };
            case "IN_UNIT":
                return InUnit(call);
            default:
                if (s_geometryFunctions.Contains(call.Function))
                    return GeometryValue(call);
                return OfUsers(call)
                    ?? throw new SyntaxException(
                        call.Offset,
                        s_elsewhere.TryGetValue(call.Function, out var here)
                            ? $"there is no function {call.Function}; here it is {here}"
                            : $"there is no function {call.Function}; there are {string.Join(", ", Known)}"
                    );
        }
    }

    private Value InUnit(FunctionCall call)
    {
        Count(call, 2, 2);
        var value = Number(call.Arguments[0]);
        if (call.Arguments[1] is not TextLiteral text)
            throw new SyntaxException(call.Arguments[1].Offset, "the unit of IN_UNIT is a text in quotes, such as 'mas/yr'");
        if (Unit.Parse(text.Text) is not { } wanted)
            throw new SyntaxException(
                text.Offset,
                $"the unit '{text.Text}' is not known here, expected a VOUnit such as 'deg', 'mas.yr**-1'"
            );
        if (value.Unit is null || value.Unit.Equals(Unit.One))
            throw new SyntaxException(
                call.Arguments[0].Offset,
                value.Unit is null
                    ? "the unit of this value is not known: IN_UNIT takes columns that have a unit, and what is computed from them by "
                        + "+, -, *, /, SQRT, POWER, ABS and aggregates"
                    : "a constant has no unit: IN_UNIT takes columns that have one, and what is computed from them"
            );
        if (!value.Unit.IsLike(wanted))
            throw new SyntaxException(
                text.Offset,
                $"a value in {value.Unit.Text ?? "its unit"} cannot be told in {text.Text}: the dimensions differ"
            );
        var factor = value.Unit.Scale / wanted.Scale;
        var sql = Math.Abs(factor - 1) < 1e-14 ? value.Double : $"({value.Double} * {Bind(factor, call.Offset)})";
        return new Value(sql, PublishedType.Double) { Unit = wanted };
    }

    private static void Count(FunctionCall call, int least, int most)
    {
        if (call.Arguments.Count >= least && call.Arguments.Count <= most)
            return;
        var expected = least == most ? least.ToString(CultureInfo.InvariantCulture) : $"{least} to {most}";
        throw new SyntaxException(call.Offset, $"{call.Function} has {call.Arguments.Count} arguments, expected {expected}");
    }

    private List<Value> Numbers(FunctionCall call, int least, int most)
    {
        Count(call, least, most);
        return call.Arguments.Select(Number).ToList();
    }

    private Value Number(Expression argument)
    {
        var value = Value(argument);
        return value.IsNumber ? value
            : value.Type is null ? value with { Sql = "(null)::double precision", Type = PublishedType.Double }
            : throw new SyntaxException(argument.Offset, $"found {value.Described}, expected a number");
    }

    /// <summary>A number that the query itself says, without looking at any row; null where it does not.</summary>
    private static double? Constant(Expression expression)
    {
        switch (expression)
        {
            case NumberLiteral number:
                return double.Parse(number.Digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            case Negation negation:
                return -Constant(negation.Of);
            case Chain chain:
                var value = Constant(chain.First);
                // Whole numbers divide as whole numbers in the database: left to it.
                if (
                    chain.Rest.Any(r => r.Operator is "||")
                    || (chain.Rest.Any(r => r.Operator == "/") && chain.Rest.All(r => r.Operand is NumberLiteral { IsInteger: true }))
                )
                    return null;
                foreach (var (symbol, operand) in chain.Rest)
                {
                    var right = Constant(operand);
                    value = symbol switch
                    {
                        "+" => value + right,
                        "-" => value - right,
                        "*" => value * right,
                        _ => value / right,
                    };
                }
                return value is { } finite && double.IsFinite(finite) ? finite : null;
            default:
                return null;
        }
    }
}
