using Almagest.Bench.Analytics;

namespace Almagest.Bench.Load;

/// <summary><c>bench routes</c>: the analytics routes under load, beside bare endpoints.</summary>
internal static class RoutesSuite
{
    public static Suite Suite { get; } =
        new(
            "routes",
            "routes under load beside a bare endpoint, by wrk (installed where it is missing)",
            $"""
                  --histories RUNSxSTARS       runs, and stars of each (default 200x50k; with --quick 20x500)
                  --seconds N                  of load on each route (default 5; with --quick 1)
                  --only WORDS                 only the questions with these words in their name (default all)
                  --server CONN                server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, [.. History.Options, "--seconds", "--only"], ["--quick"]);
        var quick = arguments.Has("--quick");
        var (runs, stars) = arguments["--histories"] is null
            ? quick
                ? (20, 500)
                : (200, 50_000)
            : History.Of(arguments)[0];
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        arguments.Publish(
            await RoutesUnderLoad.RunAsync(
                server.Connection,
                runs,
                stars,
                BenchArguments.Number(arguments["--seconds"] ?? (quick ? "1" : "5")),
                arguments["--only"] ?? "",
                Console.Error
            )
        );
        return 0;
    }
}
