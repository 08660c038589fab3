namespace Almagest.Adql.Syntax;

/// <summary>What was wrong at a place of the query; it becomes an <see cref="AdqlException"/> where the query's text is at hand.</summary>
internal sealed class SyntaxException(int offset, string problem) : Exception(problem)
{
    public int Offset { get; } = offset;
}
