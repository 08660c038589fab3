using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;
using Almagest.Server.Http;
using Almagest.Server.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>The API's description at <c>/openapi/v1.json</c>, made from the routes themselves.</summary>
internal static class ApiDocument
{
    const string About = """
        Runs over star catalogues, and answers across them. JSON is snake_case; times are UTC; star ids are Almagest's own
        64-bit numbers, a catalogue's source_id is text. Every error is an RFC 9457 problem: `detail` says what was wrong, `hint`
        what to do, `errors` which field. A parameter that a route does not know is an error, too.
        """;

    static readonly JsonObject RequestExamples = new()
    {
        ["run_type"] = "anomaly",
        ["algorithm"] = IsolationForestParameters.Name,
        ["dataset"] = "gaia-100pc",
        ["filter"] = JsonNode.Parse("""{"cone": {"ra_deg": 130, "dec_deg": 20, "radius_deg": 30}, "magnitude": {"max": 15}}"""),
        ["parameters"] = JsonNode.Parse(new IsolationForestParameters { Features = "population" }.ToJson()),
    };

    public static void AddTo(IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Open JSON is described where it stands, for each place has its own form.
        o.CreateSchemaReferenceId = type => (Nullable.GetUnderlyingType(type.Type) ?? type.Type) is var t && (t == typeof(RawJson) || t == typeof(JsonElement))
            ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Almagest", Version = Almagest.Contract.ProgramVersion.Current, Description = About };
            // Relative: true behind whatever name or proxy the server has.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
        o.AddOperationTransformer(Describe);
        o.AddSchemaTransformer(DescribeJson);
    });

    public static void Map(IEndpointRouteBuilder app) => app.MapOpenApi("/openapi/{documentName}.json");

    static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteParameters>().FirstOrDefault() is not { } parameters) return Task.CompletedTask;
        var responses = new OpenApiResponses();
        foreach (var (status, response) in (operation.Responses ?? []).OrderBy(r => r.Key, StringComparer.Ordinal)) responses[status] = response;
        operation.Responses = responses;
        operation.Parameters = parameters.All.Select(p => (IOpenApiParameter)new OpenApiParameter
        {
            Name = p.Name,
            In = p.InPath ? ParameterLocation.Path : ParameterLocation.Query,
            Required = p.InPath,
            Description = p.Description,
            Schema = p.Schema(),
        }).ToList();
        return Task.CompletedTask;
    }

    /// <summary>Says what the JSON is that the types leave open.</summary>
    static async Task DescribeJson(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (context.JsonPropertyInfo is not { } property) return;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (property.DeclaringType == typeof(RunRequestBody) && RequestExamples[property.Name] is { } example) schema.Examples = [example.DeepClone()];
        if (type == typeof(RawJson))
        {
            schema.Type = property.Name == "source" ? JsonSchemaType.Array : JsonSchemaType.Object;
            if (property.Name == "source") schema.Items = new OpenApiSchema { Type = JsonSchemaType.Object };
            if (property.IsGetNullable && type != property.PropertyType) schema.Type |= JsonSchemaType.Null;
        }
        else if (type == typeof(JsonElement) && (property.DeclaringType == typeof(RunRequestBody) || property.DeclaringType == typeof(KDistanceRequestBody)))
        {
            switch (property.Name)
            {
                case "dataset":
                    var (name, id) = (new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" });
                    schema.OneOf = property.DeclaringType == typeof(RunRequestBody)
                        ? [name, id, new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { OneOf = [name, id] } }]
                        : [name, id];
                    break;
                case "filter":
                    schema.OneOf = [await context.GetOrCreateSchemaAsync(typeof(StarFilter), null, cancellation)];
                    break;
                case "parameters":
                    schema.AnyOf =
                    [
                        await context.GetOrCreateSchemaAsync(typeof(IsolationForestParameters), null, cancellation),
                        await context.GetOrCreateSchemaAsync(typeof(DbscanParameters), null, cancellation),
                        await context.GetOrCreateSchemaAsync(typeof(HdbscanParameters), null, cancellation),
                    ];
                    break;
            }
        }
    }
}
