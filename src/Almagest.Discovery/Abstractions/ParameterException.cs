namespace Almagest.Discovery.Abstractions;

/// <summary>Parameters that an algorithm cannot take.</summary>
public sealed class ParameterException : DiscoveryException
{
    /// <param name="parameter">name of the parameter; empty where it is the whole that cannot be read</param>
    /// <param name="hint">what would be right; null where the message says it</param>
    public ParameterException(string parameter, string message, string? hint = null)
        : base(message) => (Parameter, Hint) = (parameter, hint);

    public ParameterException() { }

    public ParameterException(string message)
        : base(message) { }

    public ParameterException(string message, Exception inner)
        : base(message, inner) { }

    public string Parameter { get; } = "";

    public string? Hint { get; }
}
