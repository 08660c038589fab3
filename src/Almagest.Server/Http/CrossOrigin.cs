using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Http;

/// <summary>Web pages of other origins that may ask this server (the Fetch standard's CORS protocol): those that whoever started it has
/// named, and none otherwise. They bring no cookies; what changes the ledger needs a token from them, even on this machine.</summary>
internal sealed class CrossOrigin(IReadOnlyList<string> origins)
{
    private const string Any = "*";

    private static readonly string s_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static readonly string s_taken =
        "Accept, Authorization, Content-Type, Idempotency-Key, If-Modified-Since, If-None-Match, Last-Event-ID, traceparent";
    private static readonly string s_shown =
        "Content-Disposition, ETag, Idempotency-Replayed, Last-Modified, Location, Retry-After, X-Almagest-View-Lag, "
        + $"{RequestIds.Header}, "
        + AnswerHeaders.Truncated;

    /// <summary>Whether pages of the request's origin may ask.</summary>
    public bool Takes(HttpRequest request) =>
        request.Headers.Origin is [{ Length: > 0 } origin]
        && origins.Any(o => o == Any || string.Equals(o, origin, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether such a page may send what it sends: everybody's questions, and with a token whatever the token allows.</summary>
    public static bool MaySend(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Path.StartsWithSegments("/vo", StringComparison.Ordinal);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (origins.Count == 0)
            return next(context);
        var takes = Takes(context.Request);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            if (!takes)
                return Task.CompletedTask;
            headers.AccessControlAllowOrigin = origins.Contains(Any) ? Any : context.Request.Headers.Origin;
            headers.AccessControlExposeHeaders = s_shown;
            return Task.CompletedTask;
        });
        // A browser asks first whether it may: of whoever has no token yet, and of a route as yet unknown.
        if (!takes || !HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
            return next(context);
        var answer = context.Response.Headers;
        answer.AccessControlAllowMethods = s_methods;
        answer.AccessControlAllowHeaders = s_taken;
        answer.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
