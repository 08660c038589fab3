using System.IO.Compression;
using System.Net;
using Xunit;
using ZstdSharp;

namespace Almagest.Server.Tests;

/// <summary>What every answer has beside its content: headers that browsers obey, codings, and who may ask from where.</summary>
public sealed class AnswerTests(KnownLedger known)
{
    private const string Notebook = "https://notebook.example.org";

    private readonly TestServer _server = known.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<HttpResponseMessage> AskAsync(
        TestServer server,
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        if (method == HttpMethod.Post)
            request.Content = new FormUrlEncodedContent([]);
        using var client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }
        )
        {
            BaseAddress = server.Client.BaseAddress,
        };
        return await client.SendAsync(request, Token);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    [Theory]
    [InlineData("/")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/datasets")]
    [InlineData("/nowhere")]
    [InlineData("/datasets?nonsense=1")]
    [InlineData("/analytics/discovery/stats")]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    [InlineData("/vo/tap")]
    [InlineData("/vo/tap/capabilities")]
    [InlineData("/vo/tap/examples")]
    [InlineData("/vo/tap/sync")]
    [InlineData("/vo/datasets/known/cone?RA=1&DEC=1&SR=1")]
    [InlineData("/sign-in")]
    public async Task Every_answer_is_taken_for_what_it_says_and_has_a_content_policy(string path)
    {
        using var answer = await AskAsync(_server, HttpMethod.Get, path);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Contains("frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("default-src '", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("zstd, gzip;q=0.5", "zstd")]
    [InlineData("gzip, zstd", "zstd")]
    [InlineData("br", null)]
    [InlineData("identity", null)]
    public async Task Data_are_compressed_as_the_client_takes_them(string accept, string? coding)
    {
        const string Path = "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_SCHEMA.columns&RESPONSEFORMAT=csv";
        var plain = (await _server.GetAsync(Path)).Text;
        using var answer = await AskAsync(_server, HttpMethod.Get, Path, ("Accept-Encoding", accept));
        Assert.Equal(coding, Header(answer, "Content-Encoding"));
        await using var body = await answer.Content.ReadAsStreamAsync(Token);
        await using var read = coding switch
        {
            "gzip" => (Stream)new GZipStream(body, CompressionMode.Decompress),
            "zstd" => new DecompressionStream(body),
            _ => body,
        };
        using var reader = new StreamReader(read);
        Assert.Equal(plain, await reader.ReadToEndAsync(Token));
        Assert.Equal("text/csv; charset=utf-8", Header(answer, "Content-Type"));
    }

    [Fact]
    public async Task Every_kind_of_data_and_pages_are_compressed_but_for_the_links_of_other_sites()
    {
        foreach (
            var (path, compressed) in new[]
            {
                ("/openapi/v1.json", true),
                ("/vo/tap/tables", true),
                ("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_SCHEMA.columns", true),
                ("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_SCHEMA.columns&RESPONSEFORMAT=parquet", false),
                ($"/discovery/runs/{known.RunA}/results?format=fits", true),
                ("/discovery/runs?limit=100", true),
            }
        )
        {
            using var answer = await AskAsync(_server, HttpMethod.Get, path, ("Accept-Encoding", "gzip"));
            Assert.True((Header(answer, "Content-Encoding") == "gzip") == compressed, $"{path}: {Header(answer, "Content-Encoding")}");
        }
        foreach (var (site, compressed) in new[] { ("none", true), ("same-origin", true), ("cross-site", false), ("same-site", false) })
        {
            using var page = await AskAsync(
                _server,
                HttpMethod.Get,
                "/",
                ("Accept-Encoding", "gzip"),
                ("Accept", "text/html"),
                ("Sec-Fetch-Site", site),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document")
            );
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.True((Header(page, "Content-Encoding") == "gzip") == compressed, $"{site}: {Header(page, "Content-Encoding")}");
        }
    }

    [Fact]
    public async Task A_strong_tag_stands_for_the_bytes_that_were_sent()
    {
        using var answer = await AskAsync(_server, HttpMethod.Get, "/analytics/discovery/stats", ("Accept-Encoding", "zstd"));
        Assert.NotNull(Header(answer, "ETag"));
        Assert.Null(Header(answer, "Content-Encoding"));
    }

    [Fact]
    public async Task Options_says_which_methods_an_address_has()
    {
        using var runs = await AskAsync(_server, HttpMethod.Options, "/discovery/runs");
        Assert.Equal(HttpStatusCode.NoContent, runs.StatusCode);
        Assert.Equal(["GET", "HEAD", "OPTIONS", "POST"], Header(runs, "Allow")!.Split(", ").Order());
        using var none = await AskAsync(_server, HttpMethod.Options, "/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("/vo/tap")]
    [InlineData("/vo/tap/tables")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+1+FROM+almagest.runs&RESPONSEFORMAT=csv")]
    [InlineData("/vo/tap/async")]
    [InlineData("/vo/datasets/known/cone?RA=1&DEC=1&SR=1")]
    [InlineData("/datasets/known/stars?format=csv")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    public async Task Head_is_answered_wherever_get_is(string path)
    {
        using var head = await AskAsync(_server, HttpMethod.Head, path);
        using var get = await AskAsync(_server, HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, Header(get, "Content-Type")), (head.StatusCode, Header(head, "Content-Type")));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Pages_of_an_origin_that_was_named_may_ask_and_others_may_not()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0, CrossOrigins = [Notebook] });
        var crossSite = ("Sec-Fetch-Site", "cross-site");

        using var preflight = await AskAsync(
            server,
            HttpMethod.Options,
            "/vo/tap/sync",
            ("Origin", Notebook),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization"),
            crossSite
        );
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Notebook, Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Null(Header(preflight, "Access-Control-Allow-Credentials"));

        foreach (var path in new[] { "/datasets", "/vo/tap/tables", "/nowhere" })
        {
            using var read = await AskAsync(server, HttpMethod.Get, path, ("Origin", Notebook), crossSite);
            Assert.Equal(path == "/nowhere" ? HttpStatusCode.NotFound : HttpStatusCode.OK, read.StatusCode);
            Assert.Equal(Notebook, Header(read, "Access-Control-Allow-Origin"));
            Assert.Contains("Origin", Header(read, "Vary"), StringComparison.Ordinal);
            using var other = await AskAsync(server, HttpMethod.Get, path, ("Origin", "https://evil.example"), crossSite);
            Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
            Assert.Null(Header(other, "Access-Control-Allow-Origin"));
        }

        using var question = await AskAsync(server, HttpMethod.Post, "/vo/tap/sync", ("Origin", Notebook), crossSite);
        Assert.Equal(HttpStatusCode.BadRequest, question.StatusCode);
        // What changes the ledger needs a token, although the account that runs the server needs none.
        using var change = await AskAsync(server, HttpMethod.Post, "/analytics/discovery/refresh-views", ("Origin", Notebook), crossSite);
        Assert.Equal(HttpStatusCode.Forbidden, change.StatusCode);
        using var wrong = await AskAsync(
            server,
            HttpMethod.Post,
            "/analytics/discovery/refresh-views",
            ("Origin", Notebook),
            ("Authorization", "Bearer nobody"),
            crossSite
        );
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task Without_such_an_origin_nobody_may()
    {
        using var preflight = await AskAsync(
            _server,
            HttpMethod.Options,
            "/datasets",
            ("Origin", Notebook),
            ("Access-Control-Request-Method", "GET"),
            ("Sec-Fetch-Site", "cross-site")
        );
        Assert.Equal(HttpStatusCode.Forbidden, preflight.StatusCode);
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
    }
}
