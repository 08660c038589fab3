using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <content>Equality of ids that are stored as text, by that text, which an index finds, whether they are published as whole numbers or as
/// the text.</content>
internal sealed partial class ExpressionTranslator
{
    /// <summary>Such a column beside a constant, another of its kind or, where it is text, a whole number; null where the comparison is
    /// none of these.</summary>
    private string? KeyCondition(Comparison comparison) =>
        comparison.Operator is "=" or "<>" && Keys(comparison.Left, comparison.Right) is { } keys
            ? $"({keys.Left} {comparison.Operator} {keys.Right})"
            : null;

    private (string Left, string Right)? Keys(Expression left, Expression right)
    {
        var (l, r) = (Keyed(left), Keyed(right));
        if (l is not null && r is not null)
            return (l.Key!, r.Key!);
        if (l is not null)
            return Beside(l, right) is { } other ? (l.Key!, other) : null;
        return r is not null && Beside(r, left) is { } first ? (first, r.Key!) : null;
    }

    private Value? Keyed(Expression expression) =>
        expression is ColumnReference && Value(expression) is { Key: not null } value ? value : null;

    private string? Beside(Value column, Expression other)
    {
        if (KeyOf(other) is { } id)
            return Bind(id, other.Offset);
        return column.IsTextKey && Value(other) is { Type: PublishedType.Integer } number ? KeyOf(number) : null;
    }

    /// <summary>A whole number as an id that is text is written.</summary>
    private static string KeyOf(Value number) => number.Key ?? $"({number.Sql})::text";

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
        left.Key is not null && right.Key is not null ? (left.Key, right.Key)
        : left.IsTextKey && right.Type == PublishedType.Integer ? (left.Key!, KeyOf(right))
        : right.IsTextKey && left.Type == PublishedType.Integer ? (KeyOf(left), right.Key!)
        : Comparable(left, right, offset);

    /// <summary>IN of a query whose ids are text and what is looked for a whole number, or the other way round; null where it is
    /// neither.</summary>
    private (string Of, string In)? KeysOf(Value of, TranslatedQuery inner) =>
        of.Type == PublishedType.Integer && QueryTranslator.IsTextKey(inner.Columns[0]) ? (KeyOf(of), inner.Sql)
        : of.IsTextKey && inner.Columns[0].Type == PublishedType.Integer ? (of.Key!, queries.AsText(inner))
        : null;
}
