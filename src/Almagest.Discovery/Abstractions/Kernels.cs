namespace Almagest.Discovery.Abstractions;

/// <summary>
/// Beside its fast kernels the engine has plain ones that give the same results to the last bit. <c>ALMAGEST_KERNELS=reference</c> makes
/// it use those, to tell whether a fast one is wrong.
/// </summary>
internal static class Kernels
{
    public const string Variable = "ALMAGEST_KERNELS";

    /// <exception cref="DiscoveryException">the variable has another value than fast or reference</exception>
    public static bool AreReference => IsReference(Environment.GetEnvironmentVariable(Variable));

    public static bool IsReference(string? said) =>
        said switch
        {
            null or "" or "fast" => false,
            "reference" => true,
            _ => throw new DiscoveryException($"{Variable} is '{said}', expected fast or reference"),
        };
}
