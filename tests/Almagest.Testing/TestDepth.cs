using System.Globalization;

namespace Almagest.Testing;

/// <summary>How much of what can be tested without end is tested: more where <c>./test --release</c> says so.</summary>
public static class TestDepth
{
    public static bool IsRelease { get; } = Environment.GetEnvironmentVariable("ALMAGEST_TEST_RELEASE") is "1";

    /// <param name="variable">an environment variable that, where it is set, says another number</param>
    public static int Rounds(int usually, int release, string? variable = null) =>
        variable is not null && int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var wanted)
            ? wanted
        : IsRelease ? release
        : usually;
}
