using System.Net;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>
/// Keeps web pages of others away from a server without log-in, and answers HEAD as GET. A page that points a name of its
/// own at 127.0.0.1 sends that name as Host; a page that posts a form here sends its own Origin: both are refused.
/// </summary>
/// <param name="hosts">names that the Host header may carry; empty = any</param>
internal sealed class RequestGuard(RequestDelegate next, IReadOnlySet<string> hosts)
{
    private static readonly object s_headKey = new();

    public static IReadOnlySet<string> HostsOf(ServerOptions options, IPAddress address)
    {
        var names = new HashSet<string>(options.AllowedHosts, StringComparer.OrdinalIgnoreCase);
        if (names.Count > 0 || !IPAddress.IsLoopback(address))
            return names;
        names.UnionWith(["localhost", "127.0.0.1", "[::1]", address.ToString()]);
        return names;
    }

    /// <summary>The method as the client wrote it.</summary>
    public static string AskedMethod(HttpContext context) =>
        context.Items.ContainsKey(s_headKey) ? HttpMethods.Head : context.Request.Method;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (hosts.Count > 0 && !hosts.Contains(request.Host.Host))
        {
            throw new HttpProblemException(
                StatusCodes.Status400BadRequest,
                $"this server does not answer to the name '{request.Host.Host}'",
                $"Use http://127.0.0.1:{context.Connection.LocalPort}/, or let the server allow that name."
            );
        }
        // A browser opens a web socket to anywhere, by GET: the dashboard's own say where they come from, too.
        var socket = request.Headers.Upgrade.Any(u => string.Equals(u, "websocket", StringComparison.OrdinalIgnoreCase));
        var safe =
            !socket && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        if (!safe && request.Headers.Origin is [{ Length: > 0 } origin] && !IsOwn(origin, request.Host))
        {
            throw new HttpProblemException(
                StatusCodes.Status403Forbidden,
                $"a web page of {origin} may not change this ledger",
                "Use the pages of this server, or a program that sends no Origin header."
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
        && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);
}
