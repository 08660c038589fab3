using System.Text.Json.Nodes;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Server.Runs;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>Says of the bodies that start runs what their types leave open: what is required, which algorithms there are, which parameters
/// each has.</summary>
internal static class RunRequestSchemas
{
    private static readonly JsonObject s_runExamples = new()
    {
        ["run_type"] = RunTypes.Anomaly,
        ["algorithm"] = IsolationForestParameters.Name,
        ["dataset"] = "gaia-100pc",
        ["filter"] = JsonNode.Parse("""{"cone": {"ra_deg": 130, "dec_deg": 20, "radius_deg": 30}, "magnitude": {"max": 15}}"""),
        ["parameters"] = JsonNode.Parse(new IsolationForestParameters { Features = "population" }.ToJson()),
    };

    private static readonly Dictionary<Type, string[]> s_required = new()
    {
        [typeof(RunRequestBody)] = ["dataset"],
        [typeof(SweepRequestBody)] = ["dataset"],
        [typeof(KDistanceRequestBody)] = ["dataset"],
        [typeof(RethresholdRequestBody)] = ["contamination"],
    };

    public static async Task DescribeAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (context.JsonPropertyInfo is not { } property)
        {
            if (s_required.TryGetValue(context.JsonTypeInfo.Type, out var names))
                schema.Required = names.ToHashSet();
            return;
        }
        if (!s_required.ContainsKey(property.DeclaringType))
            return;
        if (property.DeclaringType == typeof(RunRequestBody) && s_runExamples[property.Name] is { } example)
            schema.Examples = [example.DeepClone()];
        switch (property.Name)
        {
            case "run_type":
                schema.Enum = [.. RunTypes.All.Select(t => (JsonNode)t)];
                break;
            case "algorithm":
                schema.Enum = [.. Algorithms.Names.Select(n => (JsonNode)n)];
                schema.Description =
                    $"{Algorithms.Choices}; may be left out where the run type is given: then it is the first of these "
                    + "that has the parameters given.";
                break;
            case "dataset":
                schema.OneOf = Datasets(severalToo: property.DeclaringType != typeof(KDistanceRequestBody));
                break;
            case "filter":
                schema.OneOf =
                [
                    await context.GetOrCreateSchemaAsync(typeof(StarFilter), null, cancellationToken),
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        Description =
                            "Terms apart by spaces: cone=56.75,24.1,2 magnitude=..15 parallax=5..10 pmra=-25..-15 parallax_over_error=5..",
                    },
                ];
                break;
            case "parameters":
                schema.AnyOf = OfAlgorithms();
                break;
            case "grid":
                schema.Type = JsonSchemaType.Object;
                schema.AdditionalProperties = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    MinItems = 1,
                    Items = new OpenApiSchema(),
                };
                break;
            case "list":
                schema.Type = JsonSchemaType.Array;
                schema.Items = new OpenApiSchema { AnyOf = OfAlgorithms() };
                break;
            case "min_samples":
                Bound(schema, AlgorithmSchemas.Of(DbscanAlgorithm.Instance.Parameters.Single(p => p.Name == property.Name)));
                break;
            case "contamination":
                // Here it is required, and has no default.
                Bound(schema, AlgorithmSchemas.Of(AnomalyParameters.Share));
                schema.Type = JsonSchemaType.Number;
                schema.Default = null;
                break;
        }
    }

    private static List<IOpenApiSchema> OfAlgorithms() => [.. Algorithms.All.Select(AlgorithmSchemas.Of)];

    private static List<IOpenApiSchema> Datasets(bool severalToo)
    {
        var (name, id) = (
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" }
        );
        return severalToo
            ?
            [
                name,
                id,
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    MinItems = 1,
                    Items = new OpenApiSchema { OneOf = [name, id] },
                },
            ]
            : [name, id];
    }

    private static void Bound(OpenApiSchema schema, OpenApiSchema parameter) =>
        (schema.Minimum, schema.ExclusiveMinimum, schema.Maximum, schema.Default) = (
            parameter.Minimum,
            parameter.ExclusiveMinimum,
            parameter.Maximum,
            parameter.Default
        );
}
