using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Almagest.Bench.Load;

/// <summary>What <c>wrk</c> measured: requests a second, and the latencies that half and 99 % of the requests stayed below, ms.</summary>
internal sealed record LoadResult(double Rate, double P50, double P99, double BytesEach);

/// <summary>The load generator <c>wrk</c> (Debian package of that name), 2 threads and 16 connections.</summary>
internal static partial class Wrk
{
    public const int Threads = 2,
        Connections = 16;

    [GeneratedRegex(@"^\s*(?<at>50|99)%\s+(?<value>[\d.]+)(?<unit>us|ms|s)\s*$", RegexOptions.Multiline)]
    private static partial Regex Latency { get; }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)")]
    private static partial Regex Rate { get; }

    [GeneratedRegex(@"(?<count>\d+) requests in [^,]+, (?<size>[\d.]+)(?<unit>B|KB|MB|GB) read")]
    private static partial Regex Total { get; }

    /// <summary>Installs it where it is missing and this user may; else says how.</summary>
    public static void Require()
    {
        if (Found())
            return;
        if (Environment.UserName == "root")
        {
            Run("apt-get", ["update", "-q"], false);
            Run("apt-get", ["install", "-q", "-y", "wrk"], false);
        }
        if (!Found())
            throw new InvalidOperationException("wrk is not installed; run: sudo apt-get install wrk");
    }

    /// <param name="script">Lua, for requests that differ; null = the same one each time</param>
    public static LoadResult Measure(Uri url, int seconds, string? header = null, string? script = null)
    {
        var file = script is null ? null : Path.GetTempFileName();
        try
        {
            if (file is not null)
                File.WriteAllText(file, script);
            string[] arguments =
            [
                "-t",
                $"{Threads}",
                "-c",
                $"{Connections}",
                "-d",
                $"{seconds}s",
                "--latency",
                .. header is null ? [] : new[] { "-H", header },
                .. file is null ? [] : new[] { "-s", file },
                url.ToString(),
            ];
            var text = Run("wrk", arguments, true);
            // Refusals are fast: a rate with refusals in it says nothing.
            if (text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
                throw new InvalidOperationException($"{url} was not answered each time:\n{text}");
            var latency = Latency
                .Matches(text)
                .ToDictionary(
                    m => m.Groups["at"].Value,
                    m =>
                        Number(m, "value")
                        * m.Groups["unit"].Value switch
                        {
                            "us" => 0.001,
                            "ms" => 1,
                            _ => 1000,
                        }
                );
            var total = Total.Match(text);
            var bytes =
                Number(total, "size")
                * total.Groups["unit"].Value switch
                {
                    "B" => 1,
                    "KB" => 1 << 10,
                    "MB" => 1 << 20,
                    _ => 1 << 30,
                };
            return new LoadResult(Number(Rate.Match(text), "rate"), latency["50"], latency["99"], bytes / Number(total, "count"));
        }
        finally
        {
            if (file is not null)
                File.Delete(file);
        }
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static bool Found() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "wrk")));

    private static string Run(string program, string[] arguments, bool must)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || !must
            ? output
            : throw new InvalidOperationException($"{program} failed: {error.GetAwaiter().GetResult()}");
    }
}
