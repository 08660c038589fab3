using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>OPTIONS says which methods an address has (RFC 9110, 9.3.7), without asking who wants to know.</summary>
internal static class AllowedMethods
{
    /// <summary>Behind the routing.</summary>
    public static void Use(IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                // Routing makes an answer of its own where an address has other methods.
                if (
                    HttpMethods.IsOptions(context.Request.Method)
                    && context.GetEndpoint() is { RequestDelegate: { } refuse } endpoint
                    && endpoint is not Microsoft.AspNetCore.Routing.RouteEndpoint
                )
                {
                    await refuse(context);
                    if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                    {
                        context.Response.StatusCode = StatusCodes.Status204NoContent;
                        context.Response.Headers.Allow = Written(context.Response.Headers.Allow.ToString());
                    }
                    return;
                }
                await next(context);
            }
        );

    private static string Written(string allow) =>
        allow.Contains("GET", StringComparison.Ordinal) ? $"{allow}, HEAD, OPTIONS" : $"{allow}, OPTIONS";
}
