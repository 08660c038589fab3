using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Adql.Units;

namespace Almagest.Adql.Sql;

/// <summary>Translates the values and conditions of one clause.</summary>
/// <param name="clause">the clause that has no aggregates; null = aggregates are welcome</param>
internal sealed partial class ExpressionTranslator(QueryTranslator queries, Scope scope, string? clause)
{
    private readonly Dictionary<Expression, Value> _translated = new(ReferenceEqualityComparer.Instance);
    private bool _insideAggregate;

    /// <summary>Whether an aggregate has been met.</summary>
    public bool HasAggregates { get; private set; }

    public Value Value(Expression expression)
    {
        var value = expression switch
        {
            NumberLiteral number => Number(number),
            TextLiteral text => new Value(Bind(text.Text, text.Offset), PublishedType.Text) { Width = text.Text.Length },
            NullLiteral => new Value("null", null),
            TruthLiteral truth => new Value(Written(truth.IsTrue, truth.Offset), PublishedType.Text) { IsTruth = true, Width = 5 },
            ColumnReference column => scope.Find(column),
            Negation negation => Arithmetic("-", Value(negation.Of), negation.Of.Offset),
            Chain chain => Chained(chain),
            Aggregate aggregate => Aggregated(aggregate),
            FunctionCall call => Called(call),
            Case choice => Chosen(choice),
            Cast cast => Converted(cast),
            ScalarQuery query => Single(query),
            _ => throw new SyntaxException(expression.Offset, "a condition stands where a value is expected"),
        };
        QueryTranslator.Checked(value.Sql, expression.Offset);
        // No function makes a text longer than all of its parts together, but for those that say how long it may become.
        if (value.Type == PublishedType.Text && expression is not Aggregate && Parts(expression).Any())
        {
            var width = Parts(expression).Sum(p => _translated.TryGetValue(p, out var part) ? part.Width : 0);
            value = value with { Width = TextWidth.Checked(width, expression.Offset) };
        }
        return _translated[expression] = value;
    }

    public string Condition(Expression expression)
    {
        var sql = expression switch
        {
            LogicalExpression junction => $"({string.Join(junction.All ? " and " : " or ", junction.Conditions.Select(Condition))})",
            Not not => $"(not {Condition(not.Condition)})",
            Comparison comparison => Compared(comparison),
            Between between => Bounded(between),
            InList list => Listed(list),
            InQuery query => Found(query),
            Like like => Resembling(like),
            IsNull isNull => $"({Value(isNull.Of).Sql} is {(isNull.Negated ? "not " : "")}null)",
            Exists exists => $"(exists ({queries.TranslateQuery(exists.Query, scope).Sql}))",
            FunctionCall { Function: "CONTAINS" or "INTERSECTS" } call => throw new SyntaxException(
                call.Offset,
                $"{call.Function} is a number: write {call.Function}(…) = 1"
            ),
            _ => Bare(expression),
        };
        return QueryTranslator.Checked(sql, expression.Offset);
    }

    /// <summary>In a query with groups, a column stands in an aggregate or is what the groups have in common.</summary>
    public void RequireGrouped(Expression expression, HashSet<string> groups)
    {
        if (expression is Aggregate || (_translated.TryGetValue(expression, out var value) && groups.Contains(value.Sql)))
            return;
        if (expression is ColumnReference column)
        {
            if (scope.TryFind(column) is null)
                return; // of a query around this one
            throw new SyntaxException(
                column.Offset,
                $"the column {string.Join('.', column.Path)} is neither in GROUP BY nor in an aggregate such as COUNT or AVG"
            );
        }
        foreach (var part in Parts(expression))
            RequireGrouped(part, groups);
    }

    private static IEnumerable<Expression> Parts(Expression expression) =>
        expression switch
        {
            Negation e => [e.Of],
            Chain e => [e.First, .. e.Rest.Select(r => r.Operand)],
            FunctionCall e => e.Arguments,
            Case e => [.. new[] { e.Subject, e.Else }.OfType<Expression>(), .. e.Branches.SelectMany(b => new[] { b.When, b.Then })],
            Cast e => [e.Of],
            Comparison e => [e.Left, e.Right],
            LogicalExpression e => e.Conditions,
            Not e => [e.Condition],
            Between e => [e.Of, e.Low, e.High],
            InList e => [e.Of, .. e.Values],
            InQuery e => [e.Of],
            Like e => [e.Of, e.Pattern],
            IsNull e => [e.Of],
            Aggregate e => [.. new[] { e.Argument }.OfType<Expression>(), .. e.Others],
            _ => [],
        };

    private string Bind(object value, int offset) => queries.Bindings.Bind(value, offset);

    private Value Number(NumberLiteral number)
    {
        if (number.IsInteger && long.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
            return new Value(Bind(whole, number.Offset), PublishedType.Integer) { Unit = Unit.One };
        var value = double.Parse(number.Digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new Value(Bind(value, number.Offset), PublishedType.Double) { Unit = Unit.One }
            : throw new SyntaxException(number.Offset, $"the number {number.Digits} is too large");
    }

    private static Value Arithmetic(string sign, Value of, int offset) =>
        of.IsNumber
            ? new Value($"({sign} {of.Sql})", of.Type) { Unit = of.Unit }
            : throw new SyntaxException(offset, $"'{sign}' stands before {of.Described}, expected a number");

    private Value Chained(Chain chain)
    {
        var left = Value(chain.First);
        foreach (var (symbol, operand) in chain.Rest)
        {
            var right = Value(operand);
            if (symbol == "||")
                left = new Value($"({Written(left, chain.First.Offset)} || {Written(right, operand.Offset)})", PublishedType.Text);
            else if (!(left.IsNumber || left.Type is null) || !(right.IsNumber || right.Type is null))
                throw new SyntaxException(
                    left.IsNumber ? operand.Offset : chain.First.Offset,
                    $"'{symbol}' takes numbers, found {(left.IsNumber ? right : left).Described}"
                );
            else if (left.Type is null || right.Type is null)
                left = new Value("(null)::double precision", PublishedType.Double);
            else
                left = new Value(
                    $"({left.Sql} {symbol} {right.Sql})",
                    left.Type == PublishedType.Integer ? right.Type : PublishedType.Double
                )
                {
                    Unit = UnitOf(left, symbol, right),
                };
            QueryTranslator.Checked(left.Sql, operand.Offset);
        }
        return left;
    }

    private static Unit? UnitOf(Value left, string symbol, Value right) =>
        (left.Unit, right.Unit) switch
        {
            ({ } l, { } r) when symbol is "*" or "/" => l.Times(r, symbol == "*" ? 1 : -1),
            ({ } l, { } r) when l.Is(r) => l,
            _ => null,
        };

    /// <summary>A value as it is put together with texts: numbers and times, too, as people write them.</summary>
    private string Written(Value value, int offset) =>
        value.Type switch
        {
            null => "(null)::text",
            PublishedType.Integer or PublishedType.Double => $"({value.Sql})::text",
            PublishedType.Timestamp => WrittenTime(value.Sql, offset),
            _ => Text(value, offset),
        };

    private string WrittenTime(string time, int offset) =>
        $"to_char({time} at time zone {Bind("UTC", offset)}, {Bind("YYYY-MM-DD\"T\"HH24:MI:SS.US", offset)})";

    private static string Text(Value value, int offset) =>
        value.Type switch
        {
            PublishedType.Text => value.Sql,
            PublishedType.Uuid => $"({value.Sql})::text",
            _ => throw new SyntaxException(offset, $"found {value.Described}, expected text"),
        };

    private Value Aggregated(Aggregate aggregate)
    {
        if (_insideAggregate)
            throw new SyntaxException(aggregate.Offset, $"{aggregate.Function} stands inside another aggregate");
        if (clause is not null)
            throw new SyntaxException(
                aggregate.Offset,
                $"{aggregate.Function} cannot stand in {clause}; conditions on aggregates go into HAVING"
            );
        HasAggregates = true;
        if (aggregate.Argument is null)
            return new Value("count(*)", PublishedType.Integer);
        _insideAggregate = true;
        var argument = Value(aggregate.Argument);
        _insideAggregate = false;
        var distinct = aggregate.Distinct ? "distinct " : "";
        if (aggregate.Function == "COUNT")
            return new Value($"count({distinct}{argument.Sql})", PublishedType.Integer);
        if (aggregate.Function is "MIN" or "MAX" && argument.Type?.IsArray() != true)
        {
            var name = aggregate.Function.ToLowerInvariant();
            return argument.Type == PublishedType.Uuid
                ? new Value($"{name}(({argument.Sql})::text)", PublishedType.Text)
                : new Value($"{name}({argument.Sql})", argument.Type)
                {
                    Width = argument.Width,
                    Unit = argument.Unit,
                    IsTruth = argument.IsTruth,
                    MayBeTruth = argument.MayBeTruth,
                };
        }
        if (aggregate.Function == "IVO_STRING_AGG")
        {
            var delimiter = Text(Value(aggregate.Others[0]), aggregate.Others[0].Offset);
            var text = Text(argument, aggregate.Argument.Offset);
            return new Value($"sky.joined({distinct}{text}, {delimiter})", PublishedType.Text) { Width = TextWidth.OfJoined };
        }
        if (!argument.IsNumber)
            throw new SyntaxException(aggregate.Argument.Offset, $"{aggregate.Function} takes numbers, found {argument.Described}");
        switch (aggregate.Function)
        {
            case "SUM" when argument.Type == PublishedType.Integer:
                return new Value($"(sum({distinct}{argument.Sql}))::bigint", PublishedType.Integer) { Unit = argument.Unit };
            case "MEDIAN":
                return aggregate.Distinct
                    ? throw new SyntaxException(aggregate.Offset, "MEDIAN takes no DISTINCT")
                    : new Value(
                        $"percentile_cont({Bind(0.5, aggregate.Offset)}) within group (order by {argument.Double})",
                        PublishedType.Double
                    )
                    {
                        Unit = argument.Unit,
                    };
            case "IVO_HISTOGRAM":
                var others = aggregate.Others.Select(Number).ToList();
                if (others[2].Type != PublishedType.Integer)
                    throw new SyntaxException(aggregate.Others[2].Offset, "the bins of IVO_HISTOGRAM are a whole number");
                return new Value(
                    $"sky.histogram({distinct}{argument.Double}, {others[0].Double}, {others[1].Double}, {others[2].Sql})",
                    PublishedType.Numbers
                );
            default:
                return new Value($"{s_aggregates[aggregate.Function]}({distinct}{argument.Double})", PublishedType.Double)
                {
                    Unit = s_aggregates[aggregate.Function].StartsWith("var", StringComparison.Ordinal)
                        ? argument.Unit?.ToPower(2)
                        : argument.Unit,
                };
        }
    }

    // Of double-precision numbers.
    private static readonly Dictionary<string, string> s_aggregates = new(StringComparer.Ordinal)
    {
        ["AVG"] = "avg",
        ["SUM"] = "sum",
        ["STDDEV"] = "stddev_samp",
        ["STDDEV_SAMP"] = "stddev_samp",
        ["STDDEV_POP"] = "stddev_pop",
        ["VARIANCE"] = "var_samp",
        ["VAR_SAMP"] = "var_samp",
        ["VAR_POP"] = "var_pop",
    };

    private Value Chosen(Case choice)
    {
        var subject = choice.Subject is null ? null : Value(choice.Subject);
        var whens = choice.Branches.Select(b => subject is null ? Condition(b.When) : Equal(choice.Subject!, subject, b.When)).ToList();
        var results = choice.Branches.Select(b => Value(b.Then)).ToList();
        if (choice.Else is not null)
            results.Add(Value(choice.Else));
        List<Expression> written = [.. choice.Branches.Select(b => b.Then), .. new[] { choice.Else }.OfType<Expression>()];
        results = Alike(written, results);
        var type = Common(results, choice.Offset, "CASE");
        var branches = whens.Select((when, i) => $"when {when} then {results[i].Sql}");
        return new Value($"(case {string.Join(' ', branches)}{(choice.Else is null ? "" : $" else {results[^1].Sql}")} end)", type)
        {
            Unit = CommonUnit(results),
            IsTruth = AllTruths(results),
            MayBeTruth = SomeTruths(results),
        };
    }

    private string Equal(Expression left, Value subject, Expression when)
    {
        var (l, r) = Keys(left, when) ?? Comparable(left, subject, when, Value(when), when.Offset);
        return $"({l} = {r})";
    }

    /// <summary>The type of values of which one is taken.</summary>
    private static PublishedType? Common(List<Value> values, int offset, string what)
    {
        var types = values.Where(v => v.Type is not null).Select(v => v.Type!.Value).Distinct().ToList();
        if (types.Count <= 1)
            return types.Count == 0 ? null : types[0];
        return types.TrueForAll(t => t is PublishedType.Integer or PublishedType.Double) ? PublishedType.Double
            : types.TrueForAll(t => t.IsGeometry()) ? PublishedType.Region
            : throw new SyntaxException(
                offset,
                $"{what} has values of different types: {string.Join(" and ", values.Select(v => v.Described).Distinct())}"
            );
    }

    private static Unit? CommonUnit(List<Value> values) =>
        values.Where(v => v.Type is not null).Select(v => v.Unit).Aggregate((a, b) => a is not null && b is not null && a.Is(b) ? a : null);

    private Value Converted(Cast cast)
    {
        if (cast.Type is "POINT" or "CIRCLE" or "POLYGON")
            return ConvertedToGeometry(cast);
        var value = Value(cast.Of);
        if (value.Type?.IsArray() == true)
            return cast.Type is "CHAR" or "VARCHAR"
                ? new Value(Cut($"array_to_string({value.Sql}, {Bind(" ", cast.Offset)})", cast), PublishedType.Text)
                : throw new SyntaxException(cast.Of.Offset, $"CAST makes text of {value.Described}, and nothing else");
        var (sql, type) = cast.Type switch
        {
            "SMALLINT" => ("smallint", PublishedType.Integer),
            "INTEGER" or "INT" => ("integer", PublishedType.Integer),
            "BIGINT" => ("bigint", PublishedType.Integer),
            "REAL" => ("real", PublishedType.Double),
            "DOUBLE" => ("double precision", PublishedType.Double),
            "CHAR" or "VARCHAR" => ("text", PublishedType.Text),
            "TIMESTAMP" => ("timestamptz", PublishedType.Timestamp),
            _ => throw new SyntaxException(
                cast.Offset,
                $"CAST does not know the type {cast.Type}; it knows SMALLINT, INTEGER, BIGINT, REAL, "
                    + "DOUBLE PRECISION, CHAR, VARCHAR, TIMESTAMP, POINT, CIRCLE and POLYGON"
            ),
        };
        if (type == PublishedType.Timestamp && value.Type is not (PublishedType.Text or PublishedType.Timestamp or null))
            throw new SyntaxException(cast.Of.Offset, $"CAST makes a TIMESTAMP of text, found {value.Described}");
        if (
            value.Type is PublishedType.Uuid or PublishedType.Timestamp
            && type is PublishedType.Integer or PublishedType.Double
            && value.Type is not null
            && !value.IsNumber
            && value.Type != PublishedType.Text
        )
            throw new SyntaxException(cast.Of.Offset, $"CAST cannot make a number of {value.Described}");
        if (value.IsTruth && type is (PublishedType.Integer or PublishedType.Double))
            value = new Value(AsNumber(value, cast.Offset), PublishedType.Integer);
        // A real keeps its rounding and is answered as a double.
        if (value.Type == PublishedType.Timestamp && type == PublishedType.Text)
            return new Value(Cut(WrittenTime(value.Sql, cast.Offset), cast), type);
        var converted = sql == "real" ? $"(({value.Sql})::real)::double precision" : $"({value.Sql})::{sql}";
        return new Value(Cut(converted, cast), type) { Unit = type is PublishedType.Integer or PublishedType.Double ? value.Unit : null };
    }

    // A text is cut to its length, as SQL 92 (6.10) has it; it is not filled up with blanks.
    private static string Cut(string text, Cast cast) =>
        cast.Length is { } most ? string.Create(CultureInfo.InvariantCulture, $"left({text}, {most})") : text;

    private Value ConvertedToGeometry(Cast cast)
    {
        var type = cast.Type switch
        {
            "POINT" => PublishedType.Point,
            "CIRCLE" => PublishedType.Circle,
            _ => PublishedType.Polygon,
        };
        if (cast.Of is TextLiteral)
            return new Value(ArrayOf(ShapeOf(cast)), type);
        var value = Value(cast.Of);
        if (value.Type is null)
            return new Value("(null)::double precision[]", type);
        if (value.Type == type)
            return value;
        if (value.Type != PublishedType.Text)
            throw new SyntaxException(cast.Of.Offset, $"CAST makes a {cast.Type} of text, found {value.Described}");
        var (least, most) = type switch
        {
            PublishedType.Point => (2, 2),
            PublishedType.Circle => (3, 3),
            _ => (6, 2 * SkyPolygon.MostCorners),
        };
        return new Value(string.Create(CultureInfo.InvariantCulture, $"sky.numbers({value.Sql}, {least}, {most})"), type);
    }

    private Value Single(ScalarQuery query)
    {
        var inner = queries.TranslateQuery(query.Query, scope);
        return inner.Columns.Count == 1
            ? new Value($"({inner.Sql})", inner.Columns[0].Type)
            {
                Width = inner.Extents[0].Width,
                Unit = inner.Columns[0].Measure,
                IsTruth = inner.Columns[0].IsTruth,
                MayBeTruth = inner.Columns[0].MayBeTruth,
            }
            : throw new SyntaxException(query.Offset, $"a query for a single value selects one column, this one {inner.Columns.Count}");
    }
}
