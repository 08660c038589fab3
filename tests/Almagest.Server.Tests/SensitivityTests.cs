using System.Net;
using System.Text.Json;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Runs that differ in one parameter; and that an answer has the same rows as JSON and as a table.</summary>
public sealed class SensitivityTests : IAsyncLifetime
{
    private const string Root = "/analytics/discovery";
    private readonly List<Guid> _runs = [];
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        var dataset = await _server.LoadAsync("known", 8);
        var stars = await _server.StarIdsAsync(dataset.DatasetId);
        var repository = new RunRepository(_server.Ledger);
        var faint = StarFilter.FromJson("""{"magnitude": {"min": 1}}""");
        // The third differs from the first in its seed alone, from the second in the contamination too; the fourth in two parameters; the
        // fifth in the selection.
        foreach (
            var (parameters, filter, flagged) in new[]
            {
                (new IsolationForestParameters(), StarFilter.All, 2),
                (new IsolationForestParameters { Contamination = 0.1 }, StarFilter.All, 4),
                (new IsolationForestParameters { RandomState = 7 }, StarFilter.All, 3),
                (new IsolationForestParameters { Contamination = 0.2, NEstimators = 50 }, StarFilter.All, 1),
                (new IsolationForestParameters { Contamination = 0.1 }, faint, 4),
            }
        )
        {
            var run = await repository.CreateAsync(dataset.DatasetId, parameters, filter);
            await using var completion = await repository.BeginCompletionAsync(run.RunId);
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - flagged + 0.5)]);
            await completion.MarkCompleteAsync(stars.Length, null);
            await completion.CommitAsync();
            _runs.Add(run.RunId);
        }
        await new ViewRefresher(_server.Ledger).RefreshPendingAsync();
    }

    [Fact]
    public async Task Pairs_that_differ_in_one_parameter_are_answered_most_similar_first_with_its_values()
    {
        var rows = (await _server.GetAsync($"{Root}/sensitivity")).Json.EnumerateArray().ToList();
        JsonAssert.Fields(
            rows[0],
            "run_1_id run_2_id parameter value_1 value_2 run_1_count run_2_count overlap_count jaccard_similarity last_updated"
        );
        Assert.Equal(
            [(_runs[1], _runs[2]), (_runs[0], _runs[1])],
            rows.Select(r => (r.GetProperty("run_1_id").GetGuid(), r.GetProperty("run_2_id").GetGuid()))
        );
        Assert.All(rows, r => Assert.Equal("contamination", r.GetProperty("parameter").GetString()));
        Assert.Equal((0.1, 0.05), (rows[0].GetProperty("value_1").GetDouble(), rows[0].GetProperty("value_2").GetDouble()));
        Assert.Equal(
            (4, 3, 3, 0.75),
            (
                rows[0].GetProperty("run_1_count").GetInt32(),
                rows[0].GetProperty("run_2_count").GetInt32(),
                rows[0].GetProperty("overlap_count").GetInt32(),
                rows[0].GetProperty("jaccard_similarity").GetDouble()
            )
        );
    }

    [Fact]
    public async Task They_can_be_asked_of_one_run_of_one_parameter_and_in_another_order()
    {
        Assert.Equal(1, (await _server.GetAsync($"{Root}/sensitivity?run_id={_runs[0]}")).Json.GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync($"{Root}/sensitivity?run_id={_runs[3]}")).Json.GetArrayLength());
        Assert.Equal(2, (await _server.GetAsync($"{Root}/sensitivity?parameter=contamination")).Json.GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync($"{Root}/sensitivity?parameter=n_estimators")).Json.GetArrayLength());
        Assert.Equal(1, (await _server.GetAsync($"{Root}/sensitivity?sort=last_updated&limit=1")).Json.GetArrayLength());
        JsonAssert.Problem(await _server.GetAsync($"{Root}/sensitivity?run_id={Guid.NewGuid()}"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"{Root}/sensitivity?sort=parameter"), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("overlaps?min_similarity=0.2&limit=3")]
    [InlineData("overlaps?run_id={run}&limit=500")]
    [InlineData("stats?run_type=anomaly&limit=2")]
    [InlineData("timeline?period_type=month&limit=5")]
    [InlineData("coverage?min_runs=1&sort=flags&limit=4")]
    [InlineData("parameters?sort=mean_similarity&limit=3")]
    [InlineData("sensitivity?run_id={run}&limit=9")]
    public async Task A_table_has_the_rows_of_the_JSON_answer_in_its_order(string question)
    {
        var url = $"{Root}/{question.Replace("{run}", _runs[1].ToString(), StringComparison.Ordinal)}";
        var rows = (await _server.GetAsync(url)).Json.EnumerateArray().ToList();
        var table = (await _server.GetAsync($"{url}&format=json")).Json;
        var names = table.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString()!).ToList();
        Assert.NotEmpty(rows);
        // Arrays and JSON are text in a table.
        Assert.Equal(
            rows.Select(r => string.Join(" | ", names.Select(n => Text(r.GetProperty(n))))),
            table
                .GetProperty("rows")
                .EnumerateArray()
                .Select(r => string.Join(" | ", names.Select((n, i) => Text(r.ValueKind == JsonValueKind.Array ? r[i] : r.GetProperty(n)))))
        );
    }

    [Fact]
    public async Task A_table_of_a_run_that_does_not_exist_is_refused_as_the_JSON_answer_is() =>
        JsonAssert.Problem(await _server.GetAsync($"{Root}/overlaps?run_id={Guid.NewGuid()}&format=csv"), HttpStatusCode.NotFound);

    private static string Text(JsonElement value) =>
        (value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).Replace(" ", "", StringComparison.Ordinal);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
