using System.Net;
using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server.Tests.Access;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Cluster runs over a catalogue that is read where it lies, over the API: members of clusters are answered, noise is counted, and
/// what would need its rows is a conflict.</summary>
public sealed class ClustersInFilesTests(ClustersInFilesTests.Lying lying) : IClassFixture<ClustersInFilesTests.Lying>
{
    private readonly TestServer _server = lying.Server;

    [Fact]
    public async Task Clusters_members_and_the_number_of_stars_in_none_are_answered()
    {
        var run = $"/discovery/runs/{lying.Run}";
        var stats = (await _server.GetAsync("/analytics/discovery/stats?run_type=cluster"))
            .Json.EnumerateArray()
            .Single(r => r.GetProperty("run_id").GetGuid() == lying.Run);
        var (total, noise) = (stats.GetProperty("total_stars").GetInt32(), stats.GetProperty("noise_count").GetInt32());
        Assert.Equal((Lying.Stars, true), (total, noise > 0));
        var sizes = (await _server.GetAsync($"/analytics/discovery/clusters/{lying.Run}/sizes"))
            .Json.EnumerateArray()
            .ToDictionary(c => c.GetProperty("cluster_id").GetInt32(), c => c.GetProperty("cluster_size").GetInt32());
        Assert.Equal(2, sizes.Count);
        Assert.Equal(total - noise, sizes.Values.Sum());
        Assert.Equal(2, (await _server.GetAsync($"{run}/clusters")).Json.GetProperty("items").GetArrayLength());
        foreach (var (cluster, size) in sizes)
            Assert.Equal(size, (await _server.GetAsync($"{run}/results?cluster_id={cluster}")).Json.GetProperty("total").GetInt32());
        var members = (await _server.GetAsync($"{run}/results?clustered_only=true&limit=1000")).Json;
        Assert.Equal(total - noise, members.GetProperty("total").GetInt32());
        Assert.Equal(total - noise, members.GetProperty("items").GetArrayLength());
        async Task<int> LinesAsync(string query) =>
            (await _server.GetAsync($"{run}/results?format=csv{query}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;
        Assert.Equal(total, await LinesAsync(""));
        Assert.Equal(noise, await LinesAsync("&cluster_id=-1"));
        Assert.Equal(total - noise, await LinesAsync("&clustered_only=true"));
        Assert.Equal(sizes[0], await LinesAsync("&clustered_only=true&select=cluster:0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?cluster_id=-1")]
    [InlineData("?select=cluster:0")]
    [InlineData("?clustered_only=true&select=cluster:-1")]
    public async Task Pages_that_would_lack_the_stars_in_no_cluster_are_a_conflict_that_says_what_to_ask(string query)
    {
        var refused = await _server.GetAsync($"/discovery/runs/{lying.Run}/results{query}");
        Assert.Equal((HttpStatusCode.Conflict, "results_in_files"), (refused.Status, refused.Json.GetProperty("code").GetString()));
        Assert.Contains("clustered_only=true", refused.Json.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/discovery/runs/{run}/excluded")]
    [InlineData("/discovery/runs/{run}/score")]
    [InlineData("/vo/runs/{run}/cone?RA=10&DEC=10&SR=5")]
    [InlineData("/discovery/compare/{run}/{other}/stars")]
    [InlineData("/discovery/compare/{run}/{other}/stars?format=csv")]
    public async Task What_needs_all_stars_is_a_conflict(string path)
    {
        path = path.Replace("{run}", $"{lying.Run}", StringComparison.Ordinal)
            .Replace("{other}", $"{lying.Other}", StringComparison.Ordinal);
        var answer = await _server.GetAsync(path);
        Assert.Equal((HttpStatusCode.Conflict, "results_in_files"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Two_runs_are_compared_and_their_clusters_recognised()
    {
        var found = (
            await _server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{lying.Run}}", "run_2_id": "{{lying.Other}}"}""")
        ).Json;
        var (common, only) = (found.GetProperty("common_count").GetInt32(), found.GetProperty("only_in_run_1_count").GetInt32());
        Assert.Equal(found.GetProperty("run_1_count").GetInt32(), common + only);
        Assert.Equal(Math.Min(100_000, common), found.GetProperty("common_star_ids").GetArrayLength());
        Assert.Contains(
            found.GetProperty("clusters").EnumerateArray(),
            c => c.GetProperty("cluster_1").GetInt32() == -1 && c.GetProperty("cluster_2").GetInt32() == -1
        );
        Assert.True(found.GetProperty("agreement").GetProperty("adjusted_rand_index").GetDouble() > 0.5);
    }

    [Fact]
    public async Task Distances_by_which_eps_is_chosen_are_drawn_out_of_the_files()
    {
        var chart = await _server.GetAsync("/discovery/k-distance/chart?dataset=lying&features=astrometric&format=svg");
        Assert.Equal(HttpStatusCode.OK, chart.Status);
        Assert.Contains("lying", chart.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_say_that_members_alone_are_drawn()
    {
        foreach (var cluster in new[] { "", "&cluster=0" })
        {
            var chart = await _server.GetAsync($"/discovery/runs/{lying.Run}/chart?format=svg{cluster}");
            Assert.Equal(HttpStatusCode.OK, chart.Status);
            var words = System.Text.RegularExpressions.Regex.Replace(chart.Text, "<[^>]*>", " ");
            Assert.Contains("Only members of clusters are drawn", words, StringComparison.Ordinal);
            Assert.DoesNotContain("other stars", words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Queries_find_members_and_clusters_and_the_sky_is_that_of_all_stars()
    {
        Task<Answer> AskAsync(string query) =>
            _server.GetAsync($"/vo/tap/sync?REQUEST=doQuery&LANG=ADQL&FORMAT=csv&QUERY={Uri.EscapeDataString(query)}");
        Assert.Contains(
            $"{lying.Run},1",
            (await AskAsync("select run_id, results_in_files from almagest.runs")).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\n2",
            (await AskAsync($"select count(*) as n from almagest.discovery_clusters where run_id = '{lying.Run}'")).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(
            (await AskAsync($"select noise_count as n from almagest.runs where run_id = '{lying.Run}'")).Text,
            (
                await AskAsync(
                    $"select total_stars - count(*) as n from almagest.runs join almagest.results using (run_id) "
                        + $"where run_id = '{lying.Run}' group by total_stars"
                )
            ).Text
        );
        Assert.Equal(
            (await _server.GetAsync("/vo/datasets/lying/moc?format=ascii")).Text,
            (await _server.GetAsync($"/vo/runs/{lying.Run}/moc?format=ascii")).Text
        );
    }

    /// <summary>A server with a catalogue in a file, two clumps in a field, and two runs over it.</summary>
    public sealed class Lying : IAsyncLifetime
    {
        public const int Stars = 600;

        private readonly TestFolder _folder = TestFolder.Create("lying-clusters");

        public TestServer Server { get; private set; } = null!;

        public Guid Run { get; private set; }

        public Guid Other { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await AccessServer.StartAsync();
            var file = Path.Combine(_folder.Path, "sky.parquet");
            var random = new Random(5);
            double Near(double middle, double spread) => middle + spread * (random.NextDouble() - 0.5);
            object?[][] rows =
            [
                .. Enumerable
                    .Range(0, Stars)
                    .Select(i =>
                    {
                        var (clump, spread) = (i % 3 == 0 ? -8 : 8, i % 3 == 2 ? 40 : 1);
                        return (object?[])
                            [
                                4_000_000_000_000_000_000 + i,
                                Near(60, 20),
                                Near(10, 20),
                                i % 3 == 2 ? 2 + 8 * random.NextDouble() : Near(6, 0.2),
                                0.02,
                                Near(i % 3 == 2 ? 0 : clump, spread),
                                Near(i % 3 == 2 ? 0 : clump, spread),
                                10 + 6 * random.NextDouble(),
                                2 * random.NextDouble(),
                            ];
                    }),
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
            await new CatalogIngestor(Server.Ledger).IngestAsync([file], new IngestOptions { DatasetName = "lying", InPlace = true });
            Run = await RunAsync(0.2);
            Other = await RunAsync(0.16);
            await Eventually.HoldsAsync(async () => (await new ViewStatusReader(Server.Ledger).ReadAsync()).All(v => !v.Lags));
        }

        private async Task<Guid> RunAsync(double eps)
        {
            var dbscan = Algorithms
                .Find("dbscan")!
                .Read(FormattableString.Invariant($$"""{"features": "astrometric", "eps": {{eps}}, "min_samples": 10, "draws": 0}"""));
            return (await new DiscoveryService(Server.Ledger).RunAsync(new RunRequest("lying", StarFilter.All, dbscan))).RunId!.Value;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _folder.Dispose();
        }
    }
}
