namespace Almagest.Adql.Syntax;

/// <summary>The tokens of a query, read from left to right.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    // Deeper than people or programs write, and shallow enough for any thread's stack.
    private const int DeepestNesting = 60;

    private int _at;
    private int _depth;

    public Token Next => tokens[_at];

    public Token After => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public Token Take() => Next.Kind == TokenKind.End ? Next : tokens[_at++];

    public bool IsWord(string word) => Is(Next, word);

    public static bool Is(Token token, string word) =>
        token.Kind == TokenKind.Word && token.Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Next.Kind == TokenKind.Symbol && Next.Value == symbol;

    public bool TakeWord(string word)
    {
        if (!IsWord(word))
            return false;
        _at++;
        return true;
    }

    public bool TakeSymbol(string symbol)
    {
        if (!IsSymbol(symbol))
            return false;
        _at++;
        return true;
    }

    public void ExpectWord(string word, string where)
    {
        if (!TakeWord(word))
            throw Unexpected($"{word} {where}");
    }

    public void ExpectSymbol(string symbol, string where)
    {
        if (!TakeSymbol(symbol))
            throw Unexpected($"'{symbol}' {where}");
    }

    public SyntaxException Unexpected(string expected) => new(Next.Offset, $"found {Next.Shown}, expected {expected}");

    /// <summary>Reads what may hold itself.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > DeepestNesting)
            throw new SyntaxException(Next.Offset, $"the query is nested deeper than {DeepestNesting} levels");
        var read1 = read();
        _depth--;
        return read1;
    }

    /// <summary>A name: any quoted one, or a word that is not reserved.</summary>
    public Name ExpectName(string what)
    {
        if (TryName() is { } name)
            return name;
        throw Next.Kind == TokenKind.Word
            ? new SyntaxException(Next.Offset, $"'{Next.Value}' is a reserved word and no {what}; as a name it is written \"{Next.Value}\"")
            : Unexpected(what);
    }

    public Name? TryName()
    {
        if (Next.Kind == TokenKind.Quoted || (Next.Kind == TokenKind.Word && ReservedWords.IsName(Next.Value)))
        {
            var token = Take();
            return new Name(token.Value, token.Kind == TokenKind.Quoted, token.Offset);
        }
        return null;
    }
}
