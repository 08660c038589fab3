using System.Globalization;

namespace Almagest.Adql.Syntax;

/// <summary>
/// Reads queries by recursive descent: ADQL 2.1 (IVOA Recommendation 2023-12-15), with the geometries of 2.0; and, beyond it, CASE and
/// single values from queries in parentheses.
/// </summary>
internal sealed partial class QueryParser(TokenStream tokens)
{
    // Each one is a level of the tree that is built from it.
    private const int MostCombined = 40;

    private int _combined;
    private int _queries;

    /// <exception cref="SyntaxException">it is not a query</exception>
    public static Query Parse(string text)
    {
        var tokens = new TokenStream(Lexer.Tokens(text));
        if (tokens.Next.Kind == TokenKind.End)
            throw tokens.Unexpected("a query that begins with SELECT");
        var query = new QueryParser(tokens).ReadQuery();
        if (tokens.Next.Kind != TokenKind.End)
            throw tokens.IsWord(Limit) ? WithoutLimit(tokens.Next.Offset) : tokens.Unexpected("the end of the query");
        return query;
    }

    private const string Limit = "LIMIT";

    private static SyntaxException WithoutLimit(int offset) =>
        new(offset, "ADQL has no LIMIT; the number of rows stands behind SELECT: SELECT TOP 10 …");

    private Query ReadQuery() =>
        tokens.Nested(() =>
        {
            var start = tokens.Next.Offset;
            var isWhole = _queries++ == 0;
            var with = new List<NamedQuery>();
            if (tokens.IsWord("WITH"))
            {
                if (!isWhole)
                    throw new SyntaxException(start, "WITH stands at the beginning of the whole query and nowhere else");
                tokens.Take();
                do
                {
                    var name = tokens.ExpectName("name of a query");
                    tokens.ExpectWord("AS", "after the name of the query");
                    tokens.ExpectSymbol("(", "before the query");
                    with.Add(new NamedQuery(name, ReadQuery()));
                    tokens.ExpectSymbol(")", "after the query");
                } while (tokens.TakeSymbol(","));
            }
            var body = ReadCombination();
            var order = new List<OrderTerm>();
            if (tokens.TakeWord("ORDER"))
            {
                tokens.ExpectWord("BY", "after ORDER");
                do
                {
                    var by = ReadExpression();
                    var descending = tokens.TakeWord("DESC");
                    if (!descending)
                        tokens.TakeWord("ASC");
                    order.Add(new OrderTerm(by, descending, by.Offset));
                } while (tokens.TakeSymbol(","));
            }
            long? skip = tokens.TakeWord("OFFSET") ? ReadCount("OFFSET") : null;
            return new Query(with, body, order, skip, start);
        });

    private QueryBody ReadCombination()
    {
        var left = ReadIntersection();
        while (tokens.IsWord("UNION") || tokens.IsWord("EXCEPT"))
        {
            var word = tokens.Take();
            Count(word.Offset);
            var all = tokens.TakeWord("ALL");
            left = tokens.Nested(() => new Combination(left, word.Value.ToUpperInvariant(), all, ReadIntersection(), word.Offset));
        }
        return left;
    }

    private QueryBody ReadIntersection()
    {
        var left = ReadBody();
        while (tokens.IsWord("INTERSECT"))
        {
            var word = tokens.Take();
            Count(word.Offset);
            var all = tokens.TakeWord("ALL");
            left = tokens.Nested(() => new Combination(left, "INTERSECT", all, ReadBody(), word.Offset));
        }
        return left;
    }

    private QueryBody ReadBody()
    {
        var start = tokens.Next.Offset;
        if (tokens.TakeSymbol("("))
        {
            var query = ReadQuery();
            tokens.ExpectSymbol(")", "after the query");
            return new ParenthesizedQuery(query, start);
        }
        if (!tokens.TakeWord("SELECT"))
            throw tokens.Unexpected("SELECT");
        var distinct = tokens.TakeWord("DISTINCT");
        if (!distinct)
            tokens.TakeWord("ALL");
        long? top = tokens.TakeWord("TOP") ? ReadCount("TOP") : null;
        var items = new List<SelectItem>();
        do items.Add(ReadItem());
        while (tokens.TakeSymbol(","));
        tokens.ExpectWord("FROM", "or ',' after the selected columns");
        var from = new List<TableExpression>();
        do from.Add(ReadJoins());
        while (tokens.TakeSymbol(","));
        var where = tokens.TakeWord("WHERE") ? ReadExpression() : null;
        var groups = new List<Expression>();
        if (tokens.TakeWord("GROUP"))
        {
            tokens.ExpectWord("BY", "after GROUP");
            do groups.Add(ReadExpression());
            while (tokens.TakeSymbol(","));
        }
        var having = tokens.TakeWord("HAVING") ? ReadExpression() : null;
        return new Selection(distinct, top, items, from, where, groups, having, start);
    }

    private void Count(int offset)
    {
        if (++_combined > MostCombined)
            throw new SyntaxException(offset, $"the query combines more than {MostCombined} tables or queries");
    }

    private long ReadCount(string after)
    {
        if (
            tokens.Next.Kind == TokenKind.Integer
            && long.TryParse(tokens.Next.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
        {
            tokens.Take();
            return count;
        }
        throw tokens.Unexpected($"a whole number after {after}");
    }

    private SelectItem ReadItem()
    {
        var start = tokens.Next.Offset;
        if (tokens.TakeSymbol("*"))
            return new AllColumns([], start);
        var value = ReadExpression(allowAll: true);
        if (value is AllOfTable all)
            return new AllColumns(all.Table, start);
        var alias = tokens.TakeWord("AS") ? tokens.ExpectName("name of a column after AS") : tokens.TryName();
        return new SelectValue(value, alias, start);
    }

    private TableExpression ReadJoins()
    {
        var left = ReadTable();
        while (true)
        {
            var start = tokens.Next.Offset;
            var natural = tokens.TakeWord("NATURAL");
            string? kind = null;
            var isInner = tokens.TakeWord("INNER");
            if (isInner)
                kind = "inner";
            else
            {
                foreach (var outer in new[] { "LEFT", "RIGHT", "FULL" })
                {
                    if (!tokens.TakeWord(outer))
                        continue;
                    kind = outer.ToLowerInvariant();
                    tokens.TakeWord("OUTER");
                    break;
                }
            }
            if (kind is null && !natural && !tokens.IsWord("JOIN"))
            {
                if (tokens.IsWord("CROSS"))
                    throw new SyntaxException(start, "ADQL has no CROSS JOIN; write the tables with a comma between");
                return left;
            }
            tokens.ExpectWord("JOIN", "after the kind of a join");
            Count(start);
            var before = left;
            left = tokens.Nested<TableExpression>(() =>
            {
                var right = ReadTable();
                if (natural)
                    return new Join(before, kind ?? "inner", right, true, null, null, start);
                if (tokens.TakeWord("ON"))
                    return new Join(before, kind ?? "inner", right, false, ReadExpression(), null, start);
                // The grammar lets a join go without either: it is a natural one then, as other services take it, but for one that says
                // INNER, which the IVOA's own queries want to be refused.
                if (!isInner && !tokens.IsWord("USING"))
                    return new Join(before, kind ?? "inner", right, true, null, null, start);
                tokens.ExpectWord("USING", "or ON after a joined table");
                tokens.ExpectSymbol("(", "after USING");
                var columns = new List<Name>();
                do columns.Add(tokens.ExpectName("name of a column"));
                while (tokens.TakeSymbol(","));
                tokens.ExpectSymbol(")", "after the columns of USING");
                return new Join(before, kind ?? "inner", right, false, null, columns, start);
            });
        }
    }

    private TableExpression ReadTable() =>
        tokens.Nested<TableExpression>(() =>
        {
            var start = tokens.Next.Offset;
            if (tokens.TakeSymbol("("))
            {
                if (!tokens.IsWord("SELECT") && !tokens.IsWord("WITH") && !tokens.IsSymbol("("))
                {
                    var joined = ReadJoins();
                    tokens.ExpectSymbol(")", "after the joined tables");
                    return joined;
                }
                var query = ReadQuery();
                tokens.ExpectSymbol(")", "after the query");
                var named = tokens.TakeWord("AS");
                if (!named && tokens.Next.Kind is not (TokenKind.Word or TokenKind.Quoted))
                    throw tokens.Unexpected("a name for the query: (SELECT …) AS name");
                return new DerivedTable(query, tokens.ExpectName("name for the query"), start);
            }
            var path = new List<Name> { tokens.ExpectName("name of a table") };
            while (tokens.TakeSymbol("."))
                path.Add(tokens.ExpectName("name of a table after '.'"));
            var alias = tokens.TakeWord("AS") ? tokens.ExpectName("name after AS") : tokens.TryName();
            if (alias?.Text.Equals(Limit, StringComparison.OrdinalIgnoreCase) == true && tokens.Next.Kind == TokenKind.Integer)
                throw WithoutLimit(alias.Value.Offset);
            return new TableReference(path, alias, start);
        });
}
