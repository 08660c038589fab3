using System.Net;
using System.Net.Sockets;

namespace Almagest.Server.Access;

/// <summary>
/// Which account of this machine has the other end of a loopback connection, as the kernel tells: /proc/net/tcp and tcp6 list every
/// socket with its owner. Linux alone has them.
/// </summary>
internal static class LoopbackAccount
{
    private const string Tables = "/proc/self/net/";

    // TCP_ESTABLISHED: a socket that is no more, or not yet, this connection's is in another state.
    private const string Established = "01";

    private static readonly Lazy<uint?> s_own = new(Own);

    /// <summary>Whether the account that runs this program has the client's end. False wherever that is not certain.</summary>
    public static bool IsOwn(EndPoint? client, EndPoint? server)
    {
        if (
            client is not IPEndPoint { Address: var theirs } from
            || server is not IPEndPoint { Address: var ours } to
            || !IPAddress.IsLoopback(Plain(theirs))
            || !IPAddress.IsLoopback(Plain(ours))
            || s_own.Value is not { } own
        )
            return false;
        try
        {
            return FindOwner(from, to) == own;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The account with the client's end; null where the tables do not have it, or nobody has it any more (no inode).</summary>
    internal static uint? FindOwner(IPEndPoint client, IPEndPoint server)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var (from, to) = (Plain(client.Address), Plain(server.Address));
        // A table is not read in one moment: a row may move away under the reader, to be found the second time.
        for (var tries = 0; tries < 2; tries++)
        {
            if (from.AddressFamily == AddressFamily.InterNetwork && Find("tcp", from, client.Port, to, server.Port) is { } owner)
                return owner;
            if (Find("tcp6", from.MapToIPv6(), client.Port, to.MapToIPv6(), server.Port) is { } owner6)
                return owner6;
        }
        return null;
    }

    /// <summary>The row of a table whose local end is the client's, and whose remote end is the server's.</summary>
    internal static uint? FindOwner(IEnumerable<string> rows, string client, string server)
    {
        foreach (var row in rows)
        {
            if (!row.Contains(client, StringComparison.Ordinal))
                continue;
            // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
            var fields = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                fields.Length >= 10
                && fields[1] == client
                && fields[2] == server
                && fields[3] == Established
                && fields[9] != "0"
                && uint.TryParse(fields[7], out var owner)
            )
                return owner;
        }
        return null;
    }

    /// <summary>An end as the tables write it: each four bytes of the address as a number of this machine's byte order.</summary>
    internal static string Written(IPAddress address, int port)
    {
        var bytes = address.GetAddressBytes();
        return string.Concat(Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToUInt32(bytes, 4 * i).ToString("X8")))
            + $":{port:X4}";
    }

    private static uint? Find(string table, IPAddress client, int clientPort, IPAddress server, int serverPort)
    {
        var path = Tables + table;
        return File.Exists(path) ? FindOwner(File.ReadLines(path), Written(client, clientPort), Written(server, serverPort)) : null;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // The account for files, which is also the one that sockets get. Accounts that this user namespace does not know all have one number:
    // nobody is let in by that.
    private static uint? Own()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
            var own = uint.Parse(
                line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[4],
                System.Globalization.CultureInfo.InvariantCulture
            );
            return
                File.ReadAllText("/proc/sys/kernel/overflowuid").Trim() == own.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ? null
                : own;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
