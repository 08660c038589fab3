using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <content>
/// Truth values, which are the texts true and false. Archives have them as booleans, as texts in any case or as 1 and 0, and queries say
/// them as their archive does: all of these are understood, and what is none of them is refused rather than never equal to anything.
/// </content>
internal sealed partial class ExpressionTranslator
{
    private const string True = "true";
    private const string False = "false";

    /// <summary>What a text says; null where it is not a truth value.</summary>
    private static bool? ReadTruth(string text) =>
        text.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "T" or "1" or "YES" or "Y" => true,
            "FALSE" or "F" or "0" or "NO" or "N" => false,
            _ => null,
        };

    /// <summary>What a constant says; null where the expression is not one.</summary>
    /// <exception cref="SyntaxException">a constant that is not a truth value</exception>
    private static bool? TruthOf(Expression expression)
    {
        if (expression is TextLiteral text)
            return ReadTruth(text.Text) ?? throw NotTrue(text.Offset, $"'{text.Text}'");
        return Constant(expression) switch
        {
            null => null,
            0 => false,
            1 => true,
            _ => throw NotTrue(expression.Offset, expression is NumberLiteral number ? number.Digits : "the number"),
        };
    }

    private static SyntaxException NotTrue(int offset, string what) =>
        new(offset, $"{what} is not a truth value; what it is compared with is true or false: write = 'true' or = 'false'");

    private string Written(bool truth, int offset) => Bind(truth ? True : False, offset);

    /// <summary>A truth value as the number that others have for it.</summary>
    private string AsNumber(Value truth, int offset) =>
        $"(case {truth.Sql} when {Written(true, offset)} then 1 when {Written(false, offset)} then 0 end)";

    /// <summary>Two values of which one is a truth value.</summary>
    private (string Left, string Right) Truths(Expression left, Value leftValue, Expression right, Value rightValue, int offset)
    {
        if (leftValue.IsTruth && rightValue.IsTruth)
            return (leftValue.Sql, rightValue.Sql);
        var (truth, other, beside) = leftValue.IsTruth ? (leftValue, rightValue, right) : (rightValue, leftValue, left);
        var (own, others) =
            TruthOf(beside) is { } constant ? (truth.Sql, Written(constant, beside.Offset))
            : other.IsNumber ? (AsNumber(truth, offset), other.Sql)
            : Comparable(truth, other, offset);
        return leftValue.IsTruth ? (own, others) : (others, own);
    }

    /// <summary>Values of which one is taken: where some are truth values, the constants beside them are, too.</summary>
    private List<Value> Alike(IReadOnlyList<Expression> written, List<Value> values) =>
        values.Exists(v => v.IsTruth)
            ?
            [
                .. values.Select(
                    (v, i) =>
                        !v.IsTruth && written[i] is TextLiteral text && ReadTruth(text.Text) is { } truth
                            ? v with
                            {
                                Sql = Written(truth, text.Offset),
                                IsTruth = true,
                            }
                            : v
                ),
            ]
            : values;

    private static bool AllTruths(List<Value> values) =>
        values.Exists(v => v.IsTruth) && values.TrueForAll(v => v.IsTruth || v.Type is null);

    private static bool SomeTruths(List<Value> values) => values.Exists(v => v.IsTruth || v.MayBeTruth) && !AllTruths(values);

    /// <summary>
    /// A constant beside what is a truth value or another text: true and false in any case are the truth values. What some archives have
    /// for them may as well be the other text, and is refused.
    /// </summary>
    private string? ReadBesideTruths(TextLiteral text) =>
        ReadTruth(text.Text) is not { } truth ? null
        : text.Text.Trim().Equals(truth ? True : False, StringComparison.OrdinalIgnoreCase) ? Written(truth, text.Offset)
        : throw new SyntaxException(
            text.Offset,
            $"'{text.Text}' is compared with what is 'true', 'false' or another text; write = '{(truth ? True : False)}'"
        );

    /// <summary>A value where a condition is expected.</summary>
    private string Bare(Expression expression)
    {
        var value = Value(expression);
        return value.IsTruth
            ? $"({value.Sql} = {Written(true, expression.Offset)})"
            : throw new SyntaxException(
                expression.Offset,
                $"{value.Described} stands where a condition is expected; compare it with something, such as … = 1"
            );
    }

    /// <summary>IN of a query where one side is a truth value; null where none is.</summary>
    private (string Of, string In)? TruthsOf(Expression written, Value of, TranslatedQuery inner)
    {
        var found = inner.Columns[0];
        if (!of.IsTruth && !found.IsTruth)
            return null;
        if (of.IsTruth && found.IsTruth)
            return (of.Sql, inner.Sql);
        if (found.IsTruth && TruthOf(written) is { } constant)
            return (Written(constant, written.Offset), inner.Sql);
        return of.IsTruth && found.Type == PublishedType.Integer
            ? (AsNumber(of, written.Offset), inner.Sql)
            : throw new SyntaxException(
                written.Offset,
                $"IN compares {of.Described} with {new Value("", found.Type) { IsTruth = found.IsTruth }.Described}"
            );
    }
}
