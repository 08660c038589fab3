using Almagest.Bench.Analytics;

namespace Almagest.Bench.Pages;

/// <summary><c>bench pages</c>: the dashboard in a real browser, over a long history and over a run of very many stars.</summary>
internal static class PagesSuite
{
    public static Suite Suite { get; } =
        new(
            "pages",
            "time to first paint of each page of the dashboard, and what an interaction costs, in Chromium",
            $"""
                  --histories RUNSxSTARS       runs, and stars of each (default 100x100k; with --quick 20x500)
                  --stars N                    of the run whose charts are moved (default 1M; with --quick 20k)
                  --visits N                   of each page (default 5)
                  --server CONN                server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, [.. History.Options, "--stars", "--visits"], ["--quick"]);
        var quick = arguments.Has("--quick");
        var (runs, stars) = arguments["--histories"] is null
            ? quick
                ? (20, 500)
                : (100, 100_000)
            : History.Of(arguments)[0];
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        arguments.Publish(
            await PagesBench.RunAsync(
                server.Connection,
                runs,
                stars,
                BenchArguments.Number(arguments["--stars"] ?? (quick ? "20k" : "1M")),
                BenchArguments.Number(arguments["--visits"] ?? "5"),
                Console.Error
            )
        );
        return 0;
    }
}
