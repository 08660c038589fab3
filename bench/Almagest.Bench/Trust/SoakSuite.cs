using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Contract;
using Almagest.Killing;
using Almagest.Ledger.Schema;

namespace Almagest.Bench.Trust;

/// <summary>A server at full load for an hour, or as long as is said: no answer of 500 and above, and flat memory.</summary>
internal static class SoakSuite
{
    private const int Minutes = 60;
    private const int Clients = 8;
    private const int Seed = 20261130;

    /// <summary>By how much the memory of the last third may be above that of the second: beyond it, it grows.</summary>
    private const double Flat = 1.15;

    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    public static Suite Suite { get; } =
        new(
            "soak",
            "a server at full load: no answer of 500 and above, flat memory",
            "    [--minutes N] [--clients N] [--seed N] [-o FILE]",
            RunAsync
        );

    private sealed record Sample(TimeSpan At, long ServerBytes, long DatabaseBytes);

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--minutes", "--clients", "--seed", "--server"], ["--quick"]);
        if (arguments["--server"] is not null)
            throw new FormatException("--database is not understood: this takes a database of its own, whose memory it measures");
        var time = arguments.Has("--quick")
            ? TimeSpan.FromSeconds(30)
            : TimeSpan.FromMinutes(arguments["--minutes"] is { } m ? BenchArguments.Number(m) : Minutes);
        var clients = arguments["--clients"] is { } c ? BenchArguments.Number(c) : Clients;
        var seed = arguments["--seed"] is { } s ? BenchArguments.Number(s) : Seed;
        var machine = Machine.Describe();
        var folder = Directory.CreateTempSubdirectory("almagest-soak-").FullName;
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            await using var cluster = await KilledCluster.CreateAsync(folder, CancellationToken.None);
            await cluster.Ledger.Schema.MigrateAsync();
            var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
            await new LedgerWork(cluster.Ledger, files).PrepareAsync("", "0", CancellationToken.None);
            using var server = await ServedProcess.StartAsync(cluster.Connection);
            var load = new SoakLoad(server.Address, seed);
            using var end = new CancellationTokenSource(time);
            var samples = new List<Sample>();
            var began = Stopwatch.GetTimestamp();
            var working = Enumerable.Range(0, clients).Select(i => Task.Run(() => load.AskAsync(i, end.Token))).ToList();
            while (!end.IsCancellationRequested)
            {
                samples.Add(new Sample(Stopwatch.GetElapsedTime(began), server.Memory(), cluster.Memory()));
                await Task.Delay(s_every);
            }
            await Task.WhenAll(working);
            // Its locks say that it is there.
            server.Dispose();
            var audit = await new LedgerAudit(cluster).FindAsync(CancellationToken.None);
            var (second, last) = (Mean(samples, 1), Mean(samples, 2));
            var isFlat = last <= Flat * second;
            arguments.Publish(Page(machine, time, clients, seed, load, samples, isFlat, audit));
            return load.Failures.Count == 0 && isFlat && audit.Count == 0 ? 0 : 1;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static double Mean(List<Sample> samples, int third) =>
        samples.Skip(third * samples.Count / 3).Take(Math.Max(1, samples.Count / 3)).Average(s => (double)s.ServerBytes);

    private static string Page(
        string machine,
        TimeSpan time,
        int clients,
        int seed,
        SoakLoad load,
        List<Sample> samples,
        bool isFlat,
        IReadOnlyList<string> audit
    )
    {
        var page = new StringBuilder(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                # Soak

                `almagest bench soak --minutes {time.TotalMinutes:0.#} --clients {clients} --seed {seed}`: {time.TotalMinutes:0.#} minutes.
                {machine}; Almagest {ProgramVersion.Current}.

                **{load.Requests:N0} requests of {clients} clients without a pause, {load.Failures.Count} answers of 500 and above, memory
                {(isFlat ? "flat" : "growing")}{(audit.Count == 0 ? ", nothing wrong in the ledger" : "")}.**

                | part of the time | server, MiB (mean) | most | database's processes, MiB (mean) |
                | --- | ---: | ---: | ---: |

                """
            )
        );
        foreach (var (name, third) in new[] { ("first third", 0), ("second third", 1), ("last third", 2) })
        {
            var part = samples.Skip(third * samples.Count / 3).Take(Math.Max(1, samples.Count / 3)).ToList();
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {part.Average(s => s.ServerBytes) / (1 << 20):0} | {part.Max(s => s.ServerBytes) >> 20} "
                    + $"| {part.Average(s => s.DatabaseBytes) / (1 << 20):0} |"
            );
        }
        page.AppendLine("\n| request | times | answers | median, ms | 99 of 100, ms | longest, ms |");
        page.AppendLine("| --- | ---: | --- | ---: | ---: | ---: |");
        foreach (var (name, count, statuses, median, high, most) in load.Table())
            page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {count:N0} | {statuses} | {median:0.0} | {high:0} | {most:0} |");
        foreach (var failure in load.Failures.Take(20).Concat(audit))
            page.AppendLine(CultureInfo.InvariantCulture, $"\n* {failure}");
        return page.ToString();
    }
}
