using System.Net;
using System.Net.Sockets;
using Almagest.Server.Access;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>The account that runs the server is known by its end of a loopback connection, and by nothing that others could send.</summary>
public sealed class AccountTests(KnownLedger known)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_own_account_needs_no_token_on_loopback()
    {
        Assert.Equal(HttpStatusCode.OK, (await known.Server.GetAsync("/datasets")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await known.Server.DeleteAsync("/datasets/none")).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    public async Task What_a_proxy_forwards_is_not_its_own_accounts(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/datasets");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await known.Server.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Off_loopback_everybody_needs_a_token()
    {
        var address = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, Cancel)).FirstOrDefault(a =>
            !IPAddress.IsLoopback(a)
        );
        Assert.SkipWhen(address is null, "this machine has loopback alone");
        await using var server = await AccessServer.StartAsync(o => o with { Bind = "0.0.0.0" });
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}:{server.Client.BaseAddress!.Port}") };
        using var answer = await client.GetAsync(new Uri("/datasets", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_of_IPv6_that_uses_IPv4_is_found_too()
    {
        await using var server = await AccessServer.StartAsync(o => o with { Bind = "::" });
        foreach (var host in new[] { "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]" })
        {
            using var client = new HttpClient(
                new SocketsHttpHandler
                {
                    ConnectCallback = async (_, cancel) =>
                    {
                        // A socket of IPv6, as curl -6 and Java have it.
                        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                        var address = IPAddress.Parse(host.Trim('[', ']'));
                        await socket.ConnectAsync(new IPEndPoint(address.MapToIPv6(), server.Client.BaseAddress!.Port), cancel);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                }
            )
            {
                BaseAddress = server.Client.BaseAddress,
            };
            using var answer = await client.GetAsync(new Uri("/datasets", UriKind.Relative), Cancel);
            Assert.Equal((host, HttpStatusCode.OK), (host, answer.StatusCode));
        }
    }

    private const string Client = "0100007F:C350",
        Server = "0100007F:1F40";

    [Theory]
    [InlineData($"  1: {Client} {Server} 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 20 4 30 10 -1", 1000u)]
    // Nobody's any more; not connected; another port; the server's own end; not a number.
    [InlineData($"  1: {Client} {Server} 01 00000000:00000000 00:00000000 00000000  1000        0 0 1 0 20 4 30 10 -1", null)]
    [InlineData($"  1: {Client} {Server} 06 00000000:00000000 03:00000000 00000000     0        0 4711 3 0", null)]
    [InlineData($"  1: {Client} {Server} 02 00000000:00000000 03:00000000 00000000  1000        0 4711 3 0", null)]
    [InlineData($"  1: 0100007F:C351 {Server} 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0", null)]
    [InlineData($"  1: {Server} {Client} 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0", null)]
    [InlineData($"  1: {Client} {Server} 01 00000000:00000000 00:00000000 00000000  root        0 4711 1 0", null)]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", null)]
    public void A_row_names_the_account_where_it_is_this_connections_and_somebody_has_it(string row, uint? owner) =>
        Assert.Equal(owner, LoopbackAccount.FindOwner([row], Client, Server));

    [Fact]
    public void Ends_are_written_as_the_kernel_writes_them()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for the other byte order");
        Assert.Equal("0100007F:1F40", LoopbackAccount.Written(IPAddress.Loopback, 8000));
        Assert.Equal("00000000000000000000000001000000:1F40", LoopbackAccount.Written(IPAddress.IPv6Loopback, 8000));
        Assert.Equal("0000000000000000FFFF00000100007F:1F40", LoopbackAccount.Written(IPAddress.Loopback.MapToIPv6(), 8000));
    }
}
