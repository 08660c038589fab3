using System.Globalization;

namespace Almagest.Bench.Analytics;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class AnalyticsCommands
{
    public const string Usage = """
          analytics CONNECTION RUNSxSTARS...            raw queries against view look-ups
        """;

    public static async Task<int?> RunAsync(string[] args)
    {
        if (args is not ["analytics", var server, .. var histories]) return null;
        Console.Write(await AnalyticsBench.RunAsync(server, [.. histories.Select(h => h.Split('x')).Select(h => (Number(h[0]), Number(h[1])))], Console.Error));
        return 0;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
