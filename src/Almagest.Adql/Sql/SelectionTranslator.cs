using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>Translates one SELECT.</summary>
internal sealed class SelectionTranslator(QueryTranslator queries, Scope? outer)
{
    public TranslatedQuery Translate(Selection selection, IReadOnlyList<OrderTerm> order, long? skip, long? cap)
    {
        var (from, scope) = From(selection.From);
        var where = selection.Where is null ? "" : $" where {new ExpressionTranslator(queries, scope, "WHERE").Condition(selection.Where)}";

        var expressions = new ExpressionTranslator(queries, scope, null);
        var items = new List<(string Name, Expression? Written, Value Value)>();
        foreach (var item in selection.Items)
        {
            if (item is AllColumns all)
                items.AddRange(Expand(all, scope).Select(c => (c.Name, (Expression?)null, c.Value)));
            else if (item is SelectValue one)
                items.Add((Title(one, items.Count), one.Value, Typed(expressions.Value(one.Value))));
        }
        if (items.Count > 1000)
            throw new SyntaxException(selection.Offset, $"the query returns {items.Count} columns, expected at most 1000");
        var columns = Distinct(items);

        var groups = selection.GroupBy.Select(g => Group(g, scope, items)).ToList();
        var having = selection.Having is null ? null : expressions.Condition(selection.Having);
        var orderings = order.Select(term => (term, Position: QueryTranslator.Position(term.By, columns))).ToList();
        var ordering = orderings
            .Select(o =>
                (
                    o.Position is { } p
                        ? p.ToString(CultureInfo.InvariantCulture)
                        : Ordering(o.term.By, expressions, selection.Distinct, items)
                ) + (o.term.Descending ? " desc" : "")
            )
            .ToList();

        if (groups.Count > 0 || having is not null || expressions.HasAggregates)
        {
            var grouped = groups.ToHashSet(StringComparer.Ordinal);
            foreach (var (name, written, value) in items)
            {
                if (written is not null)
                    expressions.RequireGrouped(written, grouped);
                else if (!grouped.Contains(value.Sql))
                    throw new SyntaxException(
                        selection.Offset,
                        $"* holds the column {name}, which is neither in GROUP BY nor in an aggregate"
                    );
            }
            if (selection.Having is not null)
                expressions.RequireGrouped(selection.Having, grouped);
            foreach (var (term, position) in orderings.Where(o => o.Position is null))
                expressions.RequireGrouped(term.By, grouped);
        }

        var list = string.Join(
            ", ",
            items.Select((item, i) => string.Create(CultureInfo.InvariantCulture, $"{item.Value.Sql} as c{i + 1}"))
        );
        var sql =
            $"select {(selection.Distinct ? "distinct " : "")}{list} from {from}{where}"
            + (groups.Count == 0 ? "" : $" group by {string.Join(", ", groups)}")
            + (having is null ? "" : $" having {having}")
            + (ordering.Count == 0 ? "" : $" order by {string.Join(", ", ordering)}")
            + QueryTranslator.Limits(skip, selection.Top, cap);
        // A number has a width, too: it may be written as text in a query around this one.
        var extents = items.Select(item => new Extent(queries.Expansion.Of(item.Value.Sql, selection.Offset), item.Value.Width)).ToList();
        TextWidth.RequireRow(
            items
                .Where(item => item.Value.Type is PublishedType.Text || item.Value.Type?.IsArray() == true)
                .Select(item => item.Value.Width),
            selection.Offset
        );
        queries.Expansion.Of(sql, selection.Offset);
        return new TranslatedQuery(QueryTranslator.Checked(sql, selection.Offset), columns, extents);
    }

    private static Value Typed(Value value) => value.Type is not null ? value : new Value("(null)::text", PublishedType.Text) { Width = 0 };

    private static string Title(SelectValue item, int index) =>
        item.Alias is { } alias
            ? alias.Text
            : item.Value switch
            {
                ColumnReference column => column.Path[^1].Text,
                Aggregate aggregate => aggregate.Function.ToLowerInvariant(),
                FunctionCall call => call.Function.ToLowerInvariant(),
                _ => string.Create(CultureInfo.InvariantCulture, $"column_{index + 1}"),
            };

    // Two columns of one name are two columns of an answer; the second is told apart by a number.
    private static List<ResultColumn> Distinct(List<(string Name, Expression? Written, Value Value)> items)
    {
        var columns = new List<ResultColumn>();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (title, written, value) in items)
        {
            // A column keeps the case in which it is published.
            var own =
                value.Source is { } source
                && string.Equals(title, source.Name, StringComparison.OrdinalIgnoreCase)
                && written is null or ColumnReference
                    ? value.Source!.Name
                    : title;
            var name = own;
            for (var n = 2; !taken.Add(name); n++)
                name = string.Create(CultureInfo.InvariantCulture, $"{own}_{n}");
            columns.Add(
                new ResultColumn(name, value.Type!.Value, value.Source)
                {
                    Measure = value.Unit,
                    IsTruth = value.IsTruth,
                    MayBeTruth = value.MayBeTruth,
                }
            );
        }
        return columns;
    }

    private static IEnumerable<(string Name, Value Value)> Expand(AllColumns all, Scope scope)
    {
        if (all.Table.Count == 0)
            return scope.Visible;
        var found = scope.Relations.Where(r => r.IsNamed(all.Table)).ToList();
        return found.Count == 1
            ? found[0].Columns
            : throw new SyntaxException(
                all.Offset,
                $"{string.Join('.', all.Table)} is not a table of this query: there are "
                    + $"{string.Join(", ", scope.Relations.Select(r => r.Label))}"
            );
    }

    private string Group(Expression by, Scope scope, List<(string Name, Expression? Written, Value Value)> items)
    {
        if (by is NumberLiteral number)
        {
            var item =
                number.IsInteger && int.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                    ? items.ElementAtOrDefault(place - 1)
                    : default;
            if (item.Value is null)
                throw new SyntaxException(by.Offset, $"GROUP BY {number.Digits} names no column: the query selects {items.Count}");
            // Refused where there is an aggregate in it.
            if (item.Written is not null)
                new ExpressionTranslator(queries, scope, "GROUP BY").Value(item.Written);
            return item.Value.Sql;
        }
        if (
            by is ColumnReference { Path: [var name] } column
            && scope.TryFind(column) is null
            && items.Find(i => name.Matches(i.Name)) is { Written: { } written }
        )
            return new ExpressionTranslator(queries, scope, "GROUP BY").Value(written).Sql;
        return new ExpressionTranslator(queries, scope, "GROUP BY").Value(by).Sql;
    }

    private static string Ordering(
        Expression by,
        ExpressionTranslator expressions,
        bool distinct,
        List<(string Name, Expression? Written, Value Value)> items
    )
    {
        var sql = expressions.Value(by).Sql;
        if (distinct && items.TrueForAll(i => i.Value.Sql != sql))
            throw new SyntaxException(by.Offset, "a SELECT DISTINCT is ordered by what it selects");
        return sql;
    }

    private (string Sql, Scope Scope) From(IReadOnlyList<TableExpression> tables)
    {
        var parts = tables.Select(Joined).ToList();
        var scope = new Scope(outer, parts.SelectMany(p => p.Scope.Relations).ToList(), parts.SelectMany(p => p.Scope.Visible).ToList());
        RequireDistinctLabels(scope.Relations, tables[0].Offset);
        return (string.Join(" cross join ", parts.Select(p => p.Sql)), scope);
    }

    private static void RequireDistinctLabels(IReadOnlyList<Relation> relations, int offset)
    {
        if (
            relations.GroupBy(r => (r.Label, Schema: r.HasOwnName ? r.Table?.Schema : null)).FirstOrDefault(g => g.Count() > 1) is { } twice
        )
            throw new SyntaxException(offset, $"two tables are called {twice.Key.Label}; give one of them another name with AS");
    }

    private (string Sql, Scope Scope) Joined(TableExpression table)
    {
        if (table is not Join join)
        {
            var (sql, relation) = table is DerivedTable derived ? queries.Table(derived) : queries.Table((TableReference)table);
            return (sql, new Scope(outer, [relation], relation.Columns));
        }
        var (leftSql, left) = Joined(join.Left);
        var (rightSql, right) = Joined(join.Right);
        List<Relation> relations = [.. left.Relations, .. right.Relations];
        RequireDistinctLabels(relations, join.Offset);
        if (join.On is { } on)
        {
            var scope = new Scope(outer, relations, [.. left.Visible, .. right.Visible]);
            return ($"({leftSql} {join.Kind} join {rightSql} on {new ExpressionTranslator(queries, scope, "ON").Condition(on)})", scope);
        }

        var names =
            join.Using?.Select(n => (n.Text, Name: n)).ToList()
            ?? left.Visible.Where(l => right.Visible.Any(r => r.Name == l.Name))
                .Select(l => (l.Name, new Name(l.Name, true, join.Offset)))
                .Distinct()
                .ToList();
        if (names.Count == 0)
            throw new SyntaxException(join.Offset, "the joined tables have no column in common; write ON");
        var conditions = new List<string>();
        var merged = new List<(string Name, Value Value)>();
        foreach (var (_, name) in names)
        {
            var reference = new ColumnReference([name], name.Offset);
            var (l, r) = (left.TryFind(reference), right.TryFind(reference));
            if (l is null || r is null)
                throw new SyntaxException(name.Offset, $"the column {name} is not in both of the joined tables");
            var (ls, rs) = ExpressionTranslator.Joined(l, r, name.Offset);
            conditions.Add($"{ls} = {rs}");
            var value = join.Kind switch
            {
                "right" => r,
                // An id that is text beside one that is a number: what both are compared as.
                "full" when l.Type != r.Type && !l.IsNumber != !r.IsNumber => new Value($"coalesce({ls}, {rs})", PublishedType.Text),
                "full" => new Value($"coalesce({l.Sql}, {r.Sql})", l.Type, l.Source),
                _ => l,
            };
            merged.Add((l.Source?.Name ?? name.Text, value));
        }
        bool IsMerged((string Name, Value Value) column) => names.Exists(n => n.Name.Matches(column.Name));
        var joined = new Scope(
            outer,
            relations,
            [.. merged, .. left.Visible.Where(c => !IsMerged(c)), .. right.Visible.Where(c => !IsMerged(c))]
        );
        return ($"({leftSql} {join.Kind} join {rightSql} on {string.Join(" and ", conditions)})", joined);
    }
}
