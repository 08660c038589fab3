using Almagest.Ledger.Access;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>Says in the API's description how a token is sent, and which scope each operation needs.</summary>
internal static class AccessSchemes
{
    private const string Bearer = "bearer",
        Basic = "basic",
        Unknown = "Unauthorized",
        Forbidden = "Forbidden";

    public static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "A token of 'almagest tokens create'. The account that runs the server needs none on the same machine.",
            },
            [Basic] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Basic,
                Description = "Any user name, and the token as password.",
            },
        };
        document.Components.Responses = new Dictionary<string, IOpenApiResponse>
        {
            [Unknown] = Refusal("No token that is valid, or none", document),
            [Forbidden] = Refusal(
                "not_allowed: the scope of the token does not reach that far (facts: scope, what is needed). forbidden: a page of another "
                    + "site asks",
                document
            ),
        };
        return Task.CompletedTask;
    }

    private static OpenApiResponse Refusal(string description, OpenApiDocument document) =>
        new()
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
            },
        };

    public static Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var name = context.Description.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
        if (name is null)
            return Task.CompletedTask;
        if (RouteScopes.OfOperation(name) is not { } scope)
        {
            // Said, not left out: nobody is asked who they are.
            operation.Security = [];
            return Task.CompletedTask;
        }
        // Roles of a scheme, as OpenAPI 3.1 has them beside OAuth.
        operation.Security =
        [
            .. new[] { Bearer, Basic }.Select(scheme => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [scope.Written()],
            }),
        ];
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", new OpenApiResponseReference(Unknown, context.Document));
        operation.Responses.TryAdd("403", new OpenApiResponseReference(Forbidden, context.Document));
        return Task.CompletedTask;
    }
}
