using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>The description of the API tells the truth, and its pages need no network.</summary>
public sealed partial class ApiDocumentTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    [GeneratedRegex("""(?:src|href)\s*=\s*["'](?<url>[^"']+)["']""")]
    private static partial Regex Loads { get; }

    [Fact]
    public async Task Every_route_is_described_with_its_parameters_answers_and_problems()
    {
        var document = (await _server.GetAsync("/openapi/v1.json")).Json;
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var routes = _server
            .App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<RouteParameters>() is not null)
            .ToList();
        Assert.True(routes.Count >= 20);
        foreach (var route in routes)
        {
            var method = Assert.Single(route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods);
            Assert.True(
                document.GetProperty("paths").TryGetProperty(route.RoutePattern.RawText!.TrimEnd('/'), out var path),
                $"{route.RoutePattern.RawText} is not described"
            );
            var operation = path.GetProperty(method.ToLowerInvariant());
            Assert.NotEqual("", operation.GetProperty("summary").GetString());
            var described = operation.TryGetProperty("parameters", out var list)
                ? list.EnumerateArray().Select(p => p.GetProperty("name").GetString()!)
                : [];
            Assert.Equal(route.Metadata.GetRequiredMetadata<RouteParameters>().All.Select(p => p.Name), described);
            var statuses = operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
            Assert.Contains(statuses, s => s.StartsWith('2'));
            Assert.Contains("503", statuses);
        }
    }

    [Fact]
    public async Task Open_JSON_is_described_as_what_it_may_be()
    {
        var schemas = (await _server.GetAsync("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        JsonElement Property(string schema, string name) => schemas.GetProperty(schema).GetProperty("properties").GetProperty(name);

        // A contamination is a number, a recipe a text.
        Assert.False(Property("Sensitivity", "value_1").TryGetProperty("type", out _));
        Assert.False(Property("Sensitivity", "value_2").TryGetProperty("type", out _));
        foreach (var (schema, name) in (IReadOnlyList<(string, string)>)[("Star", "extra"), ("StarDetail", "extra"), ("Watch", "region")])
            Assert.Equal(
                ["null", "object"],
                Property(schema, name).GetProperty("type").EnumerateArray().Select(t => t.GetString()).Order()
            );
        Assert.Equal("object", Property("Run", "parameters").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Tables_in_JSON_say_which_texts_are_times_JSON_or_whole_numbers()
    {
        async Task<Dictionary<string, string?>> TypesAsync(string path) =>
            (await _server.GetAsync(path))
                .Json.GetProperty("columns")
                .EnumerateArray()
                .ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("xtype").GetString());

        var view = await TypesAsync("/analytics/discovery/views/mv_star_anomaly_frequency?format=json");
        var stats = await TypesAsync("/analytics/discovery/stats?format=json");

        Assert.Equal(("json", "timestamp", null), (view["run_ids"], view["last_updated"], view["star_id"]));
        Assert.Equal(("json", "timestamp", null), (stats["parameters_json"], stats["created_at"], stats["run_type"]));
    }

    [Fact]
    public async Task Runs_of_an_algorithm_that_there_is_not_are_refused_and_not_none()
    {
        var problem = JsonAssert.Problem(await _server.GetAsync("/discovery/runs?algorithm=dbscn"), HttpStatusCode.BadRequest);

        Assert.Equal("There is no algorithm 'dbscn'.", problem.GetProperty("detail").GetString());
    }

    /// <summary>What public linters ask of a description.</summary>
    [Fact]
    public async Task Every_operation_says_who_may_ask_and_every_list_what_it_holds()
    {
        var document = (await _server.GetAsync("/openapi/v1.json")).Json;
        var open = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("security", out var security), name);
                var statuses = operation.Value.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
                if (security.GetArrayLength() > 0)
                    Assert.True(statuses.Contains("401") && statuses.Contains("403"), name);
                else
                    open++;
            }
        }
        Assert.Equal(4, open);
        RequireItems(document, "");
        var tags = document.GetProperty("tags").EnumerateArray().ToList();
        Assert.All(tags, t => Assert.NotEqual("", t.GetProperty("description").GetString()));
        var used = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject())
            .SelectMany(o => o.Value.GetProperty("tags").EnumerateArray())
            .Select(t => t.GetString())
            .Distinct();
        Assert.Equal(tags.Select(t => t.GetProperty("name").GetString()).Order(), used.Order());
    }

    private static void RequireItems(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                RequireItems(item, path);
            return;
        }
        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "array")
            Assert.True(element.TryGetProperty("items", out _), path);
        foreach (var property in element.EnumerateObject())
            RequireItems(property.Value, $"{path}/{property.Name}");
    }

    [Theory]
    [InlineData("/analytics/discovery/stats", "run_type limit format", "limit", 1, 1000, 100)]
    [InlineData("/analytics/discovery/overlaps", "run_id min_similarity limit format", "limit", 1, 500, 50)]
    [InlineData("/analytics/discovery/timeline", "period_type run_type limit format", "limit", 1, 365, 52)]
    [InlineData(
        "/discovery/runs/{run_id}/results",
        "run_id anomalies_only clustered_only cluster_id select order limit after format",
        "limit",
        1,
        10000,
        100
    )]
    public async Task Ranges_and_defaults_are_those_of_the_contract(
        string path,
        string parameters,
        string name,
        int least,
        int most,
        int standard
    )
    {
        var operation = (await _server.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").GetProperty(path).GetProperty("get");
        var all = operation.GetProperty("parameters").EnumerateArray().ToList();
        Assert.Equal(parameters.Split(' '), all.Select(p => p.GetProperty("name").GetString()));
        var schema = all.Single(p => p.GetProperty("name").GetString() == name).GetProperty("schema");
        Assert.Equal(
            (least, most, standard),
            (schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32(), schema.GetProperty("default").GetInt32())
        );
    }

    [Fact]
    public async Task Schemas_have_the_columns_of_the_answers_and_say_what_they_mean()
    {
        var schemas = (await _server.GetAsync("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        var stats = schemas.GetProperty("RunStats").GetProperty("properties");
        var answered = (await _server.GetAsync("/analytics/discovery/stats?limit=1")).Json[0];
        Assert.Equal(answered.EnumerateObject().Select(p => p.Name), stats.EnumerateObject().Select(p => p.Name));
        Assert.Equal("object", stats.GetProperty("parameters_json").GetProperty("type").GetString());
        Assert.Equal("integer", stats.GetProperty("anomaly_count").GetProperty("type").GetString());
        Assert.Contains(
            "per hundred",
            stats.GetProperty("anomaly_percentage").GetProperty("description").GetString(),
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            JsonValueKind.False,
            schemas.GetProperty("ResultsSummary").TryGetProperty("additionalProperties", out var others)
                ? others.ValueKind
                : JsonValueKind.True
        );
        Assert.Equal(
            ["type", "title", "status", "code", "detail", "hint", "errors", "facts", "instance", "request_id"],
            schemas.GetProperty("Problem").GetProperty("properties").EnumerateObject().Select(p => p.Name)
        );
    }

    [Fact]
    public async Task Every_parameter_of_a_path_is_declared_and_every_answer_says_what_it_is()
    {
        var document = (await _server.GetAsync("/openapi/v1.json")).Json;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                IEnumerable<string> declared = operation.Value.TryGetProperty("parameters", out var list)
                    ? list.EnumerateArray()
                        .Where(p => p.GetProperty("in").GetString() == "path")
                        .Select(p => p.GetProperty("name").GetString()!)
                        .Order()
                    : [];
                Assert.Equal(
                    (name, string.Join(' ', PathParameter.Matches(path.Name).Select(m => m.Groups[1].Value).Order())),
                    (name, string.Join(' ', declared))
                );
                foreach (var answer in operation.Value.GetProperty("responses").EnumerateObject())
                    Assert.True(
                        answer.Name is "204" or "303" or "304" || Resolved(document, answer.Value).TryGetProperty("content", out _),
                        $"{name} {answer.Name} says nothing of its content"
                    );
            }
        }
    }

    private static JsonElement Resolved(JsonElement document, JsonElement answer) =>
        answer.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name))
            : answer;

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter { get; }

    /// <summary>The committed description changes on purpose only: with ALMAGEST_UPDATE_DOCS=1 this test writes it anew.</summary>
    [Fact]
    public async Task The_committed_document_is_what_the_server_says()
    {
        var served = (JsonObject)JsonNode.Parse((await _server.GetAsync("/openapi/v1.json")).Text)!;
        // In the order of names, so that a route that moves in the source moves nothing here.
        served["paths"] = Sorted(served["paths"]!);
        served["components"]!["schemas"] = Sorted(served["components"]!["schemas"]!);
        var text =
            served
                .ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
                .ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(Repository(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("ALMAGEST_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            return;
        }
        var (said, committed) = (Lines(text), Lines(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
        var place = said.Zip(committed).TakeWhile(l => l.First == l.Second).Count();
        Assert.True(
            place == said.Length && place == committed.Length,
            $"""
            The API is no longer what docs/openapi.json says, from line {place + 1}:
              committed  {committed.ElementAtOrDefault(place)?.Trim()}
              now        {said.ElementAtOrDefault(place)?.Trim()}
            Where that is meant: ALMAGEST_UPDATE_DOCS=1 dotnet tests/Almagest.Server.Tests/bin/Release/net10.0/Almagest.Server.Tests.dll
              -method '*The_committed_document*'
            """
        );

        // Another version of the program is no other API.
        static string[] Lines(string document) =>
            [.. document.Split('\n').Where(l => !l.StartsWith("    \"version\":", StringComparison.Ordinal))];
    }

    private static JsonObject Sorted(JsonNode map) =>
        new(map.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Almagest.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests run outside of their repository");
    }

    [Fact]
    public async Task The_pages_load_nothing_from_elsewhere()
    {
        var page = await _server.GetAsync("/docs");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        var urls = Loads.Matches(page.Text).Select(m => m.Groups["url"].Value).ToList();
        Assert.NotEmpty(urls);
        Assert.All(
            urls,
            u => Assert.False(u.Contains("//", StringComparison.Ordinal) && !u.StartsWith("data:", StringComparison.Ordinal), u)
        );
        Assert.DoesNotContain("http://", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        // What the script itself might load is left to the browser, which is told to load nothing from elsewhere.
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        foreach (var script in urls.Where(u => u.EndsWith(".js", StringComparison.Ordinal)))
            Assert.Equal(
                HttpStatusCode.OK,
                (await _server.GetAsync(new Uri(new Uri(_server.Client.BaseAddress!, "/docs/"), script).PathAndQuery)).Status
            );
    }
}
