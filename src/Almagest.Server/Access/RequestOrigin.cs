using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Almagest.Server.Access;

/// <summary>What is known of a connection since it was accepted.</summary>
/// <param name="IsOwnAccount">its other end belongs to the account that runs the server</param>
internal sealed record AcceptedConnection(bool IsOwnAccount)
{
    /// <summary>Asks the kernel once for each connection, before anything of it is read.</summary>
    public static void Note(ListenOptions listen) =>
        listen.Use(next =>
            connection =>
            {
                connection.Features.Set(new AcceptedConnection(LoopbackAccount.IsOwn(connection.RemoteEndPoint, connection.LocalEndPoint)));
                return next(connection);
            }
        );
}

/// <summary>Where a request really comes from, as it was before headers of a proxy were believed.</summary>
/// <param name="IsOwnAccount">straight from the account that runs the server, by loopback and through no proxy</param>
/// <param name="IsTrustedProxy">from a proxy that was named as trusted</param>
internal sealed record RequestOrigin(bool IsOwnAccount, bool IsTrustedProxy)
{
    /// <summary>Of a request before the forwarded headers are taken over, which takes them away.</summary>
    public static RequestOrigin Read(HttpContext context, IReadOnlyList<IPNetwork> trusted)
    {
        var proxy = context.Connection.RemoteIpAddress is { } peer && trusted.Any(n => Contains(n, peer));
        return new RequestOrigin(
            !proxy && !IsForwarded(context.Request.Headers) && context.Features.Get<AcceptedConnection>() is { IsOwnAccount: true },
            proxy
        );
    }

    public static RequestOrigin Of(HttpContext context) => context.Features.Get<RequestOrigin>() ?? new RequestOrigin(false, false);

    private static bool Contains(IPNetwork network, IPAddress address) =>
        network.Contains(address) || address.IsIPv4MappedToIPv6 && network.Contains(address.MapToIPv4());

    // Whoever forwards is not the one who asks, whatever account he has.
    private static bool IsForwarded(IHeaderDictionary headers) =>
        headers.Keys.Any(name =>
            name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Via", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        );
}
