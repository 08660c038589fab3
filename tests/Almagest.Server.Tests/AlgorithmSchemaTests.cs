using System.Text.Json.Nodes;
using Almagest.Discovery.Registry;
using Almagest.Server.OpenApi;
using Almagest.Testing.Ledgers;
using Microsoft.OpenApi;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>The API says of an algorithm what its description says.</summary>
public sealed class AlgorithmSchemaTests(KnownLedger known)
{
    [Fact]
    public void An_algorithm_that_the_program_does_not_know_gets_its_schema_from_its_description()
    {
        var schema = AlgorithmSchemas.Of(MadeUpAlgorithm.Instance);
        var properties = schema.Properties!;
        Assert.Equal(
            [
                "cut",
                "least_stars",
                "most_stars",
                "half",
                "both",
                "random_state",
                "features",
                "missing",
                "min_parallax_over_error",
                "distance_without_errors",
            ],
            properties.Keys
        );
        Assert.False(schema.AdditionalPropertiesAllowed);
        Assert.Equal(
            (JsonSchemaType.Number, "0", "10", 1),
            (properties["cut"].Type, properties["cut"].ExclusiveMinimum, properties["cut"].Maximum, (double)properties["cut"].Default!)
        );
        Assert.Equal(
            (JsonSchemaType.Integer, "2", "int32"),
            (properties["least_stars"].Type, properties["least_stars"].Minimum, properties["least_stars"].Format)
        );
        Assert.Equal(JsonSchemaType.Integer | JsonSchemaType.Null, properties["most_stars"].Type);
        Assert.Equal(["low", "high"], properties["half"].Enum!.Select(v => (string)v!));
        Assert.Equal((JsonSchemaType.Boolean, "int64"), (properties["both"].Type, properties["random_state"].Format));
    }

    [Theory]
    [InlineData("RunRequest", "dataset")]
    [InlineData("SweepRequest", "dataset")]
    [InlineData("KDistanceRequest", "dataset")]
    [InlineData("RethresholdRequest", "contamination")]
    public async Task A_body_that_starts_runs_says_what_it_requires(string body, string required)
    {
        var schema = JsonNode.Parse((await SchemasAsync())[body]!.ToJsonString())!;
        Assert.Equal([required], schema["required"]!.AsArray().Select(n => (string)n!));
    }

    [Fact]
    public async Task The_bodies_name_the_algorithms_and_bound_their_parameters()
    {
        var schemas = await SchemasAsync();
        foreach (var body in new[] { "RunRequest", "SweepRequest" })
        {
            var properties = schemas[body]!["properties"]!;
            Assert.Equal(Algorithms.Names, properties["algorithm"]!["enum"]!.AsArray().Select(n => (string)n!));
            Assert.Equal(["anomaly", "cluster"], properties["run_type"]!["enum"]!.AsArray().Select(n => (string)n!));
            var forest = properties["parameters"]!["anyOf"]!.AsArray().Single(a => (string)a!["title"]! == "isolation_forest")![
                "properties"
            ]!;
            Assert.Equal(
                (0, 0.5, 0.05),
                (
                    (double)forest["contamination"]!["exclusiveMinimum"]!,
                    (double)forest["contamination"]!["maximum"]!,
                    (double)forest["contamination"]!["default"]!
                )
            );
            Assert.Equal((1, 10_000), ((int)forest["n_estimators"]!["minimum"]!, (int)forest["n_estimators"]!["maximum"]!));
        }
        var share = schemas["RethresholdRequest"]!["properties"]!["contamination"]!;
        Assert.Equal((0, 0.5), ((double)share["exclusiveMinimum"]!, (double)share["maximum"]!));
        Assert.Equal(1, (int)schemas["KDistanceRequest"]!["properties"]!["min_samples"]!["minimum"]!);
    }

    private async Task<JsonNode> SchemasAsync() =>
        JsonNode.Parse(
            (await known.Server.GetAsync("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas").GetRawText()
        )!;
}
