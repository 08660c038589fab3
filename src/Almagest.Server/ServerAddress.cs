using System.Net;
using System.Net.Sockets;
using Almagest.Contract.Errors;

namespace Almagest.Server;

/// <summary>Where a server listens, and what to say when it cannot.</summary>
internal static class ServerAddress
{
    /// <exception cref="LedgerException">it is not an address of a machine, or no port</exception>
    public static IPEndPoint Parse(string bind, int port)
    {
        if (port is < 0 or > 65535)
            throw LedgerException.Of(ErrorCode.InvalidPort, $"the port is {port}, expected 0 to 65535", field: "port");
        var address = bind switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            _ when IPAddress.TryParse(bind.Trim('[', ']'), out var parsed) => parsed,
            _ => throw LedgerException.Of(ErrorCode.InvalidAddress, $"'{bind}' is not an IP address", field: "bind"),
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
            SocketError.AddressAlreadyInUse => LedgerException
                .Of(
                    ErrorCode.PortTaken,
                    $"port {endpoint.Port} of {endpoint.Address} is taken by another program",
                    field: "port",
                    inner: error
                )
                .With("port", endpoint.Port),
            SocketError.AccessDenied => LedgerException.Of(
                ErrorCode.PortForbidden,
                $"this user may not listen on port {endpoint.Port}",
                field: "port",
                inner: error
            ),
            SocketError.AddressNotAvailable => LedgerException.Of(
                ErrorCode.ForeignAddress,
                $"this machine does not have the address {endpoint.Address}",
                field: "bind",
                inner: error
            ),
            null => null,
            _ => LedgerException.Of(ErrorCode.CannotListen, $"cannot listen on {endpoint} ({reason})", field: "bind", inner: error),
        };
    }
}
