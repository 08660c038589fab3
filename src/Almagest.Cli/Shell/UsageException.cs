namespace Almagest.Cli.Shell;

/// <summary>The command cannot be done as written; the exit code is 2.</summary>
internal sealed class UsageException(string message, string? hint = null, string? option = null) : Exception(message)
{
    public string? Hint => hint;

    /// <summary>The option or argument that was wrong.</summary>
    public string? Option => option;

    /// <summary>Several mistakes as one, each in a line with its own hint; one alone is itself.</summary>
    public static UsageException Together(IReadOnlyList<UsageException> mistakes, string heading) =>
        mistakes.Count == 1
            ? mistakes[0]
            : new UsageException(
                $"{heading}:\n{string.Join('\n', mistakes.Select(m => $"  {m.Message}{(m.Hint is { } hint ? $". {hint}" : "")}"))}",
                null,
                mistakes[0].Option
            );
}

/// <summary>The command was understood and could not be done; the exit code is 1.</summary>
internal sealed class CommandFailedException(string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    public string? Hint => hint;
}
