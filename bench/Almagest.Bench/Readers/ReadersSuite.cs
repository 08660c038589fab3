using System.Globalization;
using System.Text;

namespace Almagest.Bench.Readers;

/// <summary><c>bench readers</c>: each reader beside astropy's and STILTS', and loading a catalogue beside psql's <c>\copy</c>.</summary>
internal static class ReadersSuite
{
    public static Suite Suite { get; } =
        new(
            "readers",
            "readers beside astropy, STILTS and a reader of CSV for .NET; ingest beside psql's \\copy",
            $"""
                  --stars N                    rows of the made table (default 1M; with --quick 20k)
                  --loads N                    loads of each kind (default 3; with --quick 1)
                  --no-yardsticks              without astropy and STILTS
                  --server CONN                server where databases may be created and dropped (default: a private, temporary one)
            """,
            RunAsync
        );

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--stars", "--loads", "--server"], ["--quick", "--no-yardsticks"]);
        var quick = arguments.Has("--quick");
        var stars = BenchArguments.Number(arguments["--stars"] ?? (quick ? "20k" : "1M"));
        var loads = BenchArguments.Number(arguments["--loads"] ?? (quick ? "1" : "3"));
        var machine = Machine.Describe();
        using var folder = new TemporaryFolder();
        // The server's account reads no file here, but psql may run under another one.
        var sky = await MadeSky.WriteAsync(folder.Path, stars, Console.Error);
        var (astropy, reason) = arguments.Has("--no-yardsticks") ? (null, "left out") : AstropyReader.Find();
        var stilts = arguments.Has("--no-yardsticks") ? null : StiltsReader.Find();

        var page = new StringBuilder("# Readers and loads\n\n");
        page.AppendLine(CultureInfo.InvariantCulture, $"{machine}, {DateTime.UtcNow:yyyy-MM-dd}.\n");
        page.AppendLine(ReaderTimes.Table(sky, astropy, reason, stilts, Console.Error));
        await using var server = await ThrowAwayServer.StartAsync(arguments["--server"]);
        page.Append(await LoadTimes.TableAsync(server.Connection, sky, loads, Console.Error));
        arguments.Publish(page.ToString());
        return 0;
    }
}
