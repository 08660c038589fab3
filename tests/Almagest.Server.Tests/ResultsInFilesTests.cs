using System.Net;
using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Access;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server.Tests.Access;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Runs over a catalogue that is read where it lies, over the API: flagged stars are answered, and what would need all stars is a
/// conflict that says what to ask instead.</summary>
public sealed class ResultsInFilesTests(ResultsInFilesTests.Lying lying) : IClassFixture<ResultsInFilesTests.Lying>
{
    private readonly TestServer _server = lying.Server;

    [Fact]
    public async Task A_run_says_how_many_results_its_files_hold_and_where_to_administrators_alone()
    {
        var path = $"/discovery/runs/{lying.Run}";
        async Task<string?> PathForAsync(AccessScope scope)
        {
            var (_, token) = await _server.TokenAsync(scope);
            var run = (await _server.AskAsync(HttpMethod.Get, path, AccessServer.Bearer(token))).Json;
            Assert.Equal(run.GetProperty("total_stars").GetInt64(), run.GetProperty("results_in_files").GetProperty("rows").GetInt64());
            return run.GetProperty("results_in_files").GetProperty("path").GetString();
        }
        Assert.Equal(Path.Combine(_server.Ledger.ResultsFolder!, lying.Run.ToString()), await PathForAsync(AccessScope.Admin));
        Assert.Null(await PathForAsync(AccessScope.Write));
        Assert.Null(await PathForAsync(AccessScope.Read));
        // What is refused says no more.
        var (_, reader) = await _server.TokenAsync(AccessScope.Read);
        var refused = await _server.AskAsync(HttpMethod.Get, $"{path}/results", AccessServer.Bearer(reader));
        Assert.Equal((HttpStatusCode.Conflict, "results_in_files"), (refused.Status, refused.Json.GetProperty("code").GetString()));
        Assert.DoesNotContain(_server.Ledger.ResultsFolder!, refused.Text, StringComparison.Ordinal);
        Assert.Contains("anomalies_only=true", refused.Json.GetProperty("hint").GetString(), StringComparison.Ordinal);
        var listed = (await _server.GetAsync("/discovery/runs?dataset=lying")).Json.GetProperty("items")[0];
        Assert.Null(listed.GetProperty("results_in_files").GetProperty("path").GetString());
        Assert.Equal("lying", listed.GetProperty("dataset").GetString());
    }

    [Fact]
    public async Task Pages_are_of_flagged_stars_and_tables_of_all_are_read_out_of_the_files()
    {
        var results = $"/discovery/runs/{lying.Run}/results";
        var flagged = (await _server.GetAsync($"{results}?anomalies_only=true&order=score&limit=1000")).Json;
        var scores = flagged.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("anomaly_score").GetDouble()).ToList();
        Assert.Equal((flagged.GetProperty("total").GetInt32(), true), (scores.Count, scores.TrueForAll(s => s < 0)));
        Assert.Equal(scores.Order(), scores);
        var all = (await _server.GetAsync($"{results}?format=csv")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Lying.Stars + 1, all.Length);
        // Whoever points at stars points at flagged ones: of all, the answer would be a part that looks whole.
        var star = flagged.GetProperty("items")[0].GetProperty("star_id").GetInt64();
        Assert.Equal(HttpStatusCode.Conflict, (await _server.GetAsync($"{results}?select=stars:{star}&format=csv")).Status);
        var one = (await _server.GetAsync($"{results}?select=stars:{star}&anomalies_only=true")).Json;
        Assert.Equal((1, star), (one.GetProperty("total").GetInt32(), one.GetProperty("items")[0].GetProperty("star_id").GetInt64()));
        var other = await _server.GetAsync($"{results}?select=stars:{lying.Unflagged}&anomalies_only=true");
        Assert.Contains("whose results are in files, has among its flagged stars no star", other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/discovery/runs/{run}/results", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/results?order=score", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/results?order=score&format=csv", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/excluded", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/score", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/chart?only=scores", "results_in_files")]
    [InlineData("GET", "/discovery/runs/{run}/chart?contamination=0.1", "results_in_files")]
    [InlineData("GET", "/discovery/active/{run}", "results_in_files")]
    [InlineData("POST", "/discovery/runs/{run}/rethreshold", "results_in_files", """{"contamination": 0.1}""")]
    [InlineData("GET", "/vo/runs/{run}/cone?RA=10&DEC=10&SR=5", "results_in_files")]
    [InlineData("GET", "/vo/datasets/lying/cone?RA=10&DEC=10&SR=5", "dataset_in_place")]
    [InlineData("GET", "/datasets/lying/stars", "dataset_in_place")]
    [InlineData("GET", "/datasets/lying/chart", "dataset_in_place")]
    [InlineData("GET", "/stars/{star}", "dataset_in_place")]
    [InlineData("GET", "/stars/{flagged}/chart", "dataset_in_place")]
    [InlineData("GET", "/analytics/discovery/stars/{star}/frequency", "dataset_in_place")]
    public async Task What_needs_all_stars_is_a_conflict(string method, string path, string code, string? json = null)
    {
        path = path.Replace("{run}", $"{lying.Run}", StringComparison.Ordinal)
            .Replace("{star}", $"{lying.Unflagged}", StringComparison.Ordinal)
            .Replace("{flagged}", $"{lying.Flagged}", StringComparison.Ordinal);
        var answer = method == "GET" ? await _server.GetAsync(path) : await _server.PostAsync(path, json);
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(code, answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_flagged_star_has_its_row_its_frequency_and_its_history()
    {
        var star = (await _server.GetAsync($"/stars/{lying.Flagged}")).Json;
        Assert.Equal("lying", star.GetProperty("dataset").GetString());
        Assert.Equal(lying.Run, star.GetProperty("history")[0].GetProperty("run_id").GetGuid());
        Assert.Equal((1, 1), Counts(star.GetProperty("frequency")));
        Assert.Equal((1, 1), Counts((await _server.GetAsync($"/analytics/discovery/stars/{lying.Flagged}/frequency")).Json));

        static (int, int) Counts(System.Text.Json.JsonElement f) =>
            (f.GetProperty("anomaly_count").GetInt32(), f.GetProperty("total_runs").GetInt32());
    }

    [Fact]
    public async Task Pictures_say_that_flagged_stars_alone_are_drawn()
    {
        var chart = await _server.GetAsync($"/discovery/runs/{lying.Run}/chart?format=svg");
        Assert.Equal(HttpStatusCode.OK, chart.Status);
        var words = System.Text.RegularExpressions.Regex.Replace(chart.Text, "<[^>]*>", " ");
        Assert.Contains("Only flagged stars are drawn", words, StringComparison.Ordinal);
        Assert.DoesNotContain("Anomaly scores", words, StringComparison.Ordinal);
        Assert.DoesNotContain("other stars", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sky_is_told_in_the_cells_that_are_known()
    {
        foreach (var of in new[] { "datasets/lying", $"runs/{lying.Run}" })
        {
            Assert.Contains("6/", (await _server.GetAsync($"/vo/{of}/moc?format=ascii")).Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/vo/{of}/moc?order=3")).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await _server.GetAsync($"/vo/{of}/moc?order=8")).Status);
        }
    }

    [Fact]
    public async Task Queries_find_flagged_stars_by_place_and_are_told_which_runs_have_their_results_in_files()
    {
        Task<Answer> AskAsync(string query) =>
            _server.GetAsync($"/vo/tap/sync?REQUEST=doQuery&LANG=ADQL&FORMAT=csv&QUERY={Uri.EscapeDataString(query)}");
        var runs = await AskAsync("select run_id, results_in_files from almagest.runs");
        Assert.Contains($"{lying.Run},1", runs.Text, StringComparison.Ordinal);
        var stars = await AskAsync(
            "select count(*) as n from almagest.stars where 1 = contains(point(ra_deg, dec_deg), circle(180, 0, 180))"
        );
        var results = await AskAsync($"select count(*) as n from almagest.results where run_id = '{lying.Run}'");
        Assert.Equal(results.Text, stars.Text);
        Assert.Contains("dataset", (await AskAsync("select top 1 * from dataset.lying")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_say_that_the_run_has_its_results_in_files()
    {
        var table = await _server.GetAsync($"/discovery/runs/{lying.Run}/results?anomalies_only=true&format=votable");
        Assert.Contains("results_in_files", table.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Ledger.ResultsFolder!, table.Text, StringComparison.Ordinal);
    }

    /// <summary>A server with a catalogue in a file, and one run over it.</summary>
    public sealed class Lying : IAsyncLifetime
    {
        public const int Stars = 400;

        private readonly TestFolder _folder = TestFolder.Create("lying");

        public TestServer Server { get; private set; } = null!;

        public Guid Run { get; private set; }

        public long Flagged { get; private set; }

        public long Unflagged { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await AccessServer.StartAsync();
            var file = Path.Combine(_folder.Path, "sky.parquet");
            var random = new Random(5);
            object?[][] rows =
            [
                .. Enumerable
                    .Range(0, Stars)
                    .Select(i =>
                        (object?[])
                            [
                                4_000_000_000_000_000_000 + i,
                                360 * random.NextDouble(),
                                180 * random.NextDouble() - 90,
                                2 + 8 * random.NextDouble(),
                                0.02,
                                20 * random.NextDouble() - 10,
                                20 * random.NextDouble() - 10,
                                10 + 6 * random.NextDouble(),
                                2 * random.NextDouble(),
                            ]
                    ),
            ];
            CatalogColumn[] columns =
            [
                new("source_id", ColumnType.Int64),
                new("ra", ColumnType.Double, "deg"),
                new("dec", ColumnType.Double, "deg"),
                new("parallax", ColumnType.Double, "mas"),
                new("parallax_error", ColumnType.Double, "mas"),
                new("pmra", ColumnType.Double, "mas/yr"),
                new("pmdec", ColumnType.Double, "mas/yr"),
                new("phot_g_mean_mag", ColumnType.Double, "mag"),
                new("bp_rp", ColumnType.Double, "mag"),
            ];
            await using (var stream = File.Create(file))
                await new ExportTable(columns, [], new[] { rows }.ToAsyncEnumerable()).WriteAsync(stream, TableFormat.Parquet);
            var report = await new CatalogIngestor(Server.Ledger).IngestAsync(
                [file],
                new IngestOptions { DatasetName = "lying", InPlace = true }
            );
            var forest = Algorithms.Find("isolation_forest")!.Read("""{"features": "population", "n_estimators": 10, "draws": 0}""");
            var outcome = await new DiscoveryService(Server.Ledger).RunAsync(new RunRequest("lying", StarFilter.All, forest));
            Run = outcome.RunId!.Value;
            var kept = (await new DatasetRepository(Server.Ledger).StarsAsync(report.Dataset.DatasetId)).ConvertAll(s => s.StarId);
            Flagged = kept[0];
            var first = Almagest.Ledger.InPlace.InPlaceCatalogue.Of(report.Dataset)!.FirstStarId;
            Unflagged = Enumerable.Range(0, Stars).Select(i => first + i).First(id => !kept.Contains(id));
            await Eventually.HoldsAsync(async () => (await new ViewStatusReader(Server.Ledger).ReadAsync()).All(v => !v.Lags));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _folder.Dispose();
        }
    }
}
