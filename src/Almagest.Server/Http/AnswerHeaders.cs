using Microsoft.AspNetCore.Builder;

namespace Almagest.Server.Http;

/// <summary>Headers that every answer has, whoever gives it: a browser takes it for what it says that it is, and, where a page says nothing
/// else, loads nothing for it, runs nothing in it and shows it in no frame.</summary>
internal static class AnswerHeaders
{
    /// <summary>Whether rows were left out for the number that was asked for or allowed.</summary>
    public const string Truncated = "X-Almagest-Truncated";

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
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
}
