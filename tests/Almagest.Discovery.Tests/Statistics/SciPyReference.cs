using System.Text.Json;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>The numbers that <c>bench/compare/statistics_scipy.py</c> wrote.</summary>
internal static class SciPyReference
{
    private static readonly JsonElement s_all = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Statistics", "scipy-reference.json")))
        .RootElement;

    public static JsonElement Of(string kind) => s_all.GetProperty(kind);

    public static double Number(this JsonElement item, string name) => item.GetProperty(name).GetDouble();

    public static long Whole(this JsonElement item, string name) => item.GetProperty(name).GetInt64();

    public static double[] Doubles(this JsonElement item, string name) =>
        [.. item.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    public static int[] Ints(this JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
}
