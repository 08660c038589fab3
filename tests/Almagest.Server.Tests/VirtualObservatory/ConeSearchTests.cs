using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>Simple Cone Search, rule by rule of its recommendation.</summary>
public sealed class ConeSearchTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private async Task<VoTable> AskAsync(string path)
    {
        var answer = await _server.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "application/x-votable+xml"), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        return new VoTable(answer.Text);
    }

    [Fact]
    public async Task Stars_in_the_cone_are_answered_and_unknown_parameters_mean_nothing()
    {
        var all = await AskAsync("/vo/datasets/known/cone?RA=120&DEC=10&SR=180");
        Assert.Equal(12, all.Rows.Count);
        var some = await AskAsync("/vo/datasets/known/cone?ra=120.5&dec=10.5&sr=2&colour=red");
        Assert.Equal(
            all.Rows.Where(r => Almagest.Sky.SkyCoordinates.SeparationDeg(Number(r["ra_deg"]), Number(r["dec_deg"]), 120.5, 10.5) <= 2)
                .Select(r => r["source_id"])
                .Order(),
            some.Rows.Select(r => r["source_id"]).Order()
        );
        Assert.InRange(some.Rows.Count, 1, 11);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Exactly_one_column_each_has_the_three_names_that_clients_look_for(int verbosity)
    {
        var table = await AskAsync($"/vo/datasets/known/cone?RA=120&DEC=10&SR=1&VERB={verbosity}");
        foreach (var (ucd, type) in new[] { ("ID_MAIN", "char"), ("POS_EQ_RA_MAIN", "double"), ("POS_EQ_DEC_MAIN", "double") })
            Assert.Equal(type, Assert.Single(table.Fields.Values, f => f.GetValueOrDefault("ucd") == ucd)["datatype"]);
        Assert.Equal(verbosity > 1, table.Fields.ContainsKey("magnitude"));
        Assert.Equal(verbosity > 2, table.Fields.ContainsKey("remark"));
    }

    [Fact]
    public async Task A_radius_of_0_answers_the_columns_and_no_rows()
    {
        var table = await AskAsync("/vo/datasets/known/cone?RA=120&DEC=10&SR=0");
        Assert.Equal((1, 0, "OK"), (table.Tables, table.Rows.Count, string.Join(' ', table.Status)));
        Assert.NotEmpty(table.Fields);
    }

    [Fact]
    public async Task A_run_answers_what_it_says_of_its_stars()
    {
        var table = await AskAsync($"/vo/runs/{known.RunA}/cone?RA=120&DEC=10&SR=180");
        Assert.Equal(4, table.Rows.Count(r => r["is_anomaly"] == "1"));
        Assert.Equal(12, table.Rows.Count);
        var clusters = (await AskAsync($"/vo/runs/{known.Clusters}/cone?RA=0&DEC=0&SR=180"))
            .Rows.CountBy(r => r["cluster_id"])
            .ToDictionary();
        Assert.Equal((5, 3), (clusters["1"], clusters["0"]));
        Assert.Equal(4, clusters["-1"]);
    }

    [Theory]
    [InlineData("RA=120&DEC=10", "SR is missing")]
    [InlineData("DEC=10&SR=1", "RA is missing")]
    [InlineData("RA=12h&DEC=10&SR=1", "RA is '12h'")]
    [InlineData("RA=1&DEC=100&SR=1", "DEC is '100'")]
    [InlineData("RA=1&DEC=1&SR=-1", "SR is '-1'")]
    [InlineData("RA=1&DEC=1&SR=1&VERB=4", "VERB is '4'")]
    [InlineData("RA=1&RA=2&DEC=1&SR=1", "RA is given 2 times")]
    public async Task Mistakes_are_an_INFO_named_Error_with_status_200_and_no_table(string query, string message)
    {
        var table = await AskAsync($"/vo/datasets/known/cone?{query}");
        Assert.Equal(0, table.Tables);
        var info = Assert.Single(table.Infos);
        Assert.Equal("Error", info.Name);
        Assert.Contains(message, info.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_not_complete_is_a_mistake_of_the_protocol_s_own() =>
        Assert.Contains(
            "is pending",
            Assert.Single((await AskAsync($"/vo/runs/{known.Pending}/cone?RA=1&DEC=1&SR=1")).Infos).Value,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_run_over_several_datasets_answers_the_stars_of_all_of_them()
    {
        await using var own = await TestServer.StartAsync(o => o with { Workers = 0 });
        var (first, second) = (await own.LoadAsync("first", 6), await own.LoadAsync("second", 9));
        long[] stars = [.. await own.StarIdsAsync(first.DatasetId), .. await own.StarIdsAsync(second.DatasetId)];
        var runs = new RunRepository(own.Ledger);
        var run = (
            await runs.CreateAsync(first.DatasetId, new IsolationForestParameters(), new StarFilter { AlsoDatasets = [second.DatasetId] })
        ).RunId;
        await using (var completion = await runs.BeginCompletionAsync(run))
        {
            await completion.SaveAnomaliesAsync(stars, stars.Select((_, i) => i == 0 ? -0.1 : 0.1).ToArray());
            await completion.MarkCompleteAsync(15, "{}");
            await completion.CommitAsync();
        }
        foreach (var verbosity in new[] { 1, 3 })
        {
            var answer = (await own.GetAsync($"/vo/runs/{run}/cone?RA=1&DEC=1&SR=180&VERB={verbosity}")).Text;
            Assert.True(new VoTable(answer).Rows.Count == 15, answer);
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/vo/datasets/none/cone?RA=1&DEC=1&SR=1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync($"/vo/runs/{Guid.NewGuid()}/cone?RA=1&DEC=1&SR=1")).Status);
    }
}
