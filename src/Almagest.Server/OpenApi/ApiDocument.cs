using Almagest.Contract.Serialization;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Server.Http;
using Almagest.Server.VirtualObservatory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>The API's description at <c>/openapi/v1.json</c>, made from the routes themselves.</summary>
internal static class ApiDocument
{
    private const string About = """
        Runs over star catalogues, and answers across them. JSON is snake_case; times are UTC; star ids are Almagest's own
        64-bit numbers, a catalogue's source_id is text. Every error is an RFC 9457 problem: `detail` says what was wrong, `hint`
        what to do, `errors` which field. A parameter that a route does not know is an error, too. Whoever is not let in gets 401,
        a token whose scope does not reach that far 403.
        """;

    private static readonly (string Name, string About)[] s_tags =
    [
        ("Analytics", "Answers across runs, computed ahead of the question, with how fresh they are"),
        ("Runs", "Start, follow, list and read runs, and what is made of them"),
        ("Reviews", "A run looked at star by star, whose list learns from the answers"),
        ("Comparing", "Runs side by side: what they share, how surely, and why stars differ"),
        ("Datasets", "Loaded catalogues and their stars"),
        ("Annotations", "Tags and notes of runs, labels of stars"),
        ("Operations", "Health, metrics and jobs, for those who run a server"),
        ("Cross-matching", "Datasets joined by position"),
        ("Virtual observatory", "TAP, cone search and coverage: the protocols of the IVOA"),
    ];

    public static void AddTo(IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            o =>
            {
                o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                o.CreateSchemaReferenceId = SchemaNames.Of;
                o.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new OpenApiInfo
                        {
                            Title = "Almagest",
                            Version = Almagest.Contract.ProgramVersion.Current,
                            Description = About,
                            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
                        };
                        document.Tags = s_tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.About }).ToHashSet();
                        // Relative: true behind whatever name or proxy the server has.
                        document.Servers = [new OpenApiServer { Url = "/" }];
                        return Task.CompletedTask;
                    }
                );
                o.AddDocumentTransformer(PlainDescriptions.ApplyAsync);
                o.AddDocumentTransformer(AccessSchemes.DescribeAsync);
                o.AddOperationTransformer(AccessSchemes.DescribeAsync);
                o.AddOperationTransformer(Describe);
                o.AddSchemaTransformer(DescribeJson);
                o.AddSchemaTransformer(RunRequestSchemas.DescribeAsync);
                o.AddSchemaTransformer(BodySchemas.DescribeAsync);
            }
        );

    public static void Map(IEndpointRouteBuilder app) => app.MapOpenApi("/openapi/{documentName}.json");

    private static Task Describe(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var parameters =
            context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteParameters>().FirstOrDefault()
            ?? context.Description.ActionDescriptor.EndpointMetadata.OfType<VoParameterList>().FirstOrDefault()?.Described;
        if (parameters is null)
            return Task.CompletedTask;
        var responses = new OpenApiResponses();
        foreach (var (status, response) in (operation.Responses ?? []).OrderBy(r => r.Key, StringComparer.Ordinal))
            responses[status] = response;
        operation.Responses = responses;
        operation.Parameters = parameters
            .All.Select(p =>
                (IOpenApiParameter)
                    new OpenApiParameter
                    {
                        Name = p.Name,
                        In = p.InPath ? ParameterLocation.Path : ParameterLocation.Query,
                        Required = p.InPath || p.IsRequired,
                        Description = p.Description,
                        Schema = p.Schema(),
                    }
            )
            .ToList();
        return Task.CompletedTask;
    }

    /// <summary>Says what the JSON is that the types leave open.</summary>
    private static Task DescribeJson(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is not { } property)
        {
            if (ViewRow.ViewOf(context.JsonTypeInfo.Type) is { } rows)
                DescribeRow(schema, rows);
            return Task.CompletedTask;
        }
        if (ViewRow.ViewOf(property.DeclaringType) is { } view)
            schema.Description = view.Columns.Concat(view.Computed).First(c => c.Name == property.Name).Description;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type != typeof(RawJson))
            return Task.CompletedTask;
        // A value of a parameter is of any type.
        if (property.Name is "value_1" or "value_2")
        {
            schema.Type = null;
            return Task.CompletedTask;
        }
        schema.Type = property.Name == "source" ? JsonSchemaType.Array : JsonSchemaType.Object;
        if (property.Name == "source")
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.Object };
        if (property.IsGetNullable)
            schema.Type |= JsonSchemaType.Null;
        return Task.CompletedTask;
    }

    // What the columns are is said by the view's descriptor, and every row has them all.
    private static void DescribeRow(OpenApiSchema schema, AnalyticsView view)
    {
        schema.Description = $"One row of {view.Name}. {view.Description}.";
        schema.Required = view.Columns.Concat(view.Computed).Select(c => c.Name).ToHashSet();
    }
}
