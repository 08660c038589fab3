using System.Text.Json;

namespace Almagest.Sky.Tests;

/// <summary>What astropy says; <c>Expected/frames_with_astropy.py</c> makes it.</summary>
internal static class Astropy
{
    private static readonly JsonElement s_expected = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Expected", "astropy-frames.json")))
        .RootElement;

    public static IEnumerable<JsonElement> Section(string name) => s_expected.GetProperty(name).EnumerateArray();
}
