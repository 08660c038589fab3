using System.Net;
using System.Net.Sockets;
using Almagest.Contract.Errors;

namespace Almagest.Server;

/// <summary>Where a server listens, and what to say when it cannot.</summary>
internal static class ServerAddress
{
    /// <exception cref="LedgerException">it is no address of a machine, or no port</exception>
    public static IPEndPoint Parse(string bind, int port)
    {
        if (port is < 0 or > 65535)
            throw LedgerException.Invalid("port", $"the port is {port}, expected 0 to 65535", "Choose another with --port.");
        var address = bind switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            _ when IPAddress.TryParse(bind.Trim('[', ']'), out var parsed) => parsed,
            _ => throw LedgerException.Invalid("bind", $"'{bind}' is no IP address",
                "Write --bind 127.0.0.1 for this machine alone, --bind 0.0.0.0 for every network, or one of the machine's addresses."),
        };
        return new IPEndPoint(address, port);
    }

    /// <summary>Turns a failed bind into a sentence for the user; null where the failure is another.</summary>
    public static LedgerException? Explain(Exception error, IPEndPoint endpoint)
    {
        SocketError? reason = null;
        for (var e = error; e is not null && reason is null; e = e.InnerException)
            reason = (e as SocketException)?.SocketErrorCode;
        return reason switch
        {
            SocketError.AddressAlreadyInUse => new LedgerException(LedgerErrorKind.Conflict, $"port {endpoint.Port} of {endpoint.Address} is taken by another program",
                $"Choose another with --port {Math.Min(endpoint.Port + 1, 65535)} (0 = any free one), or stop the program that has it.", error) { Field = "port" },
            SocketError.AccessDenied => new LedgerException(LedgerErrorKind.Unavailable, $"this user may not listen on port {endpoint.Port}",
                "Choose a port above 1023 with --port.", error) { Field = "port" },
            SocketError.AddressNotAvailable => new LedgerException(LedgerErrorKind.Invalid, $"this machine does not have the address {endpoint.Address}",
                "Choose one of its own with --bind, 127.0.0.1 for itself alone.", error) { Field = "bind" },
            null => null,
            _ => new LedgerException(LedgerErrorKind.Unavailable, $"cannot listen on {endpoint} ({reason})", "Choose another --bind or --port.", error) { Field = "bind" },
        };
    }
}
