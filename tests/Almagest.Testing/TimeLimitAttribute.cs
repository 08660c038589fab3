namespace Almagest.Testing;

/// <summary>
/// The seconds that a test, or each test of a class, may take, where <see cref="TestWatch.Limit"/> is too short, and why.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TimeLimitAttribute(int seconds, string reason) : Attribute
{
    public TimeSpan Limit { get; } = TimeSpan.FromSeconds(seconds);

    public string Reason { get; } = reason;
}
