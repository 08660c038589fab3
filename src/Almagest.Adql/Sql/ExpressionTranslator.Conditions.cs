using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <content>Conditions.</content>
internal sealed partial class ExpressionTranslator
{
    private string Compared(Comparison comparison)
    {
        if (GeometryCondition(comparison) is { } geometry)
            return geometry;
        if (KeyCondition(comparison) is { } keys)
            return keys;
        var (leftValue, rightValue) = (Value(comparison.Left), Value(comparison.Right));
        if (leftValue.Type?.IsArray() == true && comparison.Operator is not ("=" or "<>"))
            throw new SyntaxException(
                comparison.Offset,
                $"{leftValue.Described} is neither more nor less than another; compare with = or <>"
            );
        var (left, right) = Comparable(comparison.Left, leftValue, comparison.Right, rightValue, comparison.Offset);
        return $"({left} {comparison.Operator} {right})";
    }

    private string Bounded(Between between)
    {
        var of = Value(between.Of);
        var (left, low) = Comparable(between.Of, of, between.Low, Value(between.Low), between.Low.Offset);
        var (_, high) = Comparable(between.Of, of, between.High, Value(between.High), between.High.Offset);
        return $"({left} {(between.Negated ? "not " : "")}between {low} and {high})";
    }

    private string Listed(InList list)
    {
        var of = Value(list.Of);
        if (
            of.IsTruth
            || of.MayBeTruth
            || (list.Of is TextLiteral && !list.Values.All(v => v is TextLiteral))
            || list.Values.Any(v => v is ColumnReference or TruthLiteral && Value(v) is { IsTruth: true } or { IsTextKey: true })
        )
            return Equalities(list);
        if (of.Key is not null && AllOf(list, KeyOf) is { } ids)
            return $"({(list.Negated ? "not " : "")}{of.Key} = any({Bind(ids, list.Offset)}))";
        // One parameter for a list of constants, however long.
        var all = of.Type switch
        {
            PublishedType.Text => AllOf(list, e => e is TextLiteral t ? t.Text : null),
            PublishedType.Uuid => AllOf(list, e => e is TextLiteral t && Guid.TryParse(t.Text, out var id) ? (Guid?)id : null),
            PublishedType.Integer or PublishedType.Double => (object?)AllOf(
                list,
                e => e is NumberLiteral { IsInteger: true } n && long.TryParse(n.Digits, out var whole) ? (long?)whole : null
            )
                ?? AllOf(list, e => Constant(e)),
            _ => null,
        };
        var not = list.Negated ? "not " : "";
        if (all is not null)
            return $"({not}{of.Sql} = any({Bind(all, list.Offset)}))";
        if (of.IsTextKey)
            return Equalities(list);
        var values = list.Values.Select(v => Comparable(list.Of, of, v, Value(v), v.Offset).Right);
        return $"({of.Sql} {not}in ({string.Join(", ", values)}))";
    }

    // What each value is compared as depends on both sides.
    private string Equalities(InList list)
    {
        var equal = list.Values.Select(v => Compared(new Comparison(list.Of, "=", v, v.Offset)));
        return $"({(list.Negated ? "not " : "")}({string.Join(" or ", equal)}))";
    }

    private static T[]? AllOf<T>(InList list, Func<Expression, T?> read)
        where T : struct
    {
        var values = list.Values.Select(read).ToList();
        return values.TrueForAll(v => v is not null) ? [.. values.Select(v => v!.Value)] : null;
    }

    private static string[]? AllOf(InList list, Func<Expression, string?> read)
    {
        var values = list.Values.Select(read).ToList();
        return values.TrueForAll(v => v is not null) ? [.. values.Select(v => v!)] : null;
    }

    private string Found(InQuery query)
    {
        var of = Value(query.Of);
        var inner = queries.TranslateQuery(query.Query, scope);
        if (inner.Columns.Count != 1)
            throw new SyntaxException(query.Query.Offset, $"the query after IN selects one column, this one {inner.Columns.Count}");
        var not = query.Negated ? "not " : "";
        if ((TruthsOf(query.Of, of, inner) ?? KeysOf(of, inner)) is { } sides)
            return $"({sides.Of} {not}in ({sides.In}))";
        var found = new Value("", inner.Columns[0].Type);
        if (found.Type != of.Type && !(found.IsNumber && of.IsNumber) && !(found.IsGeometry && of.IsGeometry))
            throw new SyntaxException(query.Offset, $"IN compares {of.Described} with {found.Described}");
        return $"({of.Sql} {not}in ({inner.Sql}))";
    }

    private string Resembling(Like like)
    {
        var value = Value(like.Of);
        var of = Text(value, like.Of.Offset);
        var pattern = Text(Value(like.Pattern), like.Pattern.Offset);
        // A backslash stands for itself: ADQL knows no escapes.
        var comparison = like.AnyCase || value.IsTruth || value.MayBeTruth ? "ilike" : "like";
        return $"({of} {(like.Negated ? "not " : "")}{comparison} {pattern} escape '')";
    }

    /// <summary>Two values of types that can be compared; a text beside a UUID or a time is read as one.</summary>
    private (string Left, string Right) Comparable(Expression left, Value leftValue, Expression right, Value rightValue, int offset)
    {
        if (leftValue.IsTruth || rightValue.IsTruth)
            return Truths(left, leftValue, right, rightValue, offset);
        if (leftValue.MayBeTruth && right is TextLiteral beside && ReadBesideTruths(beside) is { } truth)
            return (leftValue.Sql, truth);
        if (rightValue.MayBeTruth && left is TextLiteral before && ReadBesideTruths(before) is { } said)
            return (said, rightValue.Sql);
        if (right is TextLiteral rightText && Read(rightText, leftValue.Type) is { } r)
            return (leftValue.Sql, r);
        if (left is TextLiteral leftText && Read(leftText, rightValue.Type) is { } l)
            return (l, rightValue.Sql);
        return Comparable(leftValue, rightValue, offset);
    }

    public static (string Left, string Right) Comparable(Value left, Value right, int offset)
    {
        if (left.Type is null || right.Type is null)
            throw new SyntaxException(offset, "nothing is equal to NULL; write IS NULL or IS NOT NULL");
        if (left.IsTruth != right.IsTruth && !left.MayBeTruth && !right.MayBeTruth)
            throw new SyntaxException(offset, $"{left.Described} is compared with {right.Described}; write = 'true' or = 'false'");
        if (left.Type == right.Type || (left.IsNumber && right.IsNumber) || (left.IsGeometry && right.IsGeometry))
            return (left.Sql, right.Sql);
        if (left.Type is PublishedType.Uuid or PublishedType.Text && right.Type is PublishedType.Uuid or PublishedType.Text)
            return (Text(left, offset), Text(right, offset));
        throw new SyntaxException(
            offset,
            $"{left.Described} is compared with {right.Described}"
                + (
                    left.Type == PublishedType.Text || right.Type == PublishedType.Text
                        ? "; a text stands in single quotes, a number in none, and CAST makes one of the other"
                        : ""
                )
        );
    }

    private string? Read(TextLiteral text, PublishedType? type)
    {
        if (type == PublishedType.Uuid)
        {
            return Guid.TryParse(text.Text, out var id)
                ? Bind(id, text.Offset)
                : throw new SyntaxException(
                    text.Offset,
                    $"'{text.Text}' is not a UUID, expected 36 characters such as '0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f'"
                );
        }
        if (type != PublishedType.Timestamp)
            return null;
        return DateTime.TryParse(
            text.Text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? Bind(time, text.Offset)
            : throw new SyntaxException(text.Offset, $"'{text.Text}' is not a time, expected one such as '2026-11-22T18:00:00'");
    }
}
