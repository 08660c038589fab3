using System.Globalization;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <content>Equality of whole numbers that are stored as text, by that text, which an index finds.</content>
internal sealed partial class ExpressionTranslator
{
    /// <summary>Such a column beside a number, a text or another of its kind; null where the comparison is none of these.</summary>
    private string? KeyCondition(Comparison comparison)
    {
        if (comparison.Operator is not ("=" or "<>"))
            return null;
        var (left, right) = (Side(comparison.Left), Side(comparison.Right));
        return left is null || right is null || (comparison.Left is not ColumnReference && comparison.Right is not ColumnReference)
            ? null
            : $"({left} {comparison.Operator} {right})";

        string? Side(Expression expression) =>
            expression is ColumnReference ? Value(expression).Key
            : KeyOf(expression) is { } id ? Bind(id, expression.Offset)
            : null;
    }

    /// <summary>A constant as such a column is written; null where it is none.</summary>
    private static string? KeyOf(Expression expression) =>
        expression switch
        {
            NumberLiteral { IsInteger: true } number
                when long.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) => id.ToString(
                CultureInfo.InvariantCulture
            ),
            // As a query says it that was written for ids that are text.
            TextLiteral text => text.Text,
            _ => null,
        };

    /// <summary>Two columns that USING or NATURAL joins.</summary>
    public static (string Left, string Right) Joined(Value left, Value right, int offset) =>
        left.Key is not null && right.Key is not null ? (left.Key, right.Key) : Comparable(left, right, offset);
}
