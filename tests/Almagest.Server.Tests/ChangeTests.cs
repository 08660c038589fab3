using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>What changed between two tables of the same 12 stars, over HTTP: run 1 flags the 1st to 4th, run 2 the 3rd to 6th.</summary>
public sealed class ChangeTests
{
    [Fact]
    public async Task New_and_gone_flags_are_answered_with_the_runs_and_as_tables()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        var (run1, run2) = (await RunAsync(server, "one", [0, 1, 2, 3]), await RunAsync(server, "two", [2, 3, 4, 5]));

        var answer = (
            await server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{run1}}", "run_2_id": "{{run2}}", "by_source_id": true}""")
        ).Json;
        Assert.Equal((4, 4, 2, 2, 2), Counts(answer));
        var changes = answer.GetProperty("changes");
        JsonAssert.Fields(
            changes,
            """
            run_1_id run_2_id dataset_1 dataset_2 pairing analysed_by_both flagged_1 flagged_2 kept new gone expected_by_chance
            jaccard_similarity kappa causes_told why_not_told new_causes gone_causes notes
            """
        );
        Assert.Equal("source_id", changes.GetProperty("pairing").GetProperty("by").GetString());
        // Made results have no detector that could be fitted again.
        Assert.False(changes.GetProperty("causes_told").GetBoolean());
        Assert.Equal(2, changes.GetProperty("new_causes").GetProperty("runs_differ").GetInt32());

        var path = $"/discovery/compare/{run1}/{run2}/changes";
        var page = (await server.GetAsync($"{path}?change=new&limit=1")).Json;
        Assert.Equal((2, true), (page.GetProperty("total").GetInt32(), page.GetProperty("truncated").GetBoolean()));
        Assert.Equal("new", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("change").GetString());
        Assert.Equal(5, (await server.GetAsync($"{path}?format=csv")).Text.Trim().Split('\n').Length);
        JsonAssert.Problem(await server.GetAsync($"{path}?change=new&limit=1&format=csv"), HttpStatusCode.BadRequest, "limit");
        JsonAssert.Problem(await server.GetAsync($"{path}?cause=weather"), HttpStatusCode.BadRequest, "cause");
        JsonAssert.Problem(await server.GetAsync($"{path}?match_id=9"), HttpStatusCode.NotFound);
        JsonAssert.Problem(
            await server.PostAsync(
                "/discovery/compare",
                $$"""{"run_ids": ["{{run1}}", "{{await RunAsync(server, "one", [1])}}"], "match_id": 1}"""
            ),
            HttpStatusCode.BadRequest,
            "match_id"
        );
    }

    [Fact]
    public async Task Two_tables_are_compared_and_written()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync("one", 12);
        await server.LoadAsync("two", 10);
        await server.LoadAsync("field-gaiadr2", 9);
        await server.LoadAsync("field-gaiadr3", 8);

        var found = (await server.GetAsync("/datasets/one/compare/two?by_source_id=true&epoch_1=2015.5&epoch_2=2016")).Json;
        JsonAssert.Fields(
            found,
            """
            dataset_1 dataset_2 stars_1 stars_2 epoch_1 epoch_2 positions_carried pairing only_1 only_2 quantities columns_1 columns_2 notes
            """
        );
        Assert.Equal(10, found.GetProperty("pairing").GetProperty("pairs").GetInt32());
        Assert.Equal((2015.5, true), (found.GetProperty("epoch_1").GetDouble(), found.GetProperty("positions_carried").GetBoolean()));
        var rows = (await server.GetAsync("/datasets/one/compare/two?by_source_id=true&format=csv&table=stars")).Text.Trim().Split('\n');
        Assert.Equal(13, rows.Length);
        var refused = await server.GetAsync("/datasets/field-gaiadr2/compare/field-gaiadr3");
        JsonAssert.Problem(refused, HttpStatusCode.Conflict);
        Assert.Equal("stars_not_matched", refused.Json.GetProperty("code").GetString());
        Assert.Contains("by_source_id=true", refused.Json.GetProperty("hint").GetString(), StringComparison.Ordinal);
        JsonAssert.Problem(await server.GetAsync("/datasets/one/compare/nowhere"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await server.GetAsync("/datasets/one/compare/two?epoch_1=soon"), HttpStatusCode.BadRequest, "epoch_1");
        JsonAssert.Problem(await server.GetAsync("/datasets/one/compare/two?table=stars"), HttpStatusCode.BadRequest, "table");
    }

    [Fact]
    public async Task Pages_show_the_changed_flags_with_links_to_their_tables_and_the_two_tables_side_by_side()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        var (run1, run2) = (await RunAsync(server, "one", [0, 1, 2, 3]), await RunAsync(server, "two", [2, 3, 4, 5]));

        var flags = await server.GetAsync($"/compare?runs={run1},{run2}&by_source_id=true&change=new");
        Assert.Equal(HttpStatusCode.OK, flags.Status);
        Assert.Contains("From one to two: what changed", flags.Text, StringComparison.Ordinal);
        Assert.Contains("Changed flags: 2", flags.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"discovery/compare/{run1}/{run2}/changes?format=fits&amp;change=new&amp;by_source_id=true",
            flags.Text,
            StringComparison.Ordinal
        );
        var tables = await server.GetAsync("/compare/datasets?a=one&b=two&by_source_id=true");
        Assert.Equal(HttpStatusCode.OK, tables.Status);
        Assert.Contains("12 stars are the same, by equal ids.", tables.Text, StringComparison.Ordinal);
        Assert.Contains("datasets/one/compare/two?table=stars&amp;format=csv&amp;by_source_id=true", tables.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/compare/datasets?a=one&b=one")).Status);
    }

    private static (int, int, int, int, int) Counts(System.Text.Json.JsonElement answer)
    {
        int Of(string name) => answer.GetProperty(name).GetInt32();
        return (Of("run_1_count"), Of("run_2_count"), Of("common_count"), Of("only_in_run_1_count"), Of("only_in_run_2_count"));
    }

    private static async Task<Guid> RunAsync(TestServer server, string name, int[] flagged)
    {
        var known = (await new Ledger.Datasets.DatasetRepository(server.Ledger).ListAsync()).FirstOrDefault(d => d.Name == name);
        var dataset = known ?? await server.LoadAsync(name, 12);
        var stars = await server.StarIdsAsync(dataset.DatasetId);
        var runs = new RunRepository(server.Ledger);
        var run = await runs.CreateAsync(dataset.DatasetId, new IsolationForestParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => flagged.Contains(i) ? -0.4 + i * 0.05 : 0.1 + i * 0.01)]);
        await completion.MarkCompleteAsync(stars.Length, null);
        await completion.CommitAsync();
        return run.RunId;
    }
}
