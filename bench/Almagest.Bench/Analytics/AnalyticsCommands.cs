using System.Globalization;

namespace Almagest.Bench.Analytics;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class AnalyticsCommands
{
    public const string Usage = """
          analytics CONNECTION MILLIONS...              raw queries against view look-ups
        """;

    public static async Task<int?> RunAsync(string[] args)
    {
        if (args is not ["analytics", var server, .. var millions]) return null;
        Console.Write(await AnalyticsBench.RunAsync(server, [.. millions.Select(m => int.Parse(m, CultureInfo.InvariantCulture))], Console.Error));
        return 0;
    }
}
