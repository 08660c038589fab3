namespace Almagest.Bench.Cones;

/// <summary><c>bench cone</c>: positional search beside q3c and beside an index on the declination.</summary>
internal static class ConeSuite
{
    public static Suite Suite { get; } =
        new(
            "cone",
            "searches by position beside q3c (installed where it is missing) and an index on the declination",
            $"""
                  --stars N                    stars in the catalogue (default 10M; with --quick 100k)
                  --cones N                    cones of each radius (default 200)
                  --server CONN                server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--stars", "--cones", "--server"], ["--quick"]);
        var stars = BenchArguments.Number(arguments["--stars"] ?? (arguments.Has("--quick") ? "100k" : "10M"));
        await Q3c.InstallAsync();
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        await using var database = await BenchDatabase.CreateAsync(server.Connection, "almagest_bench_cone");
        arguments.Publish(
            await ConeBench.RunAsync(database.Ledger, stars, BenchArguments.Number(arguments["--cones"] ?? "200"), Console.Error)
        );
        return 0;
    }
}
