namespace Almagest.Bench.Runs;

/// <summary><c>bench runs</c>: questions about runs, where there are many of them or where they found much.</summary>
internal static class RunsSuite
{
    public static Suite Suite { get; } =
        new(
            "runs",
            "lists of thousands of runs beside a bare query of the same rows; clusters recognised across large runs",
            """
                  --runs N        runs in the ledger (default 10k; with --quick 1k)
                  --clusters N    clusters of each of two runs (default 10k; with --quick 1k)
                  -o FILE.md
                  --server CONN   server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--runs", "--clusters", "--server"], ["--quick"]);
        var ordinary = arguments.Has("--quick") ? "1k" : "10k";
        var (runs, clusters) = (
            BenchArguments.Number(arguments["--runs"] ?? ordinary),
            BenchArguments.Number(arguments["--clusters"] ?? ordinary)
        );
        var machine = Machine.Describe();
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        await using var database = await BenchDatabase.CreateAsync(server.Connection, "almagest_bench_runs");
        arguments.Publish(
            $"""
            # Lists of runs, and clusters of large runs

            Measured on {machine}, {DateTime.UtcNow:yyyy-MM-dd}.

            {await RunListBench.MeasureAsync(database.Ledger, runs, Console.Error)}
            {ClusterIdentityBench.Measure(clusters, Console.Error)}
            """ + "\n"
        );
        return 0;
    }
}
