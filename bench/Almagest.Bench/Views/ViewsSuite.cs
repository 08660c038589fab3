using Almagest.Bench.Analytics;

namespace Almagest.Bench.Views;

/// <summary>
/// <c>bench views</c>: what it costs to keep the views, as history grows. One measurement a class of this folder; look-ups are measured
/// by <c>bench analytics</c>.
/// </summary>
internal static class ViewsSuite
{
    public static Suite Suite { get; } =
        new(
            "views",
            "what it costs to keep the views: incremental against refresh, as history grows",
            $"""
                  --prior N[,…]                numbers of prior runs at which to measure both modes (default 10,100; with --quick 10)
                  --refresh-up-to N            most prior runs at which mode refresh is measured too (default 200; 1,000 take 15 minutes)
                  --stars N                    stars of each run (default 100k; with --quick 1k)
                  -o FILE.md                   the picture of the curve is written beside it, as FILE.svg
                  --histories RUNSxSTARS[,…]   instead: refreshes of ready-made histories
                  --server CONN                server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, [.. History.Options, "--prior", "--refresh-up-to", "--stars"], ["--quick"]);
        var quick = arguments.Has("--quick");
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        if (arguments["--histories"] is not null)
        {
            arguments.Publish(
                $"# Refreshing the views\n\nMeasured on {Machine.Describe()}, {DateTime.UtcNow:yyyy-MM-dd}.\n\n"
                    + await RefreshCost.MeasureAsync(server.Connection, History.Of(arguments), Console.Error)
            );
            return 0;
        }
        var stars = BenchArguments.Number(arguments["--stars"] ?? (quick ? "1k" : "100k"));
        var picture = arguments["-o"] is { } file ? Path.ChangeExtension(file, ".svg") : "view-maintenance.svg";
        var (page, svg) = await MaintenanceBench.RunAsync(
            server.Connection,
            stars,
            [.. arguments.Numbers("--prior", quick ? "10" : "10,100").Order()],
            BenchArguments.Number(arguments["--refresh-up-to"] ?? "200"),
            Path.GetFileName(picture),
            Console.Error
        );
        arguments.Publish(page);
        if (arguments["-o"] is not null)
            await File.WriteAllTextAsync(picture, svg);
        return 0;
    }
}
