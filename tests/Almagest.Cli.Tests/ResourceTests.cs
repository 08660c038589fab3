using System.Text;
using System.Text.Json;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>A resource is one record: what the API answers and what the command line prints of the same thing have the same names and
/// values.</summary>
public sealed class ResourceTests(ResourceLedger ledger) : IClassFixture<ResourceLedger>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <param name="request">method, path and body of the API; <c>#field</c> at the end of the path takes a part of the answer</param>
    /// <param name="command">the command that prints the same; <c>#field</c> at its end takes a part of the document</param>
    /// <param name="more">fields that the command line has besides</param>
    /// <param name="passing">fields that tell how long something takes or is ago</param>
    [Theory]
    [InlineData("GET /discovery/runs/{a}", "runs show {a}", "tags run_notes top_anomalies clusters")]
    [InlineData("GET /discovery/runs/{c}", "runs show {c}", "tags run_notes top_anomalies clusters")]
    [InlineData("GET /discovery/runs?limit=3", "runs list --limit 3")]
    [InlineData("GET /discovery/runs/{a}/tags", "runs tag {a}")]
    [InlineData("GET /discovery/runs/{a}/tags#tags", "runs show {a}#tags")]
    [InlineData("GET /discovery/runs/{a}/notes", "runs note {a}")]
    [InlineData("GET /discovery/runs/{a}/notes#notes", "runs show {a}#run_notes")]
    [InlineData("GET /discovery/runs/{b}/explain/{star}", "runs explain {b} {star} --by star_id")]
    [InlineData("POST /discovery/runs/{a}/replay", "runs replay {a}")]
    [InlineData("GET /discovery/runs/{a}/score?labels=eye", "runs score {a} --labels eye")]
    [InlineData("GET /discovery/runs/{c}/score", "runs score {c}")]
    [InlineData("GET /discovery/runs/{c}/score?labels=eye", "runs score {c} --labels eye")]
    [InlineData(
        """POST /discovery/runs/{a}/recovery {"contrasts": [0, 3], "repetitions": 1}""",
        "runs recovery {a} --contrasts 0,3 --repetitions 1",
        "",
        "seconds"
    )]
    [InlineData("GET /datasets", "datasets list")]
    [InlineData("GET /datasets/second", "datasets show second")]
    [InlineData(
        """POST /discovery/compare {"run_1_id": "{a}", "run_2_id": "{b}", "limit": 7}""",
        "runs compare {a} {b} --top 7",
        "side stars"
    )]
    [InlineData("""POST /discovery/compare {"run_1_id": "{c}", "run_2_id": "{d}", "limit": 10}""", "runs compare {c} {d}", "side stars")]
    [InlineData("""POST /discovery/compare {"run_ids": ["{a}", "{b}", "{c}"]}""", "runs compare {a} {b} {c}")]
    [InlineData("GET /discovery/compare/{a}/{b}/stars?side=only_2&limit=5#items", "runs compare {a} {b} --stars only-b --top 5#stars")]
    [InlineData("GET /analytics/discovery/overlaps/significance?run_ids={a},{b}", "runs matrix {a} {b}")]
    [InlineData("GET /analytics/discovery/consensus?run_ids={a},{b}&limit=20", "consensus {a} {b}")]
    [InlineData(
        """POST /discovery/clusters/identity {"run_ids": ["{c}", "{d}"], "members": 3}""",
        "runs clusters {c} {d} --top 100 --members 3"
    )]
    [InlineData("""POST /discovery/k-distance {"dataset": "sky", "min_samples": 8}""", "discover k-distance --dataset sky --min-samples 8")]
    [InlineData("GET /crossmatches", "links list")]
    [InlineData("GET /crossmatches/{match}/compare?run_1_id={a}&run_2_id={e}", "links compare {match} {a} {e}")]
    [InlineData("GET /analytics/discovery/views", "views status#views", "", "age_seconds size_bytes")]
    [InlineData("GET /operations/jobs", "views status#jobs")]
    [InlineData("POST /analytics/discovery/refresh-views", "views refresh", "", "message duration_ms")]
    public async Task The_api_and_the_command_line_say_the_same(string request, string command, string more = "", string passing = "")
    {
        var api = await AskAsync(request);
        var parts = command.Split('#');
        var printed = Part((await ledger.RunAsync(parts[0])).Ok().Json, parts.ElementAtOrDefault(1));
        Same(api, printed, more, passing);
    }

    /// <summary>Some commands make what the API then gives.</summary>
    /// <param name="made">what was made, and a part of what its command printed</param>
    [Theory]
    [InlineData("GET /discovery/sweeps/{sweep}", "sweep", "items")]
    [InlineData("GET /discovery/runs?group_id={sweep}&sort=created#items", "sweep#items")]
    [InlineData("GET /crossmatches/{match}", "match", "moved_1 moved_2 timings")]
    [InlineData("GET /datasets/sky/labels?label_set=eye#items.0", "label", "replaced")]
    [InlineData("GET /datasets/second", "ingest#dataset", "", "run_count", "rejected_rows waiting")]
    [InlineData("GET /datasets/second#rejected_rows", "ingest#rejected_rows")]
    [InlineData(
        "GET /discovery/runs/{d}",
        "d",
        "saved top_anomalies clusters features_chosen imputed notes timings quality",
        "",
        "selection_hash results_summary status is_complete error random_seed program_version created_at started_at started_by "
            + "completed_at results_hash results_hash_version retry_of group_id "
            + "stage percent attempts heartbeat_at cancel_requested_at results_in_files"
    )]
    [InlineData("GET /discovery/runs/{d}#results_summary.features.imputed", "d#imputed")]
    [InlineData("GET /discovery/runs/{d}#results_summary.notes", "d#notes")]
    public async Task What_a_command_makes_it_prints_as_the_api_gives_it(
        string request,
        string made,
        string more = "",
        string passing = "",
        string less = ""
    )
    {
        var parts = made.Split('#');
        Same(await AskAsync(request), Part(ledger.Made[parts[0]], parts.ElementAtOrDefault(1)), more, passing, less);
    }

    [Theory]
    [InlineData("""{"a": 1}""", """{"a": 2}""")]
    [InlineData("""{"a": 1}""", """{"b": 1}""")]
    [InlineData("""{"a": 1}""", """{"a": 1, "b": 1}""")]
    [InlineData("""{"a": [{"b": "1"}]}""", """{"a": [{"b": 1}]}""")]
    [InlineData("""[1, 2]""", """[1]""")]
    [InlineData("""{"a": null}""", """{}""")]
    public void The_comparison_sees_a_difference(string api, string printed) =>
        Assert.NotNull(Difference(JsonElement.Parse(api), JsonElement.Parse(printed), [], [], [], ""));

    private static void Same(JsonElement api, JsonElement printed, string more, string passing, string less = "") =>
        Assert.Null(
            Difference(api, printed, more.Split(' ', StringSplitOptions.RemoveEmptyEntries), passing.Split(' '), less.Split(' '), "")
        );

    /// <summary>The first place where the two are not the same; null where there is none. Only at the top may one have more
    /// fields.</summary>
    private static string? Difference(JsonElement api, JsonElement printed, string[] more, string[] passing, string[] less, string path)
    {
        if (api.ValueKind != printed.ValueKind)
            return $"{path}: {api} and {printed}";
        switch (api.ValueKind)
        {
            case JsonValueKind.Object:
                var (names, own) = (Names(api).Except(less).Order().ToList(), Names(printed).Except(more).Order().ToList());
                if (!names.SequenceEqual(own))
                    return $"{path}: the API has {string.Join(' ', names.Except(own))}, the command line "
                        + $"{string.Join(' ', own.Except(names))}";
                if (more.Except(Names(printed)).FirstOrDefault() is { } missing)
                    return $"{path}: the command line has no {missing}";
                return names
                    .Except(passing)
                    .Select(n => Difference(api.GetProperty(n), printed.GetProperty(n), [], passing, [], $"{path}.{n}"))
                    .FirstOrDefault(d => d is not null);
            case JsonValueKind.Array:
                if (api.GetArrayLength() != printed.GetArrayLength())
                    return $"{path}: {api.GetArrayLength()} and {printed.GetArrayLength()} elements";
                return api.EnumerateArray()
                    .Zip(printed.EnumerateArray())
                    .Select((e, i) => Difference(e.First, e.Second, [], passing, [], $"{path}[{i}]"))
                    .FirstOrDefault(d => d is not null);
            default:
                return JsonElement.DeepEquals(api, printed) ? null : $"{path}: {api} and {printed}";
        }
    }

    private static IEnumerable<string> Names(JsonElement value) => value.EnumerateObject().Select(p => p.Name);

    /// <summary>A part of a document, such as <c>items.0</c>; the whole where none is named.</summary>
    private static JsonElement Part(JsonElement document, string? path) =>
        (path?.Split('.') ?? []).Aggregate(
            document,
            (d, name) => d.ValueKind == JsonValueKind.Array ? d[int.Parse(name)] : d.GetProperty(name)
        );

    private async Task<JsonElement> AskAsync(string request)
    {
        var words = ledger.Named(request).Split(' ', 3);
        var (address, part) = words[1].Split('#') is [var all, var some] ? (all, some) : (words[1], null);
        using var message = new HttpRequestMessage(new HttpMethod(words[0]), address);
        if (words.Length > 2)
            message.Content = new StringContent(words[2], Encoding.UTF8, "application/json");
        using var answer = await ledger.Client.SendAsync(message, CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return Part(JsonElement.Parse(text), part);
    }
}
