namespace Almagest.Adql.Syntax;

/// <content>Values and conditions.</content>
internal sealed partial class QueryParser
{
    // With the number of arguments that each takes.
    private static readonly Dictionary<string, int> s_aggregates = new(StringComparer.Ordinal)
    {
        ["AVG"] = 1,
        ["COUNT"] = 1,
        ["MAX"] = 1,
        ["MIN"] = 1,
        ["SUM"] = 1,
        ["MEDIAN"] = 1,
        ["STDDEV"] = 1,
        ["STDDEV_POP"] = 1,
        ["STDDEV_SAMP"] = 1,
        ["VARIANCE"] = 1,
        ["VAR_POP"] = 1,
        ["VAR_SAMP"] = 1,
        ["IVO_HISTOGRAM"] = 4,
        ["IVO_STRING_AGG"] = 2,
    };

    private static readonly string[] s_negatable = ["BETWEEN", "IN", "LIKE", "ILIKE"];
    private static readonly string[] s_comparisons = ["=", "<>", "<=", ">=", "<", ">"];

    /// <summary><c>table.*</c>: only a select list has it.</summary>
    private sealed record AllOfTable(IReadOnlyList<Name> Table, int Offset) : Expression(Offset);

    private Expression ReadExpression(bool allowAll = false)
    {
        var read = tokens.Nested(ReadAny);
        return read is AllOfTable && !allowAll ? throw new SyntaxException(read.Offset, "'*' stands only in the list after SELECT") : read;
    }

    private Expression ReadAny() => ReadJunction("OR", () => ReadJunction("AND", ReadNot));

    private Expression ReadJunction(string word, Func<Expression> part)
    {
        var first = part();
        if (!tokens.IsWord(word))
            return first;
        var all = new List<Expression> { first };
        while (tokens.TakeWord(word))
            all.Add(part());
        return new LogicalExpression(word == "AND", all, first.Offset);
    }

    private Expression ReadNot()
    {
        var start = tokens.Next.Offset;
        return tokens.TakeWord("NOT") ? new Not(tokens.Nested(ReadNot), start) : ReadPredicate();
    }

    private Expression ReadPredicate()
    {
        var start = tokens.Next.Offset;
        if (tokens.TakeWord("EXISTS"))
        {
            tokens.ExpectSymbol("(", "after EXISTS");
            var query = ReadQuery();
            tokens.ExpectSymbol(")", "after the query");
            return new Exists(query, start);
        }
        var left = ReadValue();
        if (tokens.Next.Kind == TokenKind.Symbol && s_comparisons.Contains(tokens.Next.Value))
        {
            var symbol = tokens.Take().Value;
            return new Comparison(left, symbol, ReadValue(), start);
        }
        if (tokens.TakeWord("IS"))
        {
            var not = tokens.TakeWord("NOT");
            tokens.ExpectWord("NULL", "after IS");
            return new IsNull(left, not, start);
        }
        var negated = tokens.IsWord("NOT") && s_negatable.Any(w => TokenStream.Is(tokens.After, w)) && tokens.TakeWord("NOT");
        if (tokens.TakeWord("BETWEEN"))
        {
            var low = ReadValue();
            tokens.ExpectWord("AND", "after the lower bound of BETWEEN");
            return new Between(left, low, ReadValue(), negated, start);
        }
        if (tokens.TakeWord("LIKE"))
            return new Like(left, ReadValue(), false, negated, start);
        if (tokens.TakeWord("ILIKE"))
            return new Like(left, ReadValue(), true, negated, start);
        if (!tokens.TakeWord("IN"))
            return left;
        tokens.ExpectSymbol("(", "after IN");
        if (tokens.IsWord("SELECT") || tokens.IsWord("WITH"))
        {
            var query = ReadQuery();
            tokens.ExpectSymbol(")", "after the query");
            return new InQuery(left, query, negated, start);
        }
        var values = ReadList();
        tokens.ExpectSymbol(")", "or ',' in the list of IN");
        return new InList(left, values, negated, start);
    }

    private List<Expression> ReadList()
    {
        var values = new List<Expression>();
        do values.Add(ReadExpression());
        while (tokens.TakeSymbol(","));
        return values;
    }

    private Expression ReadValue() => ReadChain(["||"], () => ReadChain(["+", "-"], () => ReadChain(["*", "/"], ReadSigned)));

    private Expression ReadChain(string[] operators, Func<Expression> part)
    {
        var first = part();
        List<(string, Expression)>? rest = null;
        while (tokens.Next.Kind == TokenKind.Symbol && operators.Contains(tokens.Next.Value))
        {
            var symbol = tokens.Take();
            rest ??= [];
            if (rest.Count == 1000)
                throw new SyntaxException(symbol.Offset, "more than 1000 values are chained here");
            rest.Add((symbol.Value, part()));
        }
        return rest is null ? first : new Chain(first, rest, first.Offset);
    }

    private Expression ReadSigned()
    {
        var start = tokens.Next.Offset;
        if (tokens.TakeSymbol("-"))
            return new Negation(tokens.Nested(ReadSigned), start);
        return tokens.TakeSymbol("+") ? tokens.Nested(ReadSigned) : ReadPrimary();
    }

    private Expression ReadPrimary()
    {
        var token = tokens.Next;
        switch (token.Kind)
        {
            case TokenKind.Integer or TokenKind.Real:
                tokens.Take();
                return new NumberLiteral(token.Value, token.Kind == TokenKind.Integer, token.Offset);
            case TokenKind.Text:
                tokens.Take();
                return new TextLiteral(token.Value, token.Offset);
            case TokenKind.Symbol when token.Value == "(":
                return ReadEnclosed();
            case TokenKind.Word when TokenStream.Is(token, "NULL"):
                tokens.Take();
                return new NullLiteral(token.Offset);
            case TokenKind.Word when TokenStream.Is(token, "TRUE") || TokenStream.Is(token, "FALSE"):
                tokens.Take();
                return new TruthLiteral(TokenStream.Is(token, "TRUE"), token.Offset);
            case TokenKind.Word when TokenStream.Is(token, "CASE"):
                return ReadCase();
            case TokenKind.Word when TokenStream.Is(token, "CAST"):
                return ReadCast();
            case TokenKind.Word when tokens.After is { Kind: TokenKind.Symbol, Value: "(" }:
                return ReadCall();
            case TokenKind.Word or TokenKind.Quoted:
                return ReadColumn();
            default:
                throw tokens.Unexpected("a value");
        }
    }

    private Expression ReadEnclosed()
    {
        var start = tokens.Take().Offset;
        if (tokens.IsWord("SELECT") || tokens.IsWord("WITH"))
        {
            var query = ReadQuery();
            tokens.ExpectSymbol(")", "after the query");
            return new ScalarQuery(query, start);
        }
        var inner = ReadExpression();
        tokens.ExpectSymbol(")", "to close the parenthesis");
        return inner;
    }

    private Expression ReadColumn()
    {
        var first = tokens.ExpectName("column");
        var path = new List<Name> { first };
        while (tokens.TakeSymbol("."))
        {
            if (tokens.TakeSymbol("*"))
                return new AllOfTable(path, first.Offset);
            path.Add(tokens.ExpectName("name of a column after '.'"));
        }
        return new ColumnReference(path, first.Offset);
    }

    private Expression ReadCall()
    {
        var name = tokens.Take();
        var function = name.Value.ToUpperInvariant();
        tokens.Take();
        if (s_aggregates.TryGetValue(function, out var expected))
        {
            if (function == "COUNT" && tokens.TakeSymbol("*"))
            {
                tokens.ExpectSymbol(")", "after COUNT(*");
                return new Aggregate(function, null, false, name.Offset);
            }
            var distinct = tokens.TakeWord("DISTINCT");
            if (!distinct)
                tokens.TakeWord("ALL");
            var argument = ReadExpression();
            var others = new List<Expression>();
            while (tokens.TakeSymbol(","))
                others.Add(ReadExpression());
            tokens.ExpectSymbol(")", $"after the {(expected == 1 ? "argument" : "arguments")} of {function}");
            return others.Count + 1 == expected
                ? new Aggregate(function, argument, distinct, name.Offset) { Others = others }
                : throw new SyntaxException(name.Offset, $"{function} has {others.Count + 1} arguments, expected {expected}");
        }
        var arguments = tokens.IsSymbol(")") ? [] : ReadList();
        tokens.ExpectSymbol(")", $"or ',' in the arguments of {function}");
        return new FunctionCall(function, arguments, name.Offset);
    }

    private Case ReadCase()
    {
        var start = tokens.Take().Offset;
        var subject = tokens.IsWord("WHEN") ? null : ReadExpression();
        var branches = new List<(Expression, Expression)>();
        while (tokens.TakeWord("WHEN"))
        {
            var when = ReadExpression();
            tokens.ExpectWord("THEN", "after the condition of WHEN");
            branches.Add((when, ReadExpression()));
        }
        if (branches.Count == 0)
            throw tokens.Unexpected("WHEN");
        var otherwise = tokens.TakeWord("ELSE") ? ReadExpression() : null;
        tokens.ExpectWord("END", "at the end of CASE");
        return new Case(subject, branches, otherwise, start);
    }

    private Cast ReadCast()
    {
        var start = tokens.Take().Offset;
        tokens.ExpectSymbol("(", "after CAST");
        var of = ReadExpression();
        tokens.ExpectWord("AS", "after the value of CAST");
        var type = tokens.Next;
        if (type.Kind != TokenKind.Word)
            throw tokens.Unexpected("a type after AS");
        tokens.Take();
        var name = type.Value.ToUpperInvariant();
        if (name == "DOUBLE")
            tokens.TakeWord("PRECISION");
        long? length = null;
        if (name is "CHAR" or "VARCHAR" && tokens.TakeSymbol("("))
        {
            var at = tokens.Next.Offset;
            length = ReadCount($"{name}(");
            if (length is < 1 or > 1 << 20)
                throw new SyntaxException(at, $"the length of {name} is {length}, expected 1 to {1 << 20}");
            tokens.ExpectSymbol(")", "after the length");
        }
        tokens.ExpectSymbol(")", "after the type of CAST");
        return new Cast(of, name, length, start);
    }
}
