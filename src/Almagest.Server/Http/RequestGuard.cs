using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>
/// Keeps web pages of others away, and answers HEAD as GET. A page that points a name of its own at this machine sends that name as Host;
/// a page that posts a form here sends its own Origin; a page that lets a browser ask here by an image or a script is told by the
/// browser's Sec-Fetch-Site. All of them are refused, but for pages of the origins that the server was started for; following a link is
/// not.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, HostNames hosts, CrossOrigin crossOrigin)
{
    private static readonly object s_headKey = new();

    /// <summary>The method as the client wrote it.</summary>
    public static string AskedMethod(HttpContext context) =>
        context.Items.ContainsKey(s_headKey) ? HttpMethods.Head : context.Request.Method;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!hosts.Has(context))
        {
            throw new HttpProblemException(
                StatusCodes.Status400BadRequest,
                $"this server does not answer to the name '{request.Host.Host}'",
                $"Use http://127.0.0.1:{context.Connection.LocalPort}/ on its machine, or start it with --allowed-host NAME."
            );
        }
        // A browser opens a web socket to anywhere, by GET: the dashboard's own say where they come from, too.
        var socket = request.Headers.Upgrade.Any(u => string.Equals(u, "websocket", StringComparison.OrdinalIgnoreCase));
        var safe =
            !socket && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        var origin = request.Headers.Origin is [{ Length: > 0 } named] ? named : null;
        var isWelcome = !socket && crossOrigin.Takes(request) && (safe || CrossOrigin.MaySend(request));
        if (!safe && origin is not null && !isWelcome && !IsOwn(origin, request.Host))
        {
            throw new HttpProblemException(
                StatusCodes.Status403Forbidden,
                $"a web page of {origin} may not change this ledger",
                crossOrigin.Takes(request)
                    ? "Pages of that origin send a token: Authorization: Bearer TOKEN"
                    : "Use the pages of this server, or a program that sends no Origin header."
            );
        }
        // A query costs as much when its answer is thrown away.
        if (
            IsOfOtherSite(request)
            && !isWelcome
            && !(origin is not null && IsOwn(origin, request.Host))
            && !(safe && IsFollowedLink(request))
        )
        {
            throw new HttpProblemException(
                StatusCodes.Status403Forbidden,
                "a web page of another site may not ask this server",
                "Open the address itself, or use a program that is not a browser."
            );
        }
        if (HttpMethods.IsHead(request.Method))
        {
            // Routes know GET only; Kestrel leaves the body of the answer out.
            context.Items[s_headKey] = true;
            request.Method = HttpMethods.Get;
        }
        return next(context);
    }

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (
            string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase)
            // https://name:443 and https://name are one origin; either side may write the port.
            || string.Equals($"{uri.Host}:{uri.Port}", host.Value, StringComparison.OrdinalIgnoreCase)
        );

    // Of a "same site" is another port of this machine, too, where another of its users may have a server.
    private static bool IsOfOtherSite(HttpRequest request) =>
        Says(request, "Sec-Fetch-Site", "cross-site") || Says(request, "Sec-Fetch-Site", "same-site");

    private static bool IsFollowedLink(HttpRequest request) =>
        Says(request, "Sec-Fetch-Mode", "navigate") && Says(request, "Sec-Fetch-Dest", "document");

    private static bool Says(HttpRequest request, string header, string value) =>
        request.Headers[header] is [{ } said] && string.Equals(said, value, StringComparison.OrdinalIgnoreCase);
}
