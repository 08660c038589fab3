using Almagest.Bench.Analytics;

namespace Almagest.Bench.Views;

/// <summary>
/// <c>bench views</c>: what it costs to keep the views. One measurement a class of this folder, each adding its section to the page;
/// look-ups are measured by <c>bench analytics</c>.
/// </summary>
static class ViewsSuite
{
    public static Suite Suite { get; } = new("views", "what it costs to keep the views", $"""
        {History.Usage}
        """, RunAsync);

    static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, History.Options, ["--quick"]);
        var histories = History.Of(arguments);
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        var page = new System.Text.StringBuilder($"# Keeping the views\n\nMeasured on {Machine.Describe()}, {DateTime.UtcNow:yyyy-MM-dd}.\n\n");
        page.Append(await RefreshCost.MeasureAsync(server.Connection, histories, Console.Error));
        arguments.Publish(page.ToString());
        return 0;
    }
}
