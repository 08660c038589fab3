using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Almagest.Ledger.Access;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>A server that is asked by others than the account that runs it: what a proxy forwards is not that account's.</summary>
internal static class AccessServer
{
    // One for all: a server looks through the kernel's table of connections for the account of each new one, which takes many times as long
    // as to answer.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public static Task<TestServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null) =>
        TestServer.StartAsync(o => (change ?? (x => x))(o with { Workers = 0 }));

    /// <summary>A new token of a name of its own.</summary>
    public static async Task<(string Name, string Token)> TokenAsync(this TestServer server, AccessScope scope, DateTime? expiresAt = null)
    {
        var name = $"{scope.Written()}-{Guid.NewGuid():N}";
        var (_, token) = await new AccessTokens(server.Ledger).CreateAsync(name, scope, expiresAt, TestContext.Current.CancellationToken);
        return (name, token);
    }

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    public static AuthenticationHeaderValue Basic(string token) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{token}")));

    /// <summary>Asks as somebody from elsewhere.</summary>
    public static async Task<Answer> AskAsync(
        this TestServer server,
        HttpMethod method,
        string path,
        AuthenticationHeaderValue? authorization = null,
        string? json = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Client.BaseAddress!, path));
        request.Headers.Authorization = authorization;
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (name != "Content-Type")
                request.Headers.TryAddWithoutValidation(name, value);
            else if (request.Content is { } content)
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
        }
        using var response = await s_client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        var endless = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return new Answer(
            response.StatusCode,
            response.Headers,
            response.Content.Headers,
            endless ? "" : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    public static async Task<HttpStatusCode> StatusAsync(
        this TestServer server,
        string path,
        AuthenticationHeaderValue? authorization = null
    ) => (await server.AskAsync(HttpMethod.Get, path, authorization)).Status;
}
