using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class IngestTests : IDisposable
{
    private const string Mixed = """
        source_id,ra,dec,parallax,phot_g_mean_mag
        4472832130942575872,269.452,4.694,546.98,8.2
        2,361.5,10,1,12
        3,12.5,abc,1,12
        4,12.5,11.5,null,13.5
        5,12.6
        4,12.7,11.5,2,13.5
        """;

    private readonly TestFolder _folder = TestFolder.Create("cli-ingest");

    [Fact]
    public async Task Bad_rows_are_shown_with_line_field_and_reason_and_do_not_stop_the_load()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var file = Write("mixed.csv", Mixed);

        var answer = (await ledger.RunAsync("ingest", file, "--json")).Ok().Json;

        Assert.Equal("mixed", answer.GetProperty("dataset").GetProperty("name").GetString());
        Assert.False(answer.GetProperty("already_loaded").GetBoolean());
        Assert.Equal(2, answer.GetProperty("rows").GetInt64());
        Assert.Equal(4, answer.GetProperty("rejected").GetInt64());
        var rejected = answer
            .GetProperty("rejected_rows")
            .EnumerateArray()
            .Select(r => (Line: r.GetProperty("line_number").GetInt64(), Field: r.GetProperty("field").GetString()))
            .Order()
            .ToList();
        Assert.Equal([3, 4, 6, 7], rejected.Select(r => r.Line));
        Assert.Equal("ra_deg", rejected[0].Field);
        Assert.Equal("dec_deg", rejected[1].Field);
        Assert.Equal("source_id", rejected[3].Field);
        Assert.Equal("ra", answer.GetProperty("dataset").GetProperty("column_mapping").GetProperty("ra_deg").GetString());
        Assert.Equal(2, await ledger.CountAsync("select count(*) from stars"));
    }

    [Fact]
    public async Task People_see_the_mapping_and_the_rejected_rows()
    {
        await using var ledger = await CliLedger.CreateAsync();

        var shown = (await ledger.RunAsync("ingest", Write("mixed.csv", Mixed))).Ok().Out;

        Assert.Contains("mixed: 2 stars loaded", shown);
        Assert.Contains("4 rows were rejected", shown);
        Assert.Contains("361.5", shown);
        Assert.Matches(@"magnitude\s+phot_g_mean_mag", shown);
        Assert.DoesNotContain("\e[", shown);
    }

    [Fact]
    public async Task The_same_file_twice_is_recognised()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var file = Write("mixed.csv", Mixed);
        (await ledger.RunAsync("ingest", file)).Ok();

        var again = (await ledger.RunAsync("ingest", file, "--json")).Ok().Json;
        // Not under the name that was asked for: no success.
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("ingest", file, "--dataset", "other")).ExitCode);
        var forced = (await ledger.RunAsync("ingest", file, "--dataset", "other", "--force", "--json")).Ok().Json;

        Assert.True(again.GetProperty("already_loaded").GetBoolean());
        Assert.Equal("mixed", again.GetProperty("dataset").GetProperty("name").GetString());
        Assert.Equal("other", forced.GetProperty("dataset").GetProperty("name").GetString());
        Assert.Equal(4, await ledger.CountAsync("select count(*) from stars"));
    }

    [Fact]
    public async Task A_file_that_is_no_catalogue_is_refused_and_nothing_is_stored()
    {
        await using var ledger = await CliLedger.CreateAsync();

        var result = await ledger.RunAsync("ingest", Write("letter.csv", "name,town\nTycho,Hven\n"), "--json");

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains("right ascension", result.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(0, await ledger.CountAsync("select count(*) from datasets"));
    }

    [Fact]
    public async Task Columns_of_other_names_are_mapped_by_hand()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var file = Write("odd.csv", "number,long,lat,bright\na,10,20,5\nb,11,21,6\n");

        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", file)).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", file, "--map", "longitude=long")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", file, "--map", "ra_deg")).ExitCode);
        var answer = (await ledger.RunAsync("ingest", file, "--map", "ra_deg=long", "dec_deg=lat", "--map", "magnitude=bright", "--json"))
            .Ok()
            .Json;

        Assert.Equal("long", answer.GetProperty("dataset").GetProperty("column_mapping").GetProperty("ra_deg").GetString());
        Assert.Equal(1, await ledger.CountAsync("select count(*) from stars where ra_deg = 11 and dec_deg = 21 and magnitude = 6"));
    }

    [Fact]
    public async Task Right_ascensions_from_minus_180_are_asked_about_and_loaded_when_it_is_said()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var file = Write("half.csv", "id,ra_deg,dec_deg\na,-10,20\nb,-0.5,21\nc,15,20\n");

        var asked = await ledger.RunAsync("ingest", file);
        Assert.Equal(ExitCodes.BadUsage, asked.ExitCode);
        Assert.Contains("The option is --ra-from -180; --ra-from 0 leaves the rows below 0 out.", asked.Error);
        Assert.Contains("they may run from -180 to 180", (await ledger.RunAsync("preview", file)).Ok().Out);
        Assert.Contains("from -180 to 180 degrees", (await ledger.RunAsync("preview", file, "--ra-from", "-180")).Ok().Out);
        Assert.Contains("expected 0 or -180", (await ledger.RunAsync("ingest", file, "--ra-from", "-90")).Error);
        Assert.Equal(0, await ledger.CountAsync("select count(*) from datasets"));

        var loaded = (await ledger.RunAsync("ingest", file, "--ra-from", "-180", "--json")).Ok().Json.GetProperty("dataset");
        Assert.Equal(-180, loaded.GetProperty("source")[0].GetProperty("ra_from").GetInt32());
        Assert.Equal(3, await ledger.CountAsync("select count(*) from stars where ra_deg in (350, 359.5, 15)"));
        // What the file has is not what the field is in another unit, and is not made another by it.
        Assert.Contains(
            "right ascensions ran from -180 to 180 degrees",
            (await ledger.RunAsync("datasets", "set", "half", "--unit", "ra_deg=hours")).Error
        );
        var half = (await ledger.RunAsync("ingest", file, "--ra-from", "0", "--dataset", "rest", "--json")).Ok().Json;
        Assert.Equal((1, 2), (half.GetProperty("rows").GetInt32(), half.GetProperty("rejected").GetInt32()));
        var wrong = Write("both.csv", "id,ra_deg,dec_deg\na,-10,20\nb,350,21\n");
        Assert.Contains("Correct the row, or leave --ra-from out.", (await ledger.RunAsync("ingest", wrong, "--ra-from", "-180")).Error);
    }

    [Fact]
    public async Task What_became_of_a_load_is_told_again_later()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var rows = Enumerable
            .Range(0, 12)
            .Select(i => FormattableString.Invariant($"{i},{150 + i / 8.0},{i / 4.0},{(i % 4 == 0 ? -999 : 1.5 + i / 8.0)}\n"));
        var file = Write("spiked.csv", "source_id,ra,dec,parallax\n" + string.Concat(rows));
        (await ledger.RunAsync("ingest", file)).Ok();

        var report = (await ledger.RunAsync("datasets", "report", "spiked", "--json"))
            .Ok()
            .Json.GetProperty("files")[0]
            .GetProperty("report");
        var shown = (await ledger.RunAsync("datasets", "report", "spiked")).Ok().Out;

        Assert.Equal(12, report.GetProperty("rows").GetInt32());
        var parallax = report.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "parallax");
        Assert.Equal("parallax_mas", parallax.GetProperty("use").GetString());
        Assert.Equal(-999, parallax.GetProperty("minimum").GetDouble());
        Assert.Contains("3 of 12 values in 'parallax' are exactly -999", report.GetProperty("suspicions")[0].GetString());
        Assert.Matches(@"parallax\s+double\s+parallax_mas\s+0\s+-999", shown);
        Assert.DoesNotContain("suspicions", (await ledger.RunAsync("datasets", "show", "spiked", "--json")).Ok().Out);
    }

    [Fact]
    public async Task A_value_that_means_nothing_and_the_unit_of_a_column_can_be_said()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var file = Write("said.csv", "source_id,ra,dec,parallax\n1,6.5,-16,-999\n2,14.5,-60,5\n");

        var answer = (await ledger.RunAsync("ingest", file, "--map", "ra_deg=ra:hours", "--missing", "parallax=-999", "--json")).Ok().Json;

        Assert.Equal("ra:hours", answer.GetProperty("dataset").GetProperty("column_mapping").GetProperty("ra_deg").GetString());
        Assert.Equal(1, await ledger.CountAsync("select count(*) from stars where ra_deg = 97.5 and parallax_mas is null"));
        Assert.Equal(1, await ledger.CountAsync("select count(*) from stars where ra_deg = 217.5 and parallax_mas = 5"));
    }

    [Fact]
    public async Task An_address_is_not_taken_for_a_path()
    {
        var result = await Cli.RunAsync("ingest", "https://example.org/stars.csv");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is an address, not a file", result.Error);
    }

    [Fact]
    public async Task Preview_shows_how_a_file_would_be_taken_without_a_database()
    {
        var file = Write("mixed.csv", Mixed);

        var answer = (await Cli.RunAsync("preview", file, "--json")).Ok().Json;
        var shown = (await Cli.RunAsync("preview", file)).Ok().Out;

        Assert.Equal("CSV", answer.GetProperty("format").GetString());
        Assert.True(answer.GetProperty("has_position").GetBoolean());
        Assert.Equal("dec", answer.GetProperty("mapping").GetProperty("dec_deg").GetString());
        Assert.Equal("4472832130942575872", answer.GetProperty("rows")[0][0].GetString());
        Assert.Contains("4472832130942575872", shown);
        Assert.Matches(@"ra\s+\w+\s+ra_deg", shown);
    }

    [Theory]
    [InlineData("preview")]
    [InlineData("ingest")]
    public async Task A_file_that_is_not_a_catalogue_is_bad_usage_for_every_command_that_reads_one(string command)
    {
        await using var ledger = await CliLedger.CreateAsync();

        var result = await ledger.RunAsync(command, Write("broken.vot", "<VOTABLE><RESOURCE><TABLE"), "--json");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("unreadable_catalogue", result.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Preview_says_how_to_choose_among_several_tables()
    {
        const string One =
            "<TABLE name=\"{0}\"><FIELD name=\"ra\" datatype=\"double\"/><FIELD name=\"dec\" "
            + "datatype=\"double\"/><DATA><TABLEDATA><TR><TD>{1}</TD><TD>2</TD></TR></TABLEDATA></DATA></TABLE>";
        string Named(string name, int ra) => string.Format(System.Globalization.CultureInfo.InvariantCulture, One, name, ra);
        var file = Write("two.vot", $"<VOTABLE version=\"1.4\"><RESOURCE>{Named("bright", 10)}{Named("faint", 20)}</RESOURCE></VOTABLE>");

        var answer = (await Cli.RunAsync("preview", file, "--json")).Ok().Json;
        var shown = (await Cli.RunAsync("preview", file)).Ok().Out;
        var chosen = (await Cli.RunAsync("preview", file, "--table", "faint")).Ok().Out;

        Assert.Equal(["bright", "faint"], answer.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("choice").GetString()));
        Assert.Equal("10", answer.GetProperty("rows")[0][0].GetString());
        Assert.Contains("--table NAME", shown);
        Assert.DoesNotContain("--table NAME", chosen);
        Assert.Contains("--table faint", chosen);
        Assert.Contains("20", chosen);
    }

    [Theory]
    [InlineData("tap", false)]
    [InlineData("tap", true)]
    [InlineData("cone", false)]
    public async Task What_a_service_answers_is_loaded_and_where_it_came_from_is_kept(string kind, bool asynchronous)
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var service = new SmallService();
        string[] asked =
            kind == "tap"
                ? ["--tap", service.Tap.AbsoluteUri, "--adql", "select * from stars", .. asynchronous ? ["--async"] : Array.Empty<string>()]
                : ["--cone", service.Cone.AbsoluteUri, "--ra", "10", "--dec", "20", "--radius", "0.5"];

        var answer = (await ledger.RunAsync(["ingest", .. asked, "--dataset", "near", "--json"])).Ok().Json;

        Assert.Equal(("near", 1), (answer.GetProperty("dataset").GetProperty("name").GetString(), answer.GetProperty("rows").GetInt32()));
        Assert.Equal(1, await ledger.CountAsync("select count(*) from stars where source_id = '7' and ra_deg = 10 and dec_deg = 20"));
        var source = (await ledger.RunAsync("datasets", "show", "near", "--json")).Ok().Json.GetProperty("source")[0];
        Assert.Equal((kind == "tap" ? service.Tap : service.Cone).AbsoluteUri, source.GetProperty("service").GetString());
        Assert.NotEmpty(source.GetProperty("query").GetString()!);
        if (kind == "tap")
            Assert.Contains(
                service.Asked,
                a =>
                    a.StartsWith(asynchronous ? "POST /tap/async" : "POST /tap/sync", StringComparison.Ordinal)
                    && a.Contains("select * from stars", StringComparison.Ordinal)
            );
        else
            Assert.Equal("GET /cone?RA=10&DEC=20&SR=0.5&VERB=3", Assert.Single(service.Asked));
    }

    [Fact]
    public async Task What_a_service_refuses_is_said_and_nothing_is_stored()
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var service = new SmallService();

        var wrong = await ledger.RunAsync(
            "ingest",
            "--tap",
            service.Tap.AbsoluteUri,
            "--adql",
            "select parallaxx from stars",
            "--dataset",
            "near"
        );
        var large = await ledger.RunAsync(
            "ingest",
            "--tap",
            service.Tap.AbsoluteUri,
            "--adql",
            "endless",
            "--dataset",
            "near",
            "--max-download",
            "1"
        );

        Assert.Equal((ExitCodes.Failed, ExitCodes.Failed), (wrong.ExitCode, large.ExitCode));
        Assert.Contains("unknown column parallaxx", wrong.Error);
        Assert.Contains("larger than 1 MiB", large.Error);
        Assert.Equal(0, await ledger.CountAsync("select count(*) from datasets"));
    }

    [Theory]
    [InlineData("--adql", "--tap", "http://127.0.0.1:1/tap", "--dataset", "x")]
    [InlineData("--tap", "--adql", "select 1", "--dataset", "x")]
    [InlineData("--radius", "--cone", "http://127.0.0.1:1/c", "--ra", "1", "--dec", "2", "--dataset", "x")]
    [InlineData("--cone", "--ra", "1", "--dec", "2", "--radius", "3", "--dataset", "x")]
    [InlineData("--dataset", "--cone", "http://127.0.0.1:1/c", "--ra", "1", "--dec", "2", "--radius", "3")]
    [InlineData("one at a time", "--cone", "http://127.0.0.1:1/c", "--tap", "http://127.0.0.1:1/tap", "--dataset", "x")]
    public async Task A_service_asked_by_halves_is_bad_usage(string missing, params string[] options)
    {
        var run = await Cli.RunAsync(["ingest", .. options]);
        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.Contains(missing, run.Error);
    }

    [Fact]
    public async Task Datasets_are_listed_shown_and_deleted_with_their_runs_only_if_asked()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var listed = (await ledger.RunAsync("datasets", "list", "--json")).Ok().Json[0];
        var shown = (await ledger.RunAsync("datasets", "show", "sky", "--json")).Ok().Json;
        var refused = await ledger.RunAsync("datasets", "delete", "sky");
        Assert.Equal(2000, listed.GetProperty("star_count").GetInt64());
        Assert.Equal(3, listed.GetProperty("run_count").GetInt64());
        Assert.Equal("sky.csv", shown.GetProperty("source")[0].GetProperty("file").GetString());
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("--with-runs", refused.Error);
        Assert.Equal(2000, await ledger.CountAsync("select count(*) from stars"));

        (await ledger.RunAsync("datasets", "delete", "sky", "--with-runs")).Ok();
        Assert.Equal(
            0,
            await ledger.CountAsync(
                "select (select count(*) from stars) + (select count(*) from discovery_results) + (select count(*) from "
                    + "mv_discovery_run_stats)"
            )
        );
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("datasets", "show", "sky")).ExitCode);
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
