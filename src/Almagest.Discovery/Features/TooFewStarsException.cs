namespace Almagest.Discovery.Features;

/// <summary>A recipe leaves too few stars of a selection; the message names what the others lack, and how many they are.</summary>
public sealed class TooFewStarsException(string message) : DiscoveryException(message);
