using System.Net;
using System.Text.RegularExpressions;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>The description of the API tells the truth, and its pages need no network.</summary>
public sealed partial class ApiDocumentTests(KnownLedger known)
{
    readonly TestServer server = known.Server;

    [GeneratedRegex("""(?:src|href)\s*=\s*["'](?<url>[^"']+)["']""")]
    private static partial Regex Loads { get; }

    [Fact]
    public async Task Every_route_is_described_with_its_parameters_answers_and_problems()
    {
        var document = (await server.GetAsync("/openapi/v1.json")).Json;
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var routes = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<RouteParameters>() is not null).ToList();
        Assert.True(routes.Count >= 20);
        foreach (var route in routes)
        {
            var method = Assert.Single(route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods);
            Assert.True(document.GetProperty("paths").TryGetProperty(route.RoutePattern.RawText!.TrimEnd('/'), out var path), $"{route.RoutePattern.RawText} is not described");
            var operation = path.GetProperty(method.ToLowerInvariant());
            Assert.NotEqual("", operation.GetProperty("summary").GetString());
            var described = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Select(p => p.GetProperty("name").GetString()!) : [];
            Assert.Equal(route.Metadata.GetRequiredMetadata<RouteParameters>().All.Select(p => p.Name), described);
            var statuses = operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
            Assert.Contains(statuses, s => s.StartsWith('2'));
            Assert.Contains("503", statuses);
        }
    }

    [Theory]
    [InlineData("/analytics/discovery/stats", "run_type limit format", "limit", 1, 1000, 100)]
    [InlineData("/analytics/discovery/overlaps", "run_id min_similarity limit format", "limit", 1, 500, 50)]
    [InlineData("/analytics/discovery/timeline", "period_type run_type limit format", "limit", 1, 365, 52)]
    [InlineData("/discovery/runs/{run_id}/results", "run_id anomalies_only cluster_id order limit after format", "limit", 1, 10000, 100)]
    public async Task Ranges_and_defaults_are_those_of_the_contract(string path, string parameters, string name, int least, int most, int standard)
    {
        var operation = (await server.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").GetProperty(path).GetProperty("get");
        var all = operation.GetProperty("parameters").EnumerateArray().ToList();
        Assert.Equal(parameters.Split(' '), all.Select(p => p.GetProperty("name").GetString()));
        var schema = all.Single(p => p.GetProperty("name").GetString() == name).GetProperty("schema");
        Assert.Equal((least, most, standard), (schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32(), schema.GetProperty("default").GetInt32()));
    }

    [Fact]
    public async Task Schemas_have_the_columns_of_the_answers_and_say_what_they_mean()
    {
        var schemas = (await server.GetAsync("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        var stats = schemas.GetProperty("RunStatsRow").GetProperty("properties");
        var answered = (await server.GetAsync("/analytics/discovery/stats?limit=1")).Json[0];
        Assert.Equal(answered.EnumerateObject().Select(p => p.Name), stats.EnumerateObject().Select(p => p.Name));
        Assert.Equal("object", stats.GetProperty("parameters_json").GetProperty("type").GetString());
        Assert.Equal("integer", stats.GetProperty("anomaly_count").GetProperty("type").GetString());
        Assert.Contains("per hundred", stats.GetProperty("anomaly_percentage").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(["type", "title", "status", "detail", "hint", "errors", "instance"], schemas.GetProperty("Problem").GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task The_pages_load_nothing_from_elsewhere()
    {
        var page = await server.GetAsync("/docs");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        var urls = Loads.Matches(page.Text).Select(m => m.Groups["url"].Value).ToList();
        Assert.NotEmpty(urls);
        Assert.All(urls, u => Assert.False(u.Contains("//", StringComparison.Ordinal) && !u.StartsWith("data:", StringComparison.Ordinal), u));
        Assert.DoesNotContain("http://", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        // What the script itself might load is left to the browser, which is told to load nothing from elsewhere.
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        foreach (var script in urls.Where(u => u.EndsWith(".js", StringComparison.Ordinal)))
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(new Uri(new Uri(server.Client.BaseAddress!, "/docs/"), script).PathAndQuery)).Status);
    }
}
