using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>
/// The names that a server answers to, on every address it listens on: loopback's, this machine's, and those that were allowed. A page
/// whose owner points a name of his own at this machine (DNS rebinding) sends that name as Host, and gets nothing.
/// </summary>
internal sealed class HostNames
{
    private readonly HashSet<string> _names;

    private HostNames(IEnumerable<string> names) => _names = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);

    /// <param name="allowed">names beside the machine's own, without a port</param>
    public static HostNames Of(IEnumerable<string> allowed) =>
        new(["localhost", "127.0.0.1", "[::1]", .. Machine(), .. Interfaces().Select(Written), .. allowed.Select(Written)]);

    /// <summary>Whether the request was sent to one of them. An address that the connection itself came in on is this machine's, also
    /// where it got it after the start.</summary>
    public bool Has(HttpContext context)
    {
        var host = context.Request.Host.Host;
        return _names.Contains(host)
            || context.Connection.LocalIpAddress is { } local && string.Equals(host, Written(local), StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Machine()
    {
        var name = Dns.GetHostName();
        yield return name;
        if (IPGlobalProperties.GetIPGlobalProperties().DomainName is { Length: > 0 } domain)
            yield return $"{name}.{domain}";
    }

    private static List<IPAddress> Interfaces()
    {
        try
        {
            return NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .ToList();
        }
        catch (NetworkInformationException)
        {
            // Where the machine does not tell, the address of each connection still counts.
            return [];
        }
    }

    private static string Written(string name) => IPAddress.TryParse(name.Trim('[', ']'), out var address) ? Written(address) : name;

    // As it stands in a Host header; a zone (fe80::1%eth0) does not.
    private static string Written(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{new IPAddress(address.GetAddressBytes())}]" : address.ToString();
    }
}
