using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Almagest.Server.OpenApi;

/// <summary>Readable API pages at <c>/docs</c>, whole without a network: script and style come from this server.</summary>
internal static class DocsPage
{
    // The browser enforces what the options promise: nothing is loaded from, or sent to, anywhere else.
    private const string OnlyHere =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; "
        + "base-uri 'none'; form-action 'self'";

    public static void Map(IEndpointRouteBuilder app)
    {
        var docs = app.MapGroup("")
            .AddEndpointFilter(
                (context, next) =>
                {
                    context.HttpContext.Response.Headers.ContentSecurityPolicy = OnlyHere;
                    return next(context);
                }
            );
        docs.MapScalarApiReference(
            "/docs",
            o =>
            {
                o.Title = "Almagest API";
                o.OpenApiRoutePattern = "/openapi/{documentName}.json";
                o.DefaultFonts = false;
                o.Telemetry = false;
                o.Agent = new ScalarAgentOptions { Disabled = true };
                o.Mcp = new ScalarMcpOptions { Disabled = true };
                o.ShowDeveloperTools = DeveloperToolsVisibility.Never;
                o.HideClientButton = true;
                o.ProxyUrl = "";
                o.Theme = ScalarTheme.Default;
                o.DefaultHttpClient = new(ScalarTarget.Shell, ScalarClient.Curl);
            }
        );
    }
}
