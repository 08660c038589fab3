namespace Almagest.Adql;

/// <summary>A query that cannot be understood, or asks for what is not published. The message is written for whoever wrote the
/// query.</summary>
public sealed class AdqlException : Exception
{
    /// <param name="problem">what was wrong: found, expected</param>
    /// <param name="query">the whole query</param>
    /// <param name="offset">where in the query, characters from 0</param>
    public AdqlException(string problem, string query, int offset)
        : base(Describe(problem, query, offset, out var line, out var column))
    {
        Problem = problem;
        (Line, Column) = (line, column);
    }

    /// <summary>What was wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>In characters from 1.</summary>
    public int Column { get; }

    private static string Describe(string problem, string query, int offset, out int line, out int column)
    {
        ArgumentNullException.ThrowIfNull(query);
        var before = query.AsSpan(0, Math.Clamp(offset, 0, query.Length));
        line = before.Count('\n') + 1;
        column = before.Length - before.LastIndexOf('\n');
        return $"line {line}, column {column}: {problem}";
    }
}
