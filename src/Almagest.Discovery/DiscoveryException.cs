namespace Almagest.Discovery;

/// <summary>An analysis that cannot be done as asked. The message is written for the user: what was found, what was expected, what to
/// do.</summary>
public class DiscoveryException : Exception
{
    public DiscoveryException(string message)
        : base(message) { }

    public DiscoveryException(string message, Exception inner)
        : base(message, inner) { }

    public DiscoveryException() { }
}
