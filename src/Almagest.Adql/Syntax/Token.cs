namespace Almagest.Adql.Syntax;

internal enum TokenKind
{
    /// <summary>A regular identifier or a keyword: letters, digits, underscores.</summary>
    Word,

    /// <summary>An identifier in double quotes.</summary>
    Quoted,
    Text,
    Integer,
    Real,

    /// <summary>An operator or a punctuation mark.</summary>
    Symbol,
    End,
}

/// <summary>One token of a query.</summary>
/// <param name="Value">a word as written; the content of quotes; the digits of a number; a symbol</param>
/// <param name="Offset">of its first character, from 0</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Offset)
{
    /// <summary>As it is quoted in an error.</summary>
    public string Shown =>
        Kind switch
        {
            TokenKind.End => "the end of the query",
            TokenKind.Text => $"the text '{Clip(Value)}'",
            TokenKind.Quoted => $"\"{Clip(Value)}\"",
            _ => $"'{Clip(Value)}'",
        };

    private static string Clip(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

/// <summary>A name as a query writes it: regular names match in any case, quoted ones exactly (ADQL 2.1, 2.1.3).</summary>
internal readonly record struct Name(string Text, bool Quoted, int Offset)
{
    public bool Matches(string published) =>
        string.Equals(Text, published, Quoted ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Quoted ? $"\"{Text}\"" : Text;
}
