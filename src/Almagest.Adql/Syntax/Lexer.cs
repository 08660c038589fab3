using System.Text;

namespace Almagest.Adql.Syntax;

/// <summary>Cuts a query into tokens (ADQL 2.1, 2.1). Comments start with two hyphens and end with the line; those of
/// other dialects, <c>/* … */</c>, are passed over, too.</summary>
internal static class Lexer
{
    private static readonly string[] s_longSymbols = ["||", "<>", "!=", "<=", ">="];
    private const string ShortSymbols = "+-*/=<>(),.";

    /// <exception cref="SyntaxException">a character that no token starts with, or quotes that do not end</exception>
    public static List<Token> Tokens(string query)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            at = SkipBlanks(query, at);
            if (at == query.Length)
                break;
            var start = at;
            var c = query[at];
            if (char.IsAsciiLetter(c))
            {
                while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '_'))
                    at++;
                tokens.Add(new Token(TokenKind.Word, query[start..at], start));
            }
            else if (c == '"')
                tokens.Add(new Token(TokenKind.Quoted, Quoted(query, ref at, "a quoted name"), start));
            else if (c == '\'')
                AddText(tokens, Quoted(query, ref at, "a text"), start);
            else if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < query.Length && char.IsAsciiDigit(query[at + 1])))
                tokens.Add(Number(query, ref at));
            else if (s_longSymbols.FirstOrDefault(s => string.CompareOrdinal(query, start, s, 0, 2) == 0) is { } symbol)
            {
                at += 2;
                tokens.Add(new Token(TokenKind.Symbol, symbol == "!=" ? "<>" : symbol, start));
            }
            else if (ShortSymbols.Contains(c, StringComparison.Ordinal))
            {
                at++;
                tokens.Add(new Token(TokenKind.Symbol, c.ToString(), start));
            }
            else if (c == ';')
            {
                // People end a statement so; nothing may follow.
                while (at < query.Length && query[at] == ';')
                    at = SkipBlanks(query, at + 1);
                if (at < query.Length)
                    throw new SyntaxException(start, "a query is one statement: nothing may follow the ';'");
                break;
            }
            else
                throw new SyntaxException(
                    start,
                    $"'{c}' is not used in ADQL" + (c is '_' ? "; a name that begins with '_' stands in double quotes" : "")
                );
        }
        tokens.Add(new Token(TokenKind.End, "", query.Length));
        return tokens;
    }

    private static int SkipBlanks(string query, int at)
    {
        while (at < query.Length)
        {
            if (char.IsWhiteSpace(query[at]))
                at++;
            else if (query[at] == '-' && at + 1 < query.Length && query[at + 1] == '-')
            {
                while (at < query.Length && query[at] is not ('\n' or '\r'))
                    at++;
            }
            else if (string.CompareOrdinal(query, at, "/*", 0, 2) == 0)
            {
                var end = query.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? throw new SyntaxException(at, "the comment does not end: */ is missing") : end + 2;
            }
            else
                break;
        }
        return at;
    }

    private static string Quoted(string query, ref int at, string what)
    {
        var start = at;
        var quote = query[at++];
        var content = new StringBuilder();
        while (at < query.Length)
        {
            var c = query[at++];
            if (c == '\0')
                throw new SyntaxException(at - 1, $"{what} cannot hold the character 0");
            if (c != quote)
                content.Append(c);
            else if (at < query.Length && query[at] == quote)
            {
                content.Append(quote);
                at++;
            }
            else if (content.Length == 0 && quote == '"')
                throw new SyntaxException(start, "a quoted name is empty");
            else
                return content.ToString();
        }
        throw new SyntaxException(start, $"{what} starts here and does not end: a closing {quote} is missing");
    }

    // Texts that follow each other are one (SQL 92, 5.3).
    private static void AddText(List<Token> tokens, string text, int start)
    {
        if (tokens.Count > 0 && tokens[^1] is { Kind: TokenKind.Text } before)
            tokens[^1] = before with { Value = before.Value + text };
        else
            tokens.Add(new Token(TokenKind.Text, text, start));
    }

    private static Token Number(string query, ref int at)
    {
        var start = at;
        if (query[at] == '0' && at + 1 < query.Length && query[at + 1] is 'x' or 'X')
        {
            at += 2;
            var digits = at;
            while (at < query.Length && char.IsAsciiHexDigit(query[at]))
                at++;
            if (at == digits || at - digits > 15 || EndsInWord(query, at))
                throw new SyntaxException(start, "a hexadecimal number is 0x and 1 to 15 digits");
            return new Token(
                TokenKind.Integer,
                Convert.ToInt64(query[digits..at], 16).ToString(System.Globalization.CultureInfo.InvariantCulture),
                start
            );
        }
        var whole = true;
        Digits(query, ref at);
        if (at < query.Length && query[at] == '.')
        {
            whole = false;
            at++;
            Digits(query, ref at);
        }
        if (at < query.Length && query[at] is 'e' or 'E')
        {
            var exponent = at + 1;
            if (exponent < query.Length && query[exponent] is '+' or '-')
                exponent++;
            if (exponent < query.Length && char.IsAsciiDigit(query[exponent]))
            {
                whole = false;
                at = exponent;
                Digits(query, ref at);
            }
        }
        if (EndsInWord(query, at))
            throw new SyntaxException(
                start,
                $"a number ends in letters at '{query[start..(at + 1)]}'; a name of more than letters, digits and '_' stands in "
                    + $"double quotes"
            );
        return new Token(whole ? TokenKind.Integer : TokenKind.Real, query[start..at], start);
    }

    private static bool EndsInWord(string query, int at) => at < query.Length && (char.IsAsciiLetter(query[at]) || query[at] == '_');

    private static void Digits(string query, ref int at)
    {
        while (at < query.Length && char.IsAsciiDigit(query[at]))
            at++;
    }
}
