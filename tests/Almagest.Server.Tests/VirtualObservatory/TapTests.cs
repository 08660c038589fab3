using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Almagest.Catalog.Files;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>TAP: queries answered at once and as jobs.</summary>
public sealed partial class TapTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private static string Sync(string adql, string more = "") => $"/vo/tap/sync?LANG=ADQL&QUERY={Uri.EscapeDataString(adql)}{more}";

    private async Task<VoTable> AskAsync(string adql, string more = "")
    {
        var answer = await _server.GetAsync(Sync(adql, more));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return new VoTable(answer.Text);
    }

    [Fact]
    public async Task Flagged_stars_of_a_run_are_answered_with_types_units_and_UCDs()
    {
        var table = await AskAsync(
            $"SELECT s.source_id, s.ra_deg, r.anomaly_score, r.run_id FROM almagest.results r JOIN almagest.stars s USING (star_id) "
                + $"WHERE r.run_id = '{known.RunA}' AND r.is_anomaly = 1 ORDER BY r.anomaly_score"
        );
        Assert.Equal(["OK"], table.Status);
        Assert.Equal(4, table.Rows.Count);
        Assert.Equal("4000000000000000001", table.Rows[0]["source_id"]);
        Assert.Equal(known.RunA.ToString(), table.Rows[0]["run_id"]);
        Assert.Equal(-0.4, double.Parse(table.Rows[0]["anomaly_score"], CultureInfo.InvariantCulture));
        Assert.Equal(
            ("double", "deg", "pos.eq.ra;meta.main"),
            (table.Fields["ra_deg"]["datatype"], table.Fields["ra_deg"]["unit"], table.Fields["ra_deg"]["ucd"])
        );
    }

    [Fact]
    public async Task Errors_correlations_and_quality_are_columns_with_units_and_UCDs()
    {
        const string Columns = "ra_error, pmdec_error, pmra_pmdec_corr, phot_bp_rp_excess_factor, radial_velocity_error";
        foreach (var from in new[] { "almagest.stars", "dataset.known" })
        {
            var table = await AskAsync($"SELECT {Columns} FROM {from} WHERE ra_error IS NULL AND NOT pmra_pmdec_corr > 0.5", "&MAXREC=1");
            Assert.Equal(
                [
                    "mas stat.error;pos.eq.ra",
                    "mas/yr stat.error;pos.pm;pos.eq.dec",
                    " stat.correlation",
                    " arith.factor;phot.flux",
                    "km/s stat.error;spect.dopplerVeloc",
                ],
                table.Fields.Values.Select(f => $"{f.GetValueOrDefault("unit")} {f["ucd"]}")
            );
        }
    }

    [Fact]
    public async Task A_dataset_is_a_table_with_the_other_columns_of_its_file()
    {
        var table = await AskAsync("SELECT source_id, remark FROM dataset.known WHERE remark LIKE '%7'");
        Assert.Equal("known 7", Assert.Single(table.Rows)["remark"]);
        Assert.Equal("unicodeChar", table.Fields["remark"]["datatype"]);
    }

    [Fact]
    public async Task Runs_are_found_by_parameters_and_outcomes()
    {
        var found = await AskAsync(
            "SELECT r.run_id, r.cluster_count, p.value_text, p.value_number FROM almagest.runs AS r JOIN almagest.run_parameters AS p ON "
                + "p.run_id = r.run_id JOIN almagest.datasets AS d ON d.dataset_id = r.dataset_id WHERE d.name = 'known' AND "
                + "p.name = 'min_samples' AND p.value_number < 100 AND r.cluster_count > 1"
        );
        var row = Assert.Single(found.Rows);
        Assert.Equal(
            (known.Clusters.ToString(), "2", "long"),
            (row["run_id"], row["cluster_count"], found.Fields["cluster_count"]["datatype"])
        );
        Assert.Equal(row["value_text"], row["value_number"]);
        var forests = await AskAsync(
            "SELECT anomaly_count, cluster_count, excluded_count, duration_s FROM almagest.runs WHERE anomaly_count = 4"
        );
        Assert.Equal(3, forests.Rows.Count);
        Assert.All(forests.Rows, r => Assert.Equal("", r["cluster_count"]));
    }

    [Fact]
    public async Task Runs_are_found_by_their_tags()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        var run = (await server.PostAsync("/discovery/runs", """{ "run_type": "anomaly", "dataset": "field" }""")).Json;
        var id = run.GetProperty("run_id").GetString()!;
        using var tags = new StringContent("""{ "tags": ["good", "für:Lena"] }""", Encoding.UTF8, "application/json");
        var tagged = await server.SendAsync(HttpMethod.Put, $"/discovery/runs/{id}/tags", tags);
        Assert.True(tagged.Status == HttpStatusCode.OK, tagged.Text);
        var answer = await server.GetAsync(
            "/vo/tap/sync?LANG=ADQL&QUERY="
                + Uri.EscapeDataString(
                    "SELECT r.run_id, r.status, t.tag FROM almagest.runs AS r JOIN almagest.run_tags AS t ON t.run_id = r.run_id "
                        + "WHERE t.tag LIKE 'f%'"
                )
        );
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var row = Assert.Single(new VoTable(answer.Text).Rows);
        Assert.Equal((id, "für:Lena"), (row["run_id"], row["tag"]));
    }

    [Fact]
    public async Task A_table_can_be_asked_for_as_a_gzip_file()
    {
        const string Query = "SELECT star_id, source_id FROM dataset.known ORDER BY star_id";
        var plain = await AskAsync(Query);
        foreach (var format in new[] { "FORMAT=votable_gzip", "RESPONSEFORMAT=votable_gzip" })
        {
            using var answer = await _server.Client.GetAsync(
                $"/vo/tap/sync?LANG=ADQL&{format}&QUERY={Uri.EscapeDataString(Query)}",
                TestContext.Current.CancellationToken
            );
            Assert.Equal("application/x-votable+xml; encoding=gzip", answer.Content.Headers.ContentType?.ToString());
            Assert.Empty(answer.Content.Headers.ContentEncoding);
            var packed = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0x1f, 0x8b), (packed[0], packed[1]));
            using var reader = CatalogFile.Open(new MemoryStream(packed), "answer");
            Assert.Equal(["star_id", "source_id"], reader.Columns.Select(c => c.Name));
            Assert.Equal(plain.Rows.Count, reader.ReadBatches().Sum(b => b.Count));
        }
    }

    [Theory]
    [InlineData("SELECT run_id, anomaly_count FROM almagest.mv_discovery_run_stats WHERE run_type = 'anomaly'", 3)]
    [InlineData("SELECT * FROM almagest.mv_cluster_size_distribution ORDER BY cluster_size DESC", 2)]
    [InlineData("SELECT * FROM almagest.mv_star_anomaly_frequency WHERE anomaly_count = 2", 2)]
    [InlineData("SELECT * FROM almagest.mv_anomaly_overlap_matrix WHERE overlap_count > 0", 1)]
    [InlineData("SELECT * FROM almagest.mv_discovery_timeline WHERE period_type = 'week' AND run_type = 'cluster'", 1)]
    [InlineData("SELECT * FROM almagest.mv_parameter_performance WHERE run_type = 'cluster'", 1)]
    [InlineData("SELECT SUM(stars) FROM almagest.mv_dataset_coverage", 1)]
    [InlineData("SELECT * FROM almagest.mv_discovery_quality", 0)]
    [InlineData("SELECT * FROM almagest.runs WHERE status = 'failed' AND created_at > '2020-01-01'", 1)]
    [InlineData("SELECT d.name, d.star_count FROM almagest.datasets d WHERE d.name = 'known'", 1)]
    [InlineData("SELECT * FROM almagest.star_labels WHERE label_set <> 'signed'", 0)]
    [InlineData("SELECT cluster_id, \"size\" FROM almagest.discovery_clusters WHERE ra_deg > 12 AND significance IS NULL", 1)]
    [InlineData("SELECT run_id, verdict, name, sentence FROM almagest.cluster_identifications WHERE expected_by_chance < 0.01", 0)]
    [InlineData("SELECT table_name FROM TAP_SCHEMA.tables WHERE schema_name = 'TAP_SCHEMA'", 5)]
    [InlineData(
        "SELECT c.column_name, c.\"size\" FROM tap_schema.columns c JOIN tap_schema.tables t ON t.table_name = c.table_name WHERE "
            + "t.table_name = 'almagest.results'",
        10
    )]
    [InlineData(
        "SELECT k.from_table, kc.from_column FROM TAP_SCHEMA.keys k NATURAL JOIN TAP_SCHEMA.key_columns kc WHERE k.from_table = "
            + "'almagest.results'",
        2
    )]
    public async Task Every_published_table_answers(string adql, int rows) => Assert.Equal(rows, (await AskAsync(adql)).Rows.Count);

    [Fact]
    public async Task Every_column_that_TAP_SCHEMA_names_can_be_selected()
    {
        foreach (var table in (await AskAsync("SELECT table_name FROM TAP_SCHEMA.tables")).Rows.Select(r => r["table_name"]))
        {
            var columns = (
                await AskAsync($"SELECT column_name, datatype FROM TAP_SCHEMA.columns WHERE table_name = '{table}' ORDER BY column_index")
            ).Rows;
            var answered = await AskAsync($"SELECT {string.Join(", ", columns.Select(c => c["column_name"]))} FROM {table}", "&MAXREC=5");
            Assert.Equal(
                columns.Select(c => (c["column_name"].Trim('"'), c["datatype"])),
                answered.Fields.Select(f => (f.Key, f.Value["datatype"]))
            );
        }
    }

    [Fact]
    public async Task Geometry_agrees_with_a_computation_of_our_own()
    {
        var stars = (
            await AskAsync("SELECT star_id, ra_deg, dec_deg, DISTANCE(POINT(ra_deg, dec_deg), POINT(120, 10)) AS d FROM almagest.stars")
        ).Rows;
        var near = stars
            .Where(r => Almagest.Sky.SkyCoordinates.SeparationDeg(Number(r["ra_deg"]), Number(r["dec_deg"]), 120, 10) <= 12)
            .Select(r => r["star_id"])
            .Order()
            .ToList();
        Assert.InRange(near.Count, 2, stars.Count - 2);
        Assert.All(
            stars,
            r =>
                Assert.Equal(
                    Almagest.Sky.SkyCoordinates.SeparationDeg(Number(r["ra_deg"]), Number(r["dec_deg"]), 120, 10),
                    Number(r["d"]),
                    1e-10
                )
        );
        foreach (
            var condition in new[]
            {
                "CONTAINS(POINT('ICRS', ra_deg, dec_deg), CIRCLE('ICRS', 120, 10, 12)) = 1",
                "DISTANCE(POINT(ra_deg, dec_deg), POINT(120, 10)) <= 12",
                "NOT CONTAINS(POINT(120, 10), CIRCLE(ra_deg, dec_deg, 12)) = 0",
            }
        )
            Assert.Equal(
                near,
                (await AskAsync($"SELECT star_id FROM almagest.stars WHERE {condition}")).Rows.Select(r => r["star_id"]).Order()
            );
        var box = stars
            .Where(r => Math.Abs(Number(r["ra_deg"]) - 120) <= 10 && Math.Abs(Number(r["dec_deg"])) <= 15)
            .Select(r => r["star_id"])
            .Order();
        Assert.Equal(
            box,
            (await AskAsync("SELECT star_id FROM almagest.stars WHERE CONTAINS(POINT(ra_deg, dec_deg), BOX(120, 0, 20, 30)) = 1"))
                .Rows.Select(r => r["star_id"])
                .Order()
        );
        // Half the sphere by its three corners on the equator's side: a triangle of 90 degrees each holds what lies in an octant.
        var octant = stars
            .Where(r => Number(r["ra_deg"]) is >= 90 and <= 180 && Number(r["dec_deg"]) >= 0)
            .Select(r => r["star_id"])
            .Order();
        Assert.Equal(
            octant,
            (await AskAsync("SELECT star_id FROM almagest.stars WHERE 1 = CONTAINS(POINT(ra_deg, dec_deg), POLYGON(90, 0, 180, 0, 0, 90))"))
                .Rows.Select(r => r["star_id"])
                .Order()
        );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public async Task More_rows_than_MAXREC_are_cut_off_and_said_so()
    {
        var cut = await AskAsync("SELECT star_id FROM almagest.stars ORDER BY star_id", "&MAXREC=5");
        Assert.Equal((5, "OK OVERFLOW"), (cut.Rows.Count, string.Join(' ', cut.Status)));
        Assert.Equal("OK", string.Join(' ', (await AskAsync("SELECT TOP 5 star_id FROM almagest.stars", "&MAXREC=5")).Status));
        var none = await AskAsync("SELECT star_id FROM almagest.stars", "&MAXREC=0");
        Assert.Equal((0, 1), (none.Rows.Count, none.Fields.Count));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("ecsv")]
    [InlineData("parquet")]
    [InlineData("votable")]
    [InlineData("json")]
    public async Task Any_format_that_is_cut_off_says_so_in_a_header(string format)
    {
        async Task<string?> HeaderAsync(int rows) =>
            (
                await _server.GetAsync(Sync("SELECT star_id FROM almagest.stars", $"&MAXREC={rows}&RESPONSEFORMAT={format}"))
            ).Headers.TryGetValues("X-Almagest-Truncated", out var values)
                ? values.Single()
                : null;
        Assert.Equal("true", await HeaderAsync(5));
        Assert.Null(await HeaderAsync(12));
    }

    [Fact]
    public async Task A_long_answer_says_it_too_in_the_header_where_its_format_cannot()
    {
        const string Long = "SELECT a.*, b.description FROM TAP_SCHEMA.columns a, TAP_SCHEMA.columns b";
        var csv = await _server.GetAsync(Sync(Long, "&MAXREC=60000&RESPONSEFORMAT=csv"));
        Assert.True(csv.Text.Length > 8 << 20, $"{csv.Text.Length}");
        Assert.Equal(["true"], csv.Headers.GetValues("X-Almagest-Truncated"));
        var table = await _server.GetAsync(Sync(Long, "&MAXREC=60000"));
        Assert.Contains("value=\"OVERFLOW\"", table.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath(), "almagest-*.answer"), File.Exists);
    }

    [Fact]
    public async Task A_browser_is_shown_what_there_is_and_a_client_what_the_service_can_do()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/vo/tap");
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var page = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
        var text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("dataset.known", text, StringComparison.Ordinal);
        Assert.Contains("almagest.run_parameters", text, StringComparison.Ordinal);
        // The example of the form is a query that answers.
        var query = WebUtility.HtmlDecode(ExampleQuery().Match(text).Groups[1].Value);
        Assert.NotEmpty(query);
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync(Sync(query))).Status);
        Assert.Contains("capabilities", (await _server.GetAsync("/vo/tap")).Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("<textarea[^>]*>([^<]*)</textarea>")]
    private static partial Regex ExampleQuery();

    [Fact]
    public async Task The_result_of_a_failed_job_says_why_it_failed()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Client.BaseAddress };
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["LANG"] = "ADQL",
                ["QUERY"] = "SELECT nothing FROM almagest.runs",
                ["PHASE"] = "RUN",
            }
        );
        using var started = await client.PostAsync("/vo/tap/async", form, TestContext.Current.CancellationToken);
        var job = started.Headers.Location!.AbsolutePath;
        await Eventually.HoldsAsync(async () => (await _server.GetAsync($"{job}/phase")).Text == "ERROR");
        var result = await _server.GetAsync($"{job}/results/result");
        Assert.Equal(HttpStatusCode.NotFound, result.Status);
        Assert.Contains("there is no column nothing", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv", "text/csv", "star_id,run_type\n")]
    [InlineData("ecsv", "text/csv", "# %ECSV 1.0\n")]
    [InlineData("tsv", "text/tab-separated-values", "star_id\trun_type\n")]
    [InlineData("fits", "application/fits", "SIMPLE  =")]
    [InlineData("parquet", "application/vnd.apache.parquet", "PAR1")]
    [InlineData("json", "application/json", "{")]
    [InlineData("votable/b2", "application/x-votable+xml", "<?xml")]
    [InlineData("application/x-votable+xml", "application/x-votable+xml", "<?xml")]
    public async Task Answers_come_in_many_formats(string format, string type, string start)
    {
        var answer = await _server.GetAsync(
            Sync("SELECT TOP 2 star_id, run_type FROM almagest.stars, almagest.runs", $"&responseformat={Uri.EscapeDataString(format)}")
        );
        Assert.Equal((HttpStatusCode.OK, type), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        Assert.StartsWith(start, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LANG=ADQL&QUERY=SELECT+star_id+FROM+pg_user", "there is no table pg_user")]
    [InlineData("LANG=ADQL&QUERY=DROP+TABLE+stars", "line 1, column 1")]
    [InlineData("LANG=ADQL", "QUERY is missing")]
    [InlineData("QUERY=SELECT+1", "LANG is missing")]
    [InlineData("LANG=SQL&QUERY=SELECT+1", "LANG is 'SQL'")]
    [InlineData("LANG=ADQL&QUERY=SELECT+star_id+FROM+almagest.stars&MAXREC=many", "MAXREC is 'many'")]
    [InlineData("LANG=ADQL&QUERY=SELECT+star_id+FROM+almagest.stars&RESPONSEFORMAT=xls", "the format 'xls' is not known")]
    [InlineData("LANG=ADQL&QUERY=SELECT+1/(star_id-star_id)+FROM+almagest.stars", "division by zero")]
    [InlineData("LANG=ADQL&QUERY=SELECT+CAST(source_id+AS+INTEGER)+FROM+almagest.stars", "a value cannot be computed")]
    [InlineData("LANG=ADQL&QUERY=SELECT+(SELECT+star_id+FROM+almagest.stars)+FROM+almagest.runs", "more than one row")]
    [InlineData("LANG=ADQL&QUERY=SELECT+star_id+FROM+almagest.stars&UPLOAD=t,http://x", "this server fetches nothing")]
    public async Task Mistakes_are_VOTables_that_say_what_was_wrong(string query, string message)
    {
        var answer = await _server.GetAsync($"/vo/tap/sync?{query}");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/x-votable+xml"),
            (answer.Status, answer.ContentHeaders.ContentType?.MediaType)
        );
        var table = new VoTable(answer.Text);
        Assert.Equal(0, table.Tables);
        var info = Assert.Single(table.Infos);
        Assert.Equal(("QUERY_STATUS", "ERROR"), (info.Name, info.Value));
        Assert.Contains(message, info.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_are_executed_in_a_transaction_that_cannot_write()
    {
        using var runner = new Server.VirtualObservatory.AdqlRunner(_server.Ledger);
        await using var answer = await runner.OpenAsync(
            Server.VirtualObservatory.QueryKind.Sync,
            "SELECT star_id FROM almagest.stars",
            10_000,
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
        await using var connection = await _server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_locks l join pg_stat_activity a using (pid) where a.state like 'idle in%' and a.query like "
                + "'select%c1%' and a.datname = current_database() and l.mode not in ('AccessShareLock', 'ExclusiveLock')",
            connection
        );
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_query_beyond_its_time_is_given_up_and_leaves_no_place_taken()
    {
        using var runner = new Server.VirtualObservatory.AdqlRunner(_server.Ledger);
        const string Endless =
            "SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c, almagest.stars d, almagest.stars e, "
            + "almagest.stars f, almagest.stars g, almagest.stars h WHERE a.ra_deg + b.ra_deg + c.ra_deg + d.ra_deg + e.ra_deg + "
            + "f.ra_deg + g.ra_deg + h.ra_deg < 0";
        for (var i = 0; i < 10; i++)
        {
            var error = await Assert.ThrowsAsync<Server.VirtualObservatory.VoException>(() =>
                runner.OpenAsync(
                    Server.VirtualObservatory.QueryKind.Cone,
                    Endless,
                    10,
                    TimeSpan.FromMilliseconds(100),
                    TestContext.Current.CancellationToken
                )
            );
            Assert.Contains("took longer than 0.1 s", error.Message, StringComparison.Ordinal);
        }
        await using var answer = await runner.OpenAsync(
            Server.VirtualObservatory.QueryKind.Sync,
            "SELECT TOP 1 star_id FROM almagest.stars",
            10,
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
        Assert.NotNull(answer);
    }

    [Fact]
    public async Task A_job_is_created_started_waited_for_read_and_deleted()
    {
        using var form = Form(("LANG", "ADQL"), ("QUERY", "SELECT star_id FROM dataset.known"), ("RUNID", "mine"));
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Client.BaseAddress };
        using var created = await client.PostAsync("/vo/tap/async", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, created.StatusCode);
        var job = created.Headers.Location!.AbsolutePath;
        Assert.Equal("PENDING", (await _server.GetAsync($"{job}/phase")).Text);
        Assert.Contains(job, (await _server.GetAsync("/vo/tap/async?PHASE=PENDING")).Text, StringComparison.Ordinal);
        using var run = await client.PostAsync($"{job}/phase", Form(("PHASE", "RUN")), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.SeeOther, job), (run.StatusCode, run.Headers.Location!.AbsolutePath));
        await Eventually.HoldsAsync(async () => Phase((await _server.GetAsync($"{job}?WAIT=30")).Text) == "COMPLETED");
        var result = await _server.GetAsync($"{job}/results/result");
        Assert.Equal(12, new VoTable(result.Text).Rows.Count);
        Assert.Contains($"{job}/results/result", (await _server.GetAsync($"{job}/results")).Text, StringComparison.Ordinal);
        Assert.Contains(">mine<", (await _server.GetAsync(job)).Text, StringComparison.Ordinal);
        using var deleted = await client.DeleteAsync(job, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync(job)).Status);
    }

    [Fact]
    public async Task A_job_that_fails_says_why_and_one_that_is_aborted_stops()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Client.BaseAddress };
        var wrong = (
            await client.PostAsync(
                "/vo/tap/async",
                Form(("LANG", "ADQL"), ("QUERY", "SELECT nothing FROM almagest.stars"), ("PHASE", "RUN")),
                TestContext.Current.CancellationToken
            )
        )
            .Headers
            .Location!
            .AbsolutePath;
        await Eventually.HoldsAsync(async () => Phase((await _server.GetAsync($"{wrong}?WAIT=30")).Text) == "ERROR");
        Assert.Contains(
            "there is no column nothing",
            new VoTable((await _server.GetAsync($"{wrong}/error")).Text).Infos.Single().Content,
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync($"{wrong}/results/result")).Status);

        const string Endless =
            "SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c, almagest.stars d, almagest.stars e, "
            + "almagest.stars f, almagest.stars g, almagest.stars h, almagest.stars i";
        var slow = (
            await client.PostAsync(
                "/vo/tap/async",
                Form(("LANG", "ADQL"), ("QUERY", Endless), ("PHASE", "RUN"), ("EXECUTIONDURATION", "3000")),
                TestContext.Current.CancellationToken
            )
        )
            .Headers
            .Location!
            .AbsolutePath;
        Assert.Equal("3000", (await _server.GetAsync($"{slow}/executionduration")).Text);
        using var aborted = await client.PostAsync($"{slow}/phase", Form(("PHASE", "ABORT")), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(async () => (await _server.GetAsync($"{slow}/phase")).Text == "ABORTED");
    }

    [Fact]
    public async Task The_descriptions_are_well_formed_and_name_the_service_as_the_client_does()
    {
        var capabilities = await _server.GetAsync("/vo/tap/capabilities");
        Assert.Contains($">{_server.Client.BaseAddress}vo/tap<", capabilities.Text, StringComparison.Ordinal);
        var tables = XDocument.Parse((await _server.GetAsync("/vo/tap/tables")).Text);
        Assert.Contains("dataset.known", tables.Descendants("table").Select(t => t.Element("name")!.Value));
        Assert.Contains("remark", tables.Descendants("column").Select(t => t.Element("name")!.Value));
        Assert.Contains(">true<", (await _server.GetAsync("/vo/tap/availability")).Text, StringComparison.Ordinal);
        var page = XDocument.Parse((await _server.GetAsync("/vo/tap/examples")).Text);
        foreach (var query in page.Descendants().Where(e => e.Attribute("property")?.Value == "query").Select(e => e.Value))
            await AskAsync(query);
    }

    private static FormUrlEncodedContent Form(params (string, string)[] values) =>
        new(values.Select(v => KeyValuePair.Create(v.Item1, v.Item2)));

    private static string Phase(string job) => PhaseElement.Match(job).Groups[1].Value;

    [GeneratedRegex("<uws:phase>(.*?)</uws:phase>")]
    private static partial Regex PhaseElement { get; }
}
