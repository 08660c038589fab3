using System.IO.Compression;
using System.Text;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>A ledger in one file, and back.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("backup");

    private string Name(string file) => Path.Combine(_folder.Path, file);

    public void Dispose() => _folder.Dispose();

    // Everything that a person put in, and what was computed of it, as text.
    private static async Task<string> ContentAsync(CliLedger ledger)
    {
        var text = new StringBuilder();
        foreach (
            var table in "datasets stars star_labels discovery_runs discovery_results discovery_exclusions run_tags run_notes".Split(' ')
        )
            text.AppendLine(
                await ledger.TextAsync($"select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from public.{table} t")
            );
        foreach (var view in Almagest.Ledger.Views.AnalyticsViews.All)
            text.AppendLine(
                await ledger.TextAsync($"select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from public.{view.Name} t")
            );
        return text.ToString();
    }

    [Theory]
    [InlineData("refresh", "ledger.backup")]
    [InlineData("incremental", "ledger.backup.gz")]
    public async Task A_ledger_comes_back_as_it_was(string mode, string file)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync())[0];
        (await ledger.RunAsync("runs", "note", run, "a tab\tand a line\nand \\N and 星 and 𝛼")).Ok();
        (await ledger.RunAsync("runs", "tag", run, "add", "keep")).Ok();
        (await ledger.RunAsync("views", "mode", mode)).Ok();
        (await ledger.RunAsync("views", "refresh")).Ok();
        var before = await ContentAsync(ledger);

        var written = (await ledger.RunAsync("backup", Name(file), "--json")).Ok().Json;
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Name(file)));
        await using var other = await CliLedger.CreateEmptyAsync();
        var restored = (await other.RunAsync("restore", Name(file), "--json")).Ok().Json;

        Assert.Equal(written.GetProperty("rows").GetInt64(), restored.GetProperty("rows").GetInt64());
        Assert.Equal(3, restored.GetProperty("runs_intact").GetInt32());
        Assert.Equal(Almagest.Ledger.Views.AnalyticsViews.All.Count, restored.GetProperty("views_verified").GetInt32());
        Assert.Equal(before, await ContentAsync(other));
        Assert.Contains($"mode {mode}", (await other.RunAsync("views", "mode")).Ok().Out, StringComparison.Ordinal);
        // Numbers go on where they were: no id is given out twice.
        await File.WriteAllTextAsync(Name("more.csv"), "source_id,ra,dec\nm1,10,10\nm2,11,11\n", TestContext.Current.CancellationToken);
        (await other.RunAsync("ingest", Name("more.csv"))).Ok();
        Assert.Equal(0, await other.CountAsync("select count(*) from (select star_id from stars group by 1 having count(*) > 1) t"));
        Assert.Equal(1, await other.CountAsync($"select count(*) from discovery_runs where run_id = '{run}' and is_complete"));
        (await other.RunAsync("runs", "replay", run)).Ok();
    }

    [Fact]
    public async Task An_export_goes_to_another_place_with_all_but_the_tokens_and_says_what_it_holds()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync())[0];
        (await ledger.RunAsync("runs", "note", run, "seen")).Ok();
        (await ledger.RunAsync("tokens", "create", "maria", "--scope", "read")).Ok();
        var before = await ContentAsync(ledger);

        var written = (await ledger.RunAsync("ledger", "export", Name("a.ledger"), "--json")).Ok().Json;
        var catalogue = Assert.Single(written.GetProperty("catalogues").EnumerateArray());
        Assert.Equal("sky", catalogue.GetProperty("name").GetString());
        Assert.Matches("^[0-9a-f]{64}$", catalogue.GetProperty("checksum").GetString());
        Assert.Equal(3, written.GetProperty("runs").GetArrayLength());
        var verified = (await Cli.RunAsync("ledger", "verify", Name("a.ledger"), "--json")).Ok().Json;
        Assert.Equal(written.GetProperty("runs").GetRawText(), verified.GetProperty("runs").GetRawText());

        // A server that has its schema and its tokens already.
        await using var server = await CliLedger.CreateAsync();
        (await server.RunAsync("tokens", "create", "operator", "--scope", "admin")).Ok();
        var read = (await server.RunAsync("ledger", "import", Name("a.ledger"), "--json")).Ok().Json;
        Assert.Equal(3, read.GetProperty("runs_intact").GetInt32());
        Assert.Equal(before, await ContentAsync(server));
        Assert.Equal("operator", await server.TextAsync("select string_agg(name, ',') from access_tokens"));
        (await server.RunAsync("runs", "replay", run)).Ok();

        // A second time it is refused, and says why.
        var again = await server.RunAsync("ledger", "import", Name("a.ledger"));
        Assert.Equal(ExitCodes.Failed, again.ExitCode);
        Assert.Contains("the ledger is not empty: it has 3 runs, 3 of them those of the file", again.Error);
        Assert.Equal(before, await ContentAsync(server));
        // A backup is read by the same command, and has the tokens.
        (await ledger.RunAsync("backup", Name("a.backup"))).Ok();
        await using var third = await CliLedger.CreateEmptyAsync();
        // Whoever reads it is told whom it lets in.
        Assert.Contains(
            "1 access token lets people in to this ledger",
            (await third.RunAsync("ledger", "import", Name("a.backup"))).Ok().Out,
            StringComparison.Ordinal
        );
        Assert.Equal(1, await third.CountAsync("select count(*) from access_tokens"));
    }

    [Fact]
    public async Task An_export_that_somebody_hands_out_brings_no_tokens_whatever_was_put_into_it()
    {
        await using var ledger = await CliLedger.CreateAsync();
        (await ledger.RunAsync("tokens", "create", "intruder", "--scope", "admin")).Ok();
        (await ledger.RunAsync("backup", Name("a.backup"))).Ok();
        using var bytes = new MemoryStream();
        await using (var packed = new GZipStream(File.OpenRead(Name("a.backup")), CompressionMode.Decompress))
            await packed.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        // A backup that calls itself an export: the words have the same length.
        var text = Encoding.Latin1.GetString(bytes.ToArray());
        var forged = text.Replace("\"purpose\":\"backup\"", "\"purpose\":\"export\"", StringComparison.Ordinal);
        Assert.NotEqual(text, forged);
        await File.WriteAllBytesAsync(Name("forged.ledger"), Encoding.Latin1.GetBytes(forged), TestContext.Current.CancellationToken);
        await using var server = await CliLedger.CreateAsync();
        var refused = await server.RunAsync("ledger", "import", Name("forged.ledger"));
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains("a table that an export of the schema", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, await server.CountAsync("select count(*) from access_tokens"));
    }

    [Fact]
    public async Task A_ledger_goes_into_another_database_in_one_command()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var before = await ContentAsync(ledger);
        await using var server = await CliLedger.CreateEmptyAsync();

        var copied = (await ledger.RunAsync("ledger", "export", "--to", server.Connection, "--json")).Ok().Json;

        Assert.Equal(3, copied.GetProperty("runs_intact").GetInt32());
        Assert.Equal(before, await ContentAsync(server));
        var refused = await ledger.RunAsync("ledger", "export", "--to", server.Connection);
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("the ledger is not empty", refused.Error);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ledger", "export")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ledger", "export", "x", "--to", server.Connection)).ExitCode);
    }

    [Fact]
    public async Task Pipes_carry_a_ledger_and_a_file_that_was_changed_is_known_without_a_database()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var export = CliProcess.Start(
            new Dictionary<string, string?> { ["ALMAGEST_DATABASE"] = ledger.Connection },
            "ledger",
            "export",
            "-"
        );
        await using (var file = File.Create(Name("piped.ledger")))
            await export.Output.BaseStream.CopyToAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("Wrote ", (await export.EndAsync(TestContext.Current.CancellationToken)).Ok().Error);

        Assert.Contains("is whole: 1 catalogue and 3 runs", (await Cli.RunAsync("ledger", "verify", Name("piped.ledger"))).Ok().Out);
        var bytes = await File.ReadAllBytesAsync(Name("piped.ledger"), TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(Name("bad.ledger"), bytes, TestContext.Current.CancellationToken);
        var bad = await Cli.RunAsync("ledger", "verify", Name("bad.ledger"));
        Assert.NotEqual(ExitCodes.Done, bad.ExitCode);
        Assert.Contains("damaged", bad.Error);
    }

    [Fact]
    public async Task What_cannot_be_written_is_said_and_leaves_nothing()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var nowhere = await ledger.RunAsync("backup", Name("none/a.backup"));
        Assert.Equal(ExitCodes.Failed, nowhere.ExitCode);
        Assert.Contains("does not exist", nowhere.Error);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("backup", _folder.Path)).ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.backup*"));
    }

    [Fact]
    public async Task A_ledger_that_holds_something_is_not_written_over()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        (await ledger.RunAsync("backup", Name("a.backup"))).Ok();
        var before = await ContentAsync(ledger);

        var refused = await ledger.RunAsync("restore", Name("a.backup"));

        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("the database is not empty", refused.Error);
        Assert.Equal(before, await ContentAsync(ledger));
    }

    [Fact]
    public async Task What_is_cut_short_or_changed_is_refused_and_leaves_an_empty_ledger()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        (await ledger.RunAsync("backup", Name("whole.backup"))).Ok();
        using var plain = new MemoryStream();
        await using (var file = File.OpenRead(Name("whole.backup")))
        await using (var unpacked = new GZipStream(file, CompressionMode.Decompress))
            await unpacked.CopyToAsync(plain, TestContext.Current.CancellationToken);
        var bytes = plain.ToArray();
        await using var other = await CliLedger.CreateEmptyAsync();

        async Task RefusedAsync(byte[] content, string because)
        {
            await File.WriteAllBytesAsync(Name("bad.backup"), content, TestContext.Current.CancellationToken);
            var refused = await other.RunAsync("restore", Name("bad.backup"));
            Assert.NotEqual(ExitCodes.Done, refused.ExitCode);
            Assert.Contains(because, refused.Error);
        }

        await RefusedAsync(bytes[..(bytes.Length / 2)], "it ends early");
        await RefusedAsync(bytes[..^1], "it ends early");
        // One digit of one star.
        var at = bytes.AsSpan().LastIndexOf("4000000"u8);
        var changed = bytes.ToArray();
        changed[at < 0 ? bytes.Length / 2 : at + 3] ^= 1;
        await RefusedAsync(changed, "damaged");
        await RefusedAsync("source_id,ra,dec\n1,2,3\n"u8.ToArray(), "is not a backup of Almagest");
        await RefusedAsync("almagest-backup 9\n"u8.ToArray(), "newer format");
        await RefusedAsync([], "is not a backup of Almagest");
        var packed = await File.ReadAllBytesAsync(Name("whole.backup"), TestContext.Current.CancellationToken);
        packed[packed.Length / 2] ^= 0xFF;
        await RefusedAsync(packed, "damaged");

        // Nothing of them is there, and the whole one goes in.
        var restored = (await other.RunAsync("restore", Name("whole.backup"), "--json")).Ok().Json;
        Assert.Equal(3, restored.GetProperty("runs_intact").GetInt32());
    }

    [Fact]
    public async Task Names_of_tables_and_columns_in_a_backup_are_never_taken_for_SQL()
    {
        await using var other = await CliLedger.CreateEmptyAsync();
        (await other.RunAsync("db", "migrate")).Ok();
        var schema = await other.TextAsync("select max(migration_id) from public.\"__EFMigrationsHistory\"");
        foreach (
            var table in new[]
            {
                """{"name":"stars\" from stdin; drop table public.stars; --","columns":["star_id"],"sequences":{}}""",
                """{"name":"stars","columns":["star_id) from stdin; drop table public.stars; --"],"sequences":{}}""",
                """{"name":"pg_authid","columns":["rolname"],"sequences":{}}""",
            }
        )
        {
            using var file = new MemoryStream();
            file.Write("almagest-backup 1\n"u8);
            Record(
                'H',
                $$"""{"program":"1.0.0","schema":"{{schema}}","view_mode":"refresh","""
                    + "\"created_at\":\"2026-11-29T00:00:00Z\",\"postgres_version\":\"15\"}"
            );
            Record('T', table);
            await File.WriteAllBytesAsync(Name("evil.backup"), file.ToArray(), TestContext.Current.CancellationToken);
            var refused = await other.RunAsync("restore", Name("evil.backup"));
            Assert.Contains("does not have", refused.Error);

            void Record(char kind, string json)
            {
                var content = Encoding.UTF8.GetBytes(json);
                file.WriteByte((byte)kind);
                file.Write([(byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length]);
                file.Write(content);
            }
        }
    }
}
