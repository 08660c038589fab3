using System.Diagnostics;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>TOPCAT itself, on a display that nobody sees.</summary>
public sealed class TopcatTests(Sky sky)
{
    private const string Jar = "/usr/share/java/starlink-topcat.jar";

    [Fact(Explicit = true)]
    [TimeLimit(600, "starts a desktop program, and works with it as somebody would")]
    public async Task TOPCAT_loads_a_table_reads_what_the_service_has_asks_it_with_uploads_and_is_told_what_is_wrong()
    {
        Tool.Require("topcat", "topcat");
        Tool.Require("Xvfb", "xvfb");
        Tool.Require("javac", "default-jdk-headless");
        Assert.SkipUnless(File.Exists(Jar), $"TOPCAT is not where Debian has it: {Jar}");
        using var folder = TestFolder.Create("topcat");
        using var screen = Process.Start(
            new ProcessStartInfo("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var display = await screen.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            var table = $"dataset.\"{Sky.Name}\"";
            var wrong = $"SELECT nothing FROM {table}";

            var told = await Tool.RunAsync(
                "env",
                $"DISPLAY=:{display}",
                "java",
                $"-Duser.home={folder.Path}",
                "-cp",
                Jar,
                Tool.Beside("Topcat.java"),
                new Uri(sky.Address, "vo/tap").ToString(),
                new Uri(sky.Address, $"datasets/{Sky.Name}/stars?format=votable-binary2&limit=9").ToString(),
                $"sync:SELECT TOP 7 source_id, ra_deg, magnitude FROM {table} WHERE magnitude > 5;",
                $"async:SELECT TOP 8 source_id, POINT(ra_deg, dec_deg) AS place FROM {table}",
                $"sync:SELECT t.source_id, s.magnitude FROM TAP_UPLOAD.t1 AS t JOIN {table} AS s ON s.source_id = t.source_id",
                "async:SELECT source_id FROM TAP_UPLOAD.t1",
                $"sync:{wrong}",
                $"async:{wrong}"
            );

            var lines = told.Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => l[2..]).ToList();
            Assert.Matches(@"^start 9 rows \d+ columns$", lines[0]);
            Assert.Contains(table, lines[1].Split(' '));
            Assert.Equal(
                ["sync 7 rows 3 columns", "async 8 rows 2 columns", "sync 9 rows 2 columns", "async 9 rows 1 columns"],
                lines[2..6]
            );
            Assert.All(lines[6..8], l => Assert.Contains("there is no column nothing", l, StringComparison.Ordinal));
            Assert.Equal("examples 5", lines[8]);
        }
        finally
        {
            screen.Kill();
        }
    }
}
