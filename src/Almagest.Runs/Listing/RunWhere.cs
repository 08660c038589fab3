using System.Globalization;
using Almagest.Contract.Errors;

namespace Almagest.Runs.Listing;

/// <summary>
/// The language of conditions on runs: <c>contamination &lt;= 0.05 and (tag = 'good' or cluster_count in (3, 4))</c>, with <c>and</c>,
/// <c>or</c>, <c>not</c>, parentheses, <c>=</c>, <c>&lt;&gt;</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, <c>in</c>,
/// <c>between</c>, <c>like</c> and <c>is null</c>. Read into SQL in which every name is the program's own and every value is bound.
/// </summary>
internal sealed class RunWhere
{
    public const int Longest = 4000;
    private const int Deepest = 50;

    private readonly List<WhereToken> _tokens;
    private readonly List<object> _values = [];
    private int _next;
    private int _depth;

    private RunWhere(string where) => _tokens = WhereToken.All(where);

    /// <exception cref="LedgerException">it cannot be read; the message says where</exception>
    public static RunCondition Parse(string where)
    {
        if (where.Length > Longest)
            throw WhereToken.Wrong(Longest, $"a condition has at most {Longest} characters");
        var parser = new RunWhere(where);
        var sql = parser.Or();
        return parser.Peek.Kind == WhereTokenKind.End
            ? new RunCondition(sql, parser._values)
            : throw WhereToken.Wrong(parser.Peek.At, $"expected and, or, or the end, found {parser.Peek.Shown}");
    }

    private WhereToken Peek => _tokens[_next];

    private WhereToken Take() => _tokens[_next].Kind == WhereTokenKind.End ? _tokens[_next] : _tokens[_next++];

    private bool Taken(string word)
    {
        if (!Peek.Is(word))
            return false;
        _next++;
        return true;
    }

    private void Require(string word)
    {
        if (!Taken(word))
            throw WhereToken.Wrong(Peek.At, $"expected {word}, found {Peek.Shown}");
    }

    private string Or()
    {
        var parts = new List<string> { And() };
        while (Taken("or"))
            parts.Add(And());
        return parts.Count == 1 ? parts[0] : $"({string.Join(" or ", parts)})";
    }

    private string And()
    {
        var parts = new List<string> { Not() };
        while (Taken("and"))
            parts.Add(Not());
        return parts.Count == 1 ? parts[0] : $"({string.Join(" and ", parts)})";
    }

    private string Not()
    {
        if (++_depth > Deepest)
            throw WhereToken.Wrong(Peek.At, $"at most {Deepest} conditions stand within each other");
        string sql;
        if (Taken("not"))
            sql = $"(not {Not()})";
        else if (Taken("("))
        {
            sql = Or();
            Require(")");
        }
        else
            sql = Test();
        _depth--;
        return sql;
    }

    private string Test()
    {
        var word = Take();
        if (word.Kind != WhereTokenKind.Word)
            throw WhereToken.Wrong(word.At, $"expected a field or a parameter of a run, found {word.Shown}");
        var field = RunField.Find(word.Text) ?? throw WhereToken.Wrong(word.At, RunField.Unknown(word.Text));
        var symbol = Peek;
        if (symbol.Kind == WhereTokenKind.Symbol && symbol.Text is "=" or "<>" or "<" or "<=" or ">" or ">=")
        {
            _next++;
            return Compared(field, symbol, Literal());
        }
        if (Taken("is"))
        {
            var isNot = Taken("not");
            Require("null");
            return isNot ? $"(not {IsNull(field)})" : IsNull(field);
        }
        var negated = Taken("not");
        if (Taken("in"))
            return Negated(negated, Listed(field));
        if (Taken("like"))
            return Negated(negated, Like(field));
        if (Taken("between"))
        {
            var (at, low) = (Peek, Literal());
            Require("and");
            var high = Literal();
            return Negated(
                negated,
                $"({Compared(field, at with { Text = ">=" }, low)} and {Compared(field, at with { Text = "<=" }, high)})"
            );
        }
        throw WhereToken.Wrong(
            Peek.At,
            $"expected =, <>, <, <=, >, >=, in, between, like or is null behind {word.Text}, found {Peek.Shown}"
        );
    }

    private static string Negated(bool negated, string sql) => negated ? $"(not {sql})" : sql;

    private WhereToken Literal()
    {
        var token = Take();
        return token.Kind is WhereTokenKind.Number or WhereTokenKind.Text || token.Is("true") || token.Is("false") ? token
            : token.Is("null") ? throw WhereToken.Wrong(token.At, "nothing is equal to null; write is null or is not null")
            : throw WhereToken.Wrong(token.At, $"expected a number, a text in single quotes, true or false, found {token.Shown}");
    }

    private string Compared(RunField field, WhereToken symbol, WhereToken literal)
    {
        if (literal.Kind == WhereTokenKind.Text && symbol.Text is ("=" or "<>"))
        {
            field.RequireWord(literal);
            // A recipe by its name is any version of it; a run by a part of its id is named as everywhere else.
            var any = field.PatternOf(literal.Text);
            if (any is not null)
            {
                var value = field.Kind == RunFieldKind.Parameter ? $"(r.parameters ->> {Bind(field.Sql)})" : field.Of("r");
                var like = string.Join(" or ", any.Select(pattern => $"{value} like {Bind(pattern)}"));
                return symbol.Text == "=" ? $"({like})" : $"(not ({like}))";
            }
        }
        if (field.Kind != RunFieldKind.Words)
            return $"({Value(field, literal, symbol.Text)} {symbol.Text} {Bound(field, literal)})";
        var found = $"exists (select 1 from ({field.Of("r")}) w where w.word = {Bound(field, literal)})";
        return symbol.Text switch
        {
            "=" => found,
            // A run has many of them: without that one, not with another one.
            "<>" => $"(not {found})",
            _ => throw WhereToken.Wrong(symbol.At, $"{field.Name} is a word: compare it with =, <>, in or like"),
        };
    }

    private string Listed(RunField field)
    {
        Require("(");
        var parts = new List<string>();
        do parts.Add(Compared(field, new WhereToken(WhereTokenKind.Symbol, "=", Peek.At), Literal()));
        while (Taken(","));
        Require(")");
        return $"({string.Join(" or ", parts)})";
    }

    private string Like(RunField field)
    {
        var pattern = Take();
        if (pattern.Kind != WhereTokenKind.Text)
            throw WhereToken.Wrong(pattern.At, $"expected a text with % and _ in single quotes, found {pattern.Shown}");
        if (field.Kind == RunFieldKind.Words)
            return $"exists (select 1 from ({field.Of("r")}) w where w.word ilike {Bind(pattern.Text)})";
        return field.Kind is RunFieldKind.Text or RunFieldKind.Parameter
            ? $"({Value(field, pattern, "=")} ilike {Bind(pattern.Text)})"
            : throw WhereToken.Wrong(pattern.At, $"{field.Name} is not a text");
    }

    private string IsNull(RunField field) =>
        field.Kind switch
        {
            RunFieldKind.Words => $"(not exists ({field.Of("r")}))",
            RunFieldKind.Parameter => $"(r.parameters ->> {Bind(field.Sql)} is null)",
            _ => $"({field.Of("r")} is null)",
        };

    /// <summary>The field's value, of the type that the literal has.</summary>
    private string Value(RunField field, WhereToken literal, string symbol)
    {
        if (field.Kind != RunFieldKind.Parameter)
            return field.Of("r");
        if (literal.Kind == WhereTokenKind.Text)
            return symbol is "=" or "<>"
                ? $"(r.parameters ->> {Bind(field.Sql)})"
                : throw WhereToken.Wrong(literal.At, $"{field.Name} {symbol} compares numbers; write one without quotes");
        var (type, sql) = literal.Kind == WhereTokenKind.Number ? ("number", "double precision") : ("boolean", "boolean");
        var json = $"(r.parameters -> {Bind(field.Sql)})";
        return $"(case when jsonb_typeof({json}) = '{type}' then {json}::{sql} end)";
    }

    private string Bound(RunField field, WhereToken literal)
    {
        switch (field.Kind)
        {
            case RunFieldKind.Number when literal.Kind == WhereTokenKind.Number:
                return Bind(double.Parse(literal.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
            case RunFieldKind.Text or RunFieldKind.Words when literal.Kind == WhereTokenKind.Text:
                return Bind(literal.Text);
            case RunFieldKind.Truth when literal.Kind == WhereTokenKind.Word:
                return Bind(literal.Is("true"));
            case RunFieldKind.Parameter:
                return Bind(
                    literal.Kind switch
                    {
                        WhereTokenKind.Number => double.Parse(literal.Text, NumberStyles.Float, CultureInfo.InvariantCulture),
                        WhereTokenKind.Text => literal.Text,
                        _ => literal.Is("true"),
                    }
                );
            case RunFieldKind.Time
                when literal.Kind == WhereTokenKind.Text
                    && DateTime.TryParse(
                        literal.Text,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out var time
                    ):
                return Bind(time);
            default:
                var expected = field.Kind switch
                {
                    RunFieldKind.Number => "a number, without quotes",
                    RunFieldKind.Time => "a time such as '2026-11-30' or '2026-11-30T18:00:00Z'",
                    RunFieldKind.Truth => "true or false",
                    _ => "a text in single quotes",
                };
                throw WhereToken.Wrong(literal.At, $"{field.Name} is compared with {expected}, found {literal.Shown}");
        }
    }

    private string Bind(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"{{{_values.Count - 1}}}");
    }
}
