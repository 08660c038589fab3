using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
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

    // The theme's greys are too pale for small letters: at least 4.5 to 1 here.
    private const string Contrast = """
        .light-mode { --scalar-color-2: #4a5567; --scalar-color-3: #5a6475; --scalar-color-accent: #1f57a8; --scalar-color-green: #12683a;
          --scalar-color-blue: #1f57a8; --scalar-color-orange: #8a4a10; --scalar-color-red: #a3221b; --scalar-color-yellow: #7a5b00;
          --scalar-color-purple: #5b3fa0; --scalar-color-ghost: #5a6475; }
        .dark-mode { --scalar-color-2: #c0c9d6; --scalar-color-3: #a9b4c4; --scalar-color-accent: #8ab8ff; --scalar-color-green: #7fd6a0;
          --scalar-color-blue: #8ab8ff; --scalar-color-orange: #f0b070; --scalar-color-red: #ff9c94; --scalar-color-yellow: #f2c068;
          --scalar-color-purple: #c4b1ff; --scalar-color-ghost: #a9b4c4; }
        nav.back { padding: 8px 16px; font: 15px system-ui, sans-serif; border-bottom: 1px solid #d4dae3; background: #fff; }
        nav.back a { color: #1f57a8; }
        """;

    public static void Map(IEndpointRouteBuilder app)
    {
        var docs = app.MapGroup("")
            .AddEndpointFilter(
                async (context, next) =>
                {
                    context.HttpContext.Response.Headers.ContentSecurityPolicy = OnlyHere;
                    // The page says no language of its own.
                    var answer = await next(context);
                    return answer is ContentHttpResult { ResponseContent: { } html } page
                        ? Results.Content(html.Replace("<html>", "<html lang=\"en\">", StringComparison.Ordinal), page.ContentType)
                        : answer;
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
                o.CustomCss = Contrast;
                o.HeaderContent = """<nav class="back" aria-label="Almagest"><a href="../">← Almagest's pages</a></nav>""";
                o.DefaultHttpClient = new(ScalarTarget.Shell, ScalarClient.Curl);
            }
        );
    }
}
