namespace Almagest.Bench.Analytics;

/// <summary><c>bench analytics</c>: the same questions asked of the raw results and of the views.</summary>
internal static class AnalyticsSuite
{
    public static Suite Suite { get; } =
        new(
            "analytics",
            "raw queries against view look-ups, at growing histories",
            $"""
            {History.Usage}
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, History.Options, ["--quick"]);
        var histories = History.Of(arguments);
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        arguments.Publish(await AnalyticsBench.RunAsync(server.Connection, histories, Console.Error));
        return 0;
    }
}
