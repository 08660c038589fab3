using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>A query in SQL with the columns that it answers, which are called c1, c2 … in SQL.</summary>
/// <param name="Extents">of each column</param>
internal sealed record TranslatedQuery(string Sql, IReadOnlyList<ResultColumn> Columns, IReadOnlyList<Extent> Extents);

/// <summary>How large a column can become.</summary>
/// <param name="Length">characters of its expression with all that it names written out</param>
/// <param name="Width">most characters of its text</param>
internal readonly record struct Extent(long Length, long Width);

/// <summary>Translates queries; <see cref="ExpressionTranslator"/> translates what stands in them.</summary>
internal sealed class QueryTranslator(PublishedCatalogue catalogue)
{
    // Some constructs write an argument several times; nested in each other they must not fill the memory.
    private const int MostSql = 1 << 20;

    // Each one is a part of the plan with memory of its own.
    private const int MostTables = 40;

    private readonly List<(Name Name, string Alias, TranslatedQuery Query)> _named = [];
    private int _aliases;
    private int _tables;

    public Expansion Expansion { get; } = new();

    public Bindings Bindings { get; } = new();

    public SqlQuery Translate(Query query, long? mostRows)
    {
        var translated = TranslateQuery(query, null, mostRows);
        return new SqlQuery(translated.Sql, Bindings.Values, translated.Columns);
    }

    public static string Checked(string sql, int offset) =>
        sql.Length <= MostSql
            ? sql
            : throw new SyntaxException(
                offset,
                "the query is too large once it is translated; write it with fewer nested distances and sums"
            );

    public string NewAlias() => string.Create(CultureInfo.InvariantCulture, $"t{++_aliases}");

    public TranslatedQuery TranslateQuery(Query query, Scope? outer, long? cap = null)
    {
        var known = _named.Count;
        var with = new List<string>();
        foreach (var part in query.With)
        {
            var translated = TranslateQuery(part.Query, null);
            var alias = string.Create(CultureInfo.InvariantCulture, $"w{++_aliases}");
            // Materialized, nothing of it is written out again where it is named. Plain columns cannot grow, and are found by their index.
            var isPlain = translated.Columns.All(c => c.Source is not null);
            with.Add($"{alias} as {(isPlain ? "" : "materialized ")}({translated.Sql})");
            _named.Add((part.Name, alias, isPlain ? translated : Materialized(translated)));
        }
        var prefix = with.Count == 0 ? "" : $"with {string.Join(", ", with)} ";
        var body = query.Body is Selection selection
            ? new SelectionTranslator(this, outer).Translate(selection, query.Order, query.Skip, cap)
            : Ordered(TranslateBody(query.Body, outer), query, cap);
        _named.RemoveRange(known, _named.Count - known);
        return body with { Sql = Checked(prefix + body.Sql, query.Offset) };
    }

    private static TranslatedQuery Materialized(TranslatedQuery query) =>
        query with
        {
            Extents = [.. query.Extents.Select(e => e with { Length = 0 })],
        };

    public static string Limits(long? skip, long? top, long? cap)
    {
        var most =
            top is null ? cap
            : cap is null ? top
            : Math.Min(top.Value, cap.Value);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(skip is { } s ? $" offset {s}" : "")}{(most is { } m ? $" limit {m}" : "")}"
        );
    }

    /// <summary>The position in the answer that an ORDER BY names, from 1; null where it is something else.</summary>
    public static int? Position(Expression by, IReadOnlyList<ResultColumn> columns)
    {
        if (by is NumberLiteral { IsInteger: true } number)
        {
            return
                int.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                && position >= 1
                && position <= columns.Count
                ? position
                : throw new SyntaxException(by.Offset, $"ORDER BY {number.Digits} names no column: the query returns {columns.Count}");
        }
        if (by is not ColumnReference { Path: [var name] })
            return null;
        for (var i = 0; i < columns.Count; i++)
        {
            if (name.Matches(columns[i].Name))
                return i + 1;
        }
        return null;
    }

    private static TranslatedQuery Ordered(TranslatedQuery body, Query query, long? cap)
    {
        var order = query
            .Order.Select(term =>
                Position(term.By, body.Columns) is { } position
                    ? string.Create(CultureInfo.InvariantCulture, $"{position}{(term.Descending ? " desc" : "")}")
                    : throw new SyntaxException(term.Offset, "combined queries are ordered by a column's name or position in the result")
            )
            .ToList();
        return body with
        {
            Sql = $"{body.Sql}{(order.Count == 0 ? "" : $" order by {string.Join(", ", order)}")}{Limits(query.Skip, null, cap)}",
        };
    }

    /// <summary>Whether the column of a query is an id that is text.</summary>
    public static bool IsTextKey(ResultColumn column) => column is { Type: PublishedType.Text, Source.KeySql: not null };

    /// <summary>The answer of a query of one column as the text of its numbers.</summary>
    public string AsText(TranslatedQuery query)
    {
        var alias = NewAlias();
        Expansion.Add(alias, [.. query.Extents.Select(e => e.Length)]);
        return $"select ({alias}.c1)::text from ({query.Sql}) as {alias}";
    }

    private TranslatedQuery TranslateBody(QueryBody body, Scope? outer)
    {
        switch (body)
        {
            case Selection selection:
                return new SelectionTranslator(this, outer).Translate(selection, [], null, null);
            case ParenthesizedQuery enclosed:
                var inner = TranslateQuery(enclosed.Query, outer);
                return inner with { Sql = $"({inner.Sql})" };
            case Combination combination:
                return Combine(combination, TranslateBody(combination.Left, outer), TranslateBody(combination.Right, outer));
            default:
                throw new InvalidOperationException(body.GetType().Name);
        }
    }

    private static TranslatedQuery Combine(Combination combination, TranslatedQuery left, TranslatedQuery right)
    {
        if (left.Columns.Count != right.Columns.Count)
            throw new SyntaxException(
                combination.Offset,
                $"{combination.Operator} combines queries of {left.Columns.Count} and {right.Columns.Count}"
                    + " columns: they need the same number"
            );
        var extents = left.Extents.Zip(right.Extents, (l, r) => new Extent(l.Length + r.Length, Math.Max(l.Width, r.Width)));
        var columns = left
            .Columns.Zip(right.Columns)
            .Select(
                (pair, i) =>
                    pair.First.Type == pair.Second.Type ? Either(pair.First, pair.Second)
                    : IsNumber(pair.First.Type) && IsNumber(pair.Second.Type) ? pair.First with { Type = PublishedType.Double }
                    : pair.First.Type.IsGeometry() && pair.Second.Type.IsGeometry() ? pair.First with { Type = PublishedType.Region }
                    : throw new SyntaxException(
                        combination.Offset,
                        $"{combination.Operator} combines columns of different types in place {i + 1}: {pair.First.Name} and "
                            + $"{pair.Second.Name}"
                    )
            )
            .ToList();
        return new TranslatedQuery(
            $"({left.Sql}) {combination.Operator.ToLowerInvariant()}{(combination.All ? " all" : "")} ({right.Sql})",
            columns,
            [.. extents]
        );
    }

    // Of the truth values of one query and other texts of the other, each may come.
    private static ResultColumn Either(ResultColumn first, ResultColumn second) =>
        first with
        {
            IsTruth = first.IsTruth && second.IsTruth,
            MayBeTruth = first.MayBeTruth || second.MayBeTruth || first.IsTruth != second.IsTruth,
        };

    private static bool IsNumber(PublishedType type) => type is PublishedType.Integer or PublishedType.Double;

    /// <summary>A table of a FROM clause: its SQL, with alias, and what it holds.</summary>
    public (string Sql, Relation Relation) Table(TableReference reference)
    {
        if (++_tables > MostTables)
            throw new SyntaxException(reference.Offset, $"the query names more than {MostTables} tables; write it in parts");
        var alias = NewAlias();
        if (
            reference.Path is [var single]
            && _named.FindLast(n => n.Name.Matches(n.Name.Text) && single.Matches(n.Name.Text)) is { Alias: { } query } common
        )
            return ($"{query} as {alias}", Holding(common.Query, reference.Alias ?? single, alias));
        var table = Find(reference);
        var values = table.Rows.Values.Select(v => (object)Bindings.Bind(v, reference.Offset)).ToArray();
        var relation = new Relation(reference.Alias?.Text ?? table.Name, table, alias) { HasOwnName = reference.Alias is null };
        relation.Columns = table
            .Columns.Select(c => (c.Name, new Value(Of(c.Sql), c.Type, c, relation) { Key = c.KeySql is { } key ? Of(key) : null }))
            .ToList();
        return ($"{string.Format(CultureInfo.InvariantCulture, table.Rows.Sql, values)} as {alias}", relation);

        string Of(string sql) => string.Format(CultureInfo.InvariantCulture, sql, alias);
    }

    public (string Sql, Relation Relation) Table(DerivedTable derived)
    {
        var translated = TranslateQuery(derived.Query, null);
        var alias = NewAlias();
        return ($"({translated.Sql}) as {alias}", Holding(translated, derived.Alias, alias));
    }

    private Relation Holding(TranslatedQuery query, Name label, string alias)
    {
        Expansion.Add(alias, [.. query.Extents.Select(e => e.Length)]);
        var relation = new Relation(label.Text, null, alias);
        relation.Columns = query
            .Columns.Select(
                (c, i) =>
                    (
                        c.Name,
                        new Value(string.Create(CultureInfo.InvariantCulture, $"{alias}.c{i + 1}"), c.Type, c.Source, relation)
                        {
                            Width = query.Extents[i].Width,
                            Unit = c.Measure,
                            IsTruth = c.IsTruth,
                            MayBeTruth = c.MayBeTruth,
                            Key = IsTextKey(c) ? string.Create(CultureInfo.InvariantCulture, $"{alias}.c{i + 1}") : null,
                        }
                    )
            )
            .ToList();
        return relation;
    }

    private PublishedTable Find(TableReference reference)
    {
        var path = reference.Path;
        var written = string.Join('.', path);
        if (path.Count > 3 || (path.Count == 3 && !path[0].Matches(Relation.Catalogue)))
            throw new SyntaxException(
                reference.Offset,
                $"{written} has {path.Count} parts; a table is written schema.table, or {Relation.Catalogue}.schema.table"
            );
        var found = catalogue.Tables.Where(t => path[^1].Matches(t.Name) && (path.Count == 1 || path[^2].Matches(t.Schema))).ToList();
        // A quoted name is exact, and a regular one may match several that differ in case.
        if (found.Count == 1)
            return found[0];
        if (found.Count > 1)
            throw new SyntaxException(
                reference.Offset,
                $"{written} names more than one table: {string.Join(", ", found.Select(t => t.WrittenName))}"
            );
        // A query that was written for an archive names its schema.
        if (catalogue.Tables.Where(t => path[^1].Matches(t.Name)).Take(5).ToList() is { Count: > 0 } elsewhere)
            throw new SyntaxException(
                reference.Offset,
                $"there is no table {written}; of that name there is {string.Join(", ", elsewhere.Select(t => t.WrittenName))}"
            );
        var near = catalogue.Tables.Where(t => path.Count == 1 || path[^2].Matches(t.Schema)).ToList();
        var shown = (near.Count > 0 ? near : catalogue.Tables).Take(25).Select(t => t.WrittenName).ToList();
        throw new SyntaxException(
            reference.Offset,
            $"there is no table {written}; there are "
                + $"{string.Join(", ", shown)}{(catalogue.Tables.Count > shown.Count ? " and others, see TAP_SCHEMA.tables" : "")}"
        );
    }
}
