using Almagest.Ledger.Access;
using Almagest.Server.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>Says in the API's description how a token is sent, and which scope each operation needs.</summary>
internal static class AccessSchemes
{
    private const string Bearer = "bearer",
        Basic = "basic";

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
        return Task.CompletedTask;
    }

    public static Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var name = context.Description.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
        if (name is null || RouteScopes.OfOperation(name) is not { } scope)
            return Task.CompletedTask;
        // Roles of a scheme, as OpenAPI 3.1 has them beside OAuth.
        operation.Security =
        [
            .. new[] { Bearer, Basic }.Select(scheme => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [scope.Written()],
            }),
        ];
        return Task.CompletedTask;
    }
}
