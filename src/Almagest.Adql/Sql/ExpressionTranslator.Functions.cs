using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <content>Functions of numbers and texts (ADQL 2.1, 4.1 and 4.3), and this service's own.</content>
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
                "MOD",
                "PI",
                "POWER",
                "RAND",
                "ROUND",
                "TRUNCATE",
                "LOWER",
                "UPPER",
                "COALESCE",
                .. s_geometryFunctions,
                HealpixFunction,
            ])
            .Order(StringComparer.Ordinal);

    private Value Called(FunctionCall call)
    {
        if (s_ofOneNumber.TryGetValue(call.Function, out var own))
            return new Value($"{own}({Numbers(call, 1, 1)[0].Double})", PublishedType.Double);
        switch (call.Function)
        {
            case "ABS":
                var of = Numbers(call, 1, 1)[0];
                return new Value($"abs({of.Sql})", of.Type);
            case "ATAN2" or "POWER":
                var two = Numbers(call, 2, 2);
                return new Value($"{call.Function.ToLowerInvariant()}({two[0].Double}, {two[1].Double})", PublishedType.Double);
            case "MOD":
                var division = Numbers(call, 2, 2);
                return division.TrueForAll(d => d.Type == PublishedType.Integer)
                    ? new Value($"mod({division[0].Sql}, {division[1].Sql})", PublishedType.Integer)
                    : new Value(
                        $"(mod(({division[0].Sql})::numeric, ({division[1].Sql})::numeric))::double precision",
                        PublishedType.Double
                    );
            case "PI":
                Numbers(call, 0, 0);
                return new Value("pi()", PublishedType.Double);
            case "RAND":
                Numbers(call, 0, 1);
                return new Value("random()", PublishedType.Double);
            case "ROUND" or "TRUNCATE":
                var rounded = Numbers(call, 1, 2);
                if (rounded.Count == 2 && rounded[1].Type != PublishedType.Integer)
                    throw new SyntaxException(call.Arguments[1].Offset, $"the digits of {call.Function} are a whole number");
                var digits = rounded.Count == 2 ? $", ({rounded[1].Sql})::integer" : "";
                return new Value(
                    $"({(call.Function == "ROUND" ? "round" : "trunc")}(({rounded[0].Sql})::numeric{digits}))::double precision",
                    PublishedType.Double
                );
            case "LOWER" or "UPPER":
                Count(call, 1, 1);
                return new Value(
                    $"{call.Function.ToLowerInvariant()}({Text(Value(call.Arguments[0]), call.Arguments[0].Offset)})",
                    PublishedType.Text
                );
            case "COALESCE":
                Count(call, 1, 100);
                var values = call.Arguments.Select(Value).ToList();
                return new Value($"coalesce({string.Join(", ", values.Select(v => v.Sql))})", Common(values, call.Offset, "COALESCE"));
            case HealpixFunction:
                return Cell(call);
            default:
                if (s_geometryFunctions.Contains(call.Function))
                    return GeometryValue(call);
                throw new SyntaxException(call.Offset, $"there is no function {call.Function}; there are {string.Join(", ", Known)}");
        }
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
        return value.IsNumber ? value : throw new SyntaxException(argument.Offset, $"found {value.Described}, expected a number");
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
