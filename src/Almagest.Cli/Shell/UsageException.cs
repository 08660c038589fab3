namespace Almagest.Cli.Shell;

/// <summary>The command cannot be done as written; the exit code is 2.</summary>
internal sealed class UsageException(string message, string? hint = null, string? option = null) : Exception(message)
{
    public string? Hint => hint;

    /// <summary>The option or argument that was wrong.</summary>
    public string? Option => option;
}

/// <summary>The command was understood and could not be done; the exit code is 1.</summary>
internal sealed class CommandFailedException(string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    public string? Hint => hint;
}
