using System.Diagnostics;

namespace Almagest.Bench.Cones;

/// <summary>The PostgreSQL extension q3c (Koposov and Bartunov 2006): the yardstick of positional search.</summary>
internal static class Q3c
{
    private const string Package = "postgresql-15-q3c";

    /// <summary>Installs it where it is missing and this user may; the suite says so where it stays missing.</summary>
    public static async Task InstallAsync()
    {
        if (
            Directory.EnumerateDirectories("/usr/share/postgresql").Any(d => File.Exists(Path.Combine(d, "extension", "q3c.control")))
            || Environment.UserName != "root"
        )
            return;
        foreach (var arguments in new[] { new[] { "update", "-q" }, ["install", "-q", "-y", "--no-install-recommends", Package] })
        {
            using var process = Process.Start(
                new ProcessStartInfo("apt-get", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            await Task.WhenAll(output, errors);
        }
    }
}
