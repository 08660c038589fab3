using Microsoft.AspNetCore.Builder;

namespace Almagest.Server.Http;

/// <summary>Headers that every answer has, whoever gives it: a browser takes it for what it says that it is, and, where a page says nothing
/// else, loads nothing for it, runs nothing in it and shows it in no frame; and keeps it for nobody else.</summary>
internal static class AnswerHeaders
{
    /// <summary>Whether rows were left out for the number that was asked for or allowed.</summary>
    public const string Truncated = "X-Almagest-Truncated";

    /// <summary>To be asked for again each time, and kept by the browser of whoever asked alone.</summary>
    public const string Private = "private, no-cache";

    private const string Nothing = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    public static void Use(IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    headers.XContentTypeOptions = "nosniff";
                    if (headers.ContentSecurityPolicy.Count == 0)
                        headers.ContentSecurityPolicy = Nothing;
                    // What one person may see, a proxy that keeps answers gives to nobody else.
                    if (headers.CacheControl.Count == 0)
                        headers.CacheControl = Private;
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
}
