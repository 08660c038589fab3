using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Almagest.Postgres;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.Attacks;

/// <summary>A disk that fills up, a small one of memory: what writes is refused with the cause, in every kind of work, reading goes on, and
/// afterwards everything works again. Root alone can mount one.</summary>
public sealed class FullDiskTests
{
    private const int DiskMiB = 320,
        ReserveMiB = 48;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    [TimeLimit(300, "fills a disk")]
    public async Task Where_a_disk_is_nearly_full_every_kind_of_work_is_refused_and_reading_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "root alone can mount a disk");
        using var folder = TestFolder.Create("full-disk");
        Assert.SkipUnless(
            await MountAsync("-t", "tmpfs", "-o", $"size={DiskMiB}m,mode=755", "tmpfs", folder.Path),
            "no disk can be mounted here"
        );
        var options = new EmbeddedServerOptions { Home = Path.Combine(folder.Path, "home"), Durable = false };
        try
        {
            await using (var lease = await EmbeddedServer.StartAsync(options, Cancel))
                await FillAsync(folder.Path, lease.ConnectionString);
            await EmbeddedServer.DestroyAsync(options, Cancel);
        }
        finally
        {
            await RunAsync("umount", "-l", folder.Path);
        }
    }

    private static async Task FillAsync(string disk, string connection)
    {
        await using var ledger = new LedgerDatabase(connection) { ReservedBytes = ReserveMiB << 20 };
        await ledger.Schema.MigrateAsync(Cancel);
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                NightlyCron = null,
                Workers = 1,
            },
            Cancel
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(app) };
        async Task<(HttpStatusCode Status, string Text)> AskAsync(string path, string? body = null, string type = "application/json")
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
            if (body is not null)
                request.Content = new StringContent(body, Encoding.UTF8, type);
            using var answer = await client.SendAsync(request, Cancel);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }
        Task RunsEndAsync() =>
            Eventually.HoldsAsync(async () =>
                (await AskAsync("/discovery/runs?status=pending")).Text.Contains("\"items\":[]", StringComparison.Ordinal)
                && (await AskAsync("/discovery/runs?status=running")).Text.Contains("\"items\":[]", StringComparison.Ordinal)
            );
        // To its end, whatever that is.
        async Task<(HttpStatusCode Status, string Text)> JobAsync()
        {
            var (_, made) = await AskAsync(
                "/vo/tap/async",
                "LANG=ADQL&PHASE=RUN&QUERY=SELECT+*+FROM+almagest.stars",
                "application/x-www-form-urlencoded"
            );
            var id = Regex.Match(made, "<uws:jobId>([0-9a-f]{32})").Groups[1].Value;
            await Eventually.HoldsAsync(async () => (await AskAsync($"/vo/tap/async/{id}/phase")).Text.Trim() is "COMPLETED" or "ERROR");
            return (await AskAsync($"/vo/tap/async/{id}/phase")).Text.Trim() == "COMPLETED"
                ? (HttpStatusCode.OK, "")
                : (HttpStatusCode.ServiceUnavailable, (await AskAsync($"/vo/tap/async/{id}/error")).Text);
        }
        // What writes, one of each kind; each works where there is room, before and afterwards.
        var number = 0;
        var writes = new (string Kind, Func<Task<(HttpStatusCode Status, string Text)>> Do)[]
        {
            ("load", () => AskAsync($"/datasets?dataset=new-{++number}&force=true", TestServer.Csv("new", 50), "text/csv")),
            ("run", () => AskAsync("/discovery/runs", Run(5))),
            (
                "labels",
                () =>
                    AskAsync(
                        $"/datasets/first/labels?label_set=s{++number}",
                        "source_id,label_outlier\n4000000000000000001,1\n",
                        "text/csv"
                    )
            ),
            ("cross-match", () => AskAsync("/crossmatches", """{"dataset_1":"first","dataset_2":"second","radius_arcsec":1}""")),
            (
                "correction",
                async () =>
                {
                    // Of a dataset that nothing rests on; its values become those of another unit each time.
                    using var change = new HttpRequestMessage(HttpMethod.Patch, "/datasets/third")
                    {
                        Content = new StringContent($$"""{"missing":["-{{++number}}.5"]}""", Encoding.UTF8, "application/json"),
                    };
                    using var answer = await client.SendAsync(change, Cancel);
                    return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
                }
            ),
            ("TAP job", JobAsync),
            ("conversion", () => ThrownAsync(() => ConvertAsync(ledger))),
            (
                "backup",
                () => ThrownAsync(() => BackupFile.WriteAsync(ledger, Path.Combine(disk, "a.backup"), BackupPurpose.Backup, null, Cancel))
            ),
        };
        foreach (var name in new[] { "first", "second", "third" })
            Assert.Equal(
                HttpStatusCode.Created,
                (await AskAsync($"/datasets?dataset={name}", TestServer.Csv(name, 60), "text/csv")).Status
            );
        foreach (var (kind, write) in writes)
            Assert.True((int)(await write()).Status < 300, kind);
        await RunsEndAsync();

        // Runs that wait, and one that is worked on, when room runs out: what is not stored by then fails, and says why.
        var runs = new List<string>();
        for (var i = 0; i < 20; i++)
            runs.Add(JsonElement.Parse((await AskAsync("/discovery/runs", Run(300))).Text).GetProperty("run_id").GetString()!);
        var ballast = Path.Combine(disk, "ballast");
        await LeaveAsync(disk, ballast, ReserveMiB - 8);
        await RunsEndAsync();
        var failed = new List<string>();
        foreach (var id in runs)
        {
            var run = JsonElement.Parse((await AskAsync($"/discovery/runs/{id}")).Text);
            if (run.GetProperty("status").GetString() == "completed")
                continue;
            Assert.Equal("failed", run.GetProperty("status").GetString());
            Assert.Contains("stay free for the database itself", run.GetProperty("error").GetString()!, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Conflict, (await AskAsync($"/discovery/runs/{id}/results")).Status);
            failed.Add(id);
        }
        Assert.NotEmpty(failed);
        foreach (var (kind, write) in writes)
        {
            var (status, text) = await write();
            Assert.True(status == HttpStatusCode.ServiceUnavailable, $"{kind}: {status} {text}");
            // A job's error is a sentence of a VOTable.
            if (kind != "TAP job")
                Assert.Contains("disk_nearly_full", text, StringComparison.Ordinal);
            Assert.Contains("stay free for the database itself", text, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(disk, "*.part"));
        await ReadsAsync(AskAsync);
        // What makes room is never refused.
        using (var deletion = await client.DeleteAsync($"/discovery/runs/{failed[0]}?now=true", Cancel))
            Assert.Equal(HttpStatusCode.NoContent, deletion.StatusCode);
        // The database's own work has the reserve.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/analytics/discovery/refresh-views", "{}")).Status);

        // And nearly nothing is left.
        await LeaveAsync(disk, ballast, ReserveMiB / 4 - 4);
        foreach (var (kind, write) in writes)
            Assert.True((await write()).Status == HttpStatusCode.ServiceUnavailable, kind);
        await ReadsAsync(AskAsync);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/health/ready")).Status);

        File.Delete(ballast);
        foreach (var (kind, write) in writes)
        {
            var (status, text) = await write();
            Assert.True((int)status < 300, $"{kind} with room again: {status} {text}");
        }
        var again = JsonElement.Parse((await AskAsync($"/discovery/runs/{failed[1]}/retry", "{}")).Text).GetProperty("run_id");
        await RunsEndAsync();
        Assert.Contains("\"completed\"", (await AskAsync($"/discovery/runs/{again}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/analytics/discovery/refresh-views", "{}")).Status);
        Assert.All(await new ViewVerifier(ledger).VerifyAsync(cancellationToken: Cancel), v => Assert.True(v.Agrees, v.ViewName));
        await app.StopAsync(Cancel);
    }

    private static string Run(int trees) =>
        $$$"""{"algorithm":"isolation_forest","dataset":"first","parameters":{"features":"sphere","n_estimators":{{{trees}}}}}""";

    // To the other mode, whichever that is.
    private static async Task ConvertAsync(LedgerDatabase ledger)
    {
        var now = (await new ViewStatusReader(ledger).ReadAsync(Cancel))[0].Mode;
        await new ViewConverter(ledger).ConvertAsync(now == "refresh" ? ViewMode.Incremental : ViewMode.Refresh, null, Cancel);
    }

    private static async Task ReadsAsync(Func<string, string?, string, Task<(HttpStatusCode Status, string Text)>> ask)
    {
        foreach (
            var path in new[]
            {
                "/analytics/discovery/stats",
                "/datasets/first/stars?format=csv",
                "/discovery/runs",
                "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+almagest.stars+ORDER+BY+parallax_mas",
                "/vo/datasets/first/cone?RA=120&DEC=10&SR=10",
                "/",
            }
        )
        {
            var (status, text) = await ask(path, null, "");
            Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        }
    }

    private static async Task<(HttpStatusCode, string)> ThrownAsync(Func<Task> work)
    {
        try
        {
            await work();
            return (HttpStatusCode.OK, "");
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            return (HttpStatusCode.ServiceUnavailable, JsonSerializer.Serialize(new { code = e.Code.Name, e.Message }));
        }
    }

    /// <summary>Fills the disk with a file but for so much.</summary>
    private static async Task LeaveAsync(string disk, string ballast, int mebibytes)
    {
        var free = new DriveInfo(disk).AvailableFreeSpace - ((long)mebibytes << 20);
        await using var file = new FileStream(ballast, FileMode.Append);
        var block = new byte[1 << 20];
        for (; free > 0; free -= block.Length)
            await file.WriteAsync(block.AsMemory(0, (int)Math.Min(free, block.Length)), Cancel);
    }

    private static async Task<bool> MountAsync(params string[] arguments) => await RunAsync("mount", arguments) == 0;

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
