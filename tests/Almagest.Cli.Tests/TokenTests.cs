using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Tokens from the command line, and the options by which a server lets people in.</summary>
public sealed class TokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_printed_once_listed_without_itself_and_revoked()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var made = (await ledger.RunAsync("tokens", "create", "maria", "--scope", "write", "--expires", "90d", "--json")).Ok().Json;
        var token = made.GetProperty("token").GetString()!;
        Assert.StartsWith("almagest_", token, StringComparison.Ordinal);
        Assert.InRange(made.GetProperty("expires_at").GetDateTime(), DateTime.UtcNow.AddDays(89), DateTime.UtcNow.AddDays(91));
        var taken = await ledger.RunAsync("tokens", "create", "maria", "--scope", "read");
        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("tokens revoke", taken.Error, StringComparison.Ordinal);

        var listed = (await ledger.RunAsync("tokens", "list")).Ok().Out;
        Assert.Contains("maria", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(token, listed, StringComparison.Ordinal);
        Assert.Equal("write", (await ledger.RunAsync("tokens", "list", "--json")).Ok().Json[0].GetProperty("scope").GetString());

        (await ledger.RunAsync("tokens", "revoke", "maria")).Ok();
        Assert.Equal(1, (await ledger.RunAsync("tokens", "revoke", "maria")).ExitCode);
    }

    [Fact]
    public async Task The_token_alone_goes_to_the_standard_output()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var made = (await ledger.RunAsync("tokens", "create", "pipeline", "--scope", "read")).Ok();
        Assert.Matches(@"\Aalmagest_[\w-]{43}\s*\z", made.Out);
        Assert.Contains("not shown again", made.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokens create x", "--scope")]
    [InlineData("tokens create x --scope all", "read, write, admin")]
    [InlineData("tokens create x --scope read --expires soon", "expected days such as 90d")]
    [InlineData("tokens create x --scope read --expires 2001-01-01", "would have expired")]
    [InlineData("serve --user-header X-User", "--trusted-proxy")]
    [InlineData("serve --trusted-proxy office", "is not an address or a network")]
    [InlineData("serve --allowed-host http://name/", "is not a name of a host")]
    [InlineData("serve --certificate-key key.pem", "lacks its --certificate")]
    [InlineData("serve --certificate /nowhere.pem", "the certificate cannot be used")]
    [InlineData("serve --token-file /nowhere", "cannot be read")]
    [InlineData("serve --token-file /dev/null", "does not hold a token")]
    public async Task What_cannot_be_is_said(string command, string said)
    {
        await using var ledger = await CliLedger.CreateAsync();
        var refused = await ledger.RunAsync(command.Split(' '));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(said, refused.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_takes_its_first_token_from_a_file_serves_HTTPS_and_keeps_in_its_log_who_changed_what()
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var folder = TestFolder.Create("first-token");
        var (file, token) = (Path.Combine(folder.Path, "token"), new string('t', 40));
        await File.WriteAllTextAsync(file, token + "\n", Cancel);
        var (certificate, key) = TestCertificate.Write(folder.Path);
        using var process = CliProcess.Start(
            "serve",
            "--port",
            "0",
            "--bind",
            "0.0.0.0",
            "--database",
            ledger.Connection,
            "--token-file",
            file,
            "--certificate",
            certificate,
            "--certificate-key",
            key,
            "--json"
        );
        var document = JsonDocument.Parse(await process.ReadDocumentAsync(Cancel)).RootElement;
        var address = new Uri(document.GetProperty("url").GetString()!);
        Assert.Equal("https", address.Scheme);
        using var client = new HttpClient(
            new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => TestCertificate.Is(shown) } }
        )
        {
            BaseAddress = address,
            DefaultRequestHeaders = { { "X-Forwarded-For", "198.51.100.7" } },
        };
        using (var stranger = await client.GetAsync(new Uri("/datasets", UriKind.Relative), Cancel))
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using (var none = await client.DeleteAsync(new Uri("/datasets/none", UriKind.Relative), Cancel))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        process.Signal(CliProcess.Terminate);
        var ended = await process.EndAsync(Cancel);
        var errors = ended.Error;
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("audit:", errors, StringComparison.Ordinal);
        Assert.Contains("first (token) deleteDataset /datasets/none", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("readable by others", errors, StringComparison.Ordinal);
    }
}
