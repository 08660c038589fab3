using System.Globalization;
using Almagest.Contract.Errors;

namespace Almagest.Runs.Listing;

internal enum WhereTokenKind
{
    Word,
    Number,
    Text,
    Symbol,
    End,
}

/// <summary>A word, number, text or symbol of a condition.</summary>
/// <param name="Text">as it is written; of a text what is between the quotes</param>
/// <param name="At">where it begins, from 0</param>
internal readonly record struct WhereToken(WhereTokenKind Kind, string Text, int At)
{
    private static readonly string[] s_symbols = ["<=", ">=", "<>", "!=", "==", "=", "<", ">", "(", ")", ","];

    public bool Is(string word) =>
        (Kind is WhereTokenKind.Word or WhereTokenKind.Symbol) && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public string Shown =>
        Kind switch
        {
            WhereTokenKind.End => "the end",
            WhereTokenKind.Text => $"'{Text}'",
            _ => Text,
        };

    /// <exception cref="LedgerException">a character that nothing begins with, or a quote that does not end</exception>
    public static List<WhereToken> All(string where)
    {
        var tokens = new List<WhereToken>();
        for (var at = 0; at < where.Length; )
        {
            var start = at;
            if (char.IsWhiteSpace(where[at]))
            {
                at++;
                continue;
            }
            if (char.IsAsciiLetter(where[at]))
            {
                while (at < where.Length && (char.IsAsciiLetterOrDigit(where[at]) || where[at] is '_' or '.'))
                    at++;
                tokens.Add(new(WhereTokenKind.Word, where[start..at], start));
            }
            else if (where[at] == '\'')
                tokens.Add(new(WhereTokenKind.Text, Quoted(where, ref at), start));
            else if (char.IsAsciiDigit(where[at]) || where[at] is '.' or '-' or '+')
                tokens.Add(Number(where, ref at));
            else if (s_symbols.FirstOrDefault(s => string.CompareOrdinal(where, start, s, 0, s.Length) == 0) is { } symbol)
            {
                at += symbol.Length;
                tokens.Add(
                    new(
                        WhereTokenKind.Symbol,
                        symbol switch
                        {
                            "!=" => "<>",
                            "==" => "=",
                            _ => symbol,
                        },
                        start
                    )
                );
            }
            else
                throw Wrong(start, where[at] == '"' ? "texts stand in single quotes" : $"'{where[at]}' is not part of a condition");
        }
        tokens.Add(new(WhereTokenKind.End, "", where.Length));
        return tokens;
    }

    /// <param name="at">where the mistake is, from 0</param>
    public static LedgerException Wrong(int at, string message) =>
        LedgerException
            .Of(
                ErrorCode.UnreadableFilter,
                string.Create(CultureInfo.InvariantCulture, $"where, character {at + 1}: {message}"),
                "Write for instance: eps < 0.3 and cluster_count > 5, or: tag in ('good', 'checked') and created >= '2026-11-01'.",
                "where"
            )
            .With("position", at + 1);

    private static string Quoted(string where, ref int at)
    {
        var text = new System.Text.StringBuilder();
        for (var i = at + 1; i < where.Length; i++)
        {
            if (where[i] != '\'')
                text.Append(where[i]);
            else if (i + 1 < where.Length && where[i + 1] == '\'')
                text.Append(where[i++]);
            else
            {
                at = i + 1;
                return text.ToString();
            }
        }
        throw Wrong(at, "this quote does not end");
    }

    private static WhereToken Number(string where, ref int at)
    {
        var start = at++;
        while (
            at < where.Length
            && (char.IsAsciiLetterOrDigit(where[at]) || where[at] == '.' || (where[at] is '-' or '+' && where[at - 1] is 'e' or 'E'))
        )
            at++;
        var text = where[start..at];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new(WhereTokenKind.Number, text, start)
            : throw Wrong(start, $"{text} is not a number");
    }
}
