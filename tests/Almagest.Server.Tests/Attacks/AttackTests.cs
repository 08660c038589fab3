using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Almagest.Ledger.Access;
using Almagest.Server.Tests.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests.Attacks;

/// <summary>
/// The kinds of faults of which the security advisories of MLflow, Jupyter and Airflow tell, tried on this server. Others of them are where
/// their subject is: who is let in (Access), names of other hosts and pages of other sites (HostTests), addresses after the sign-in
/// (SignInTests), notes (MarkdownTests), files that are made to harm (HostileFileTests), queries (BombTests, QueryLimitTests).
/// </summary>
public sealed partial class AttackTests(AttackedServer attacked) : IClassFixture<AttackedServer>
{
    private readonly TestServer _server = attacked.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    [Theory]
    [InlineData("..%2f..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("..%5c..%5c..%5cetc%5cpasswd")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("..%252f..%252fetc%252fpasswd")]
    [InlineData("file:%2f%2f%2fetc%2fpasswd")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    public async Task No_parameter_in_a_path_leads_to_a_file(string way)
    {
        foreach (var route in Routes().Where(r => r.RoutePattern.Parameters.Count > 0 && Takes(r, "GET")))
        {
            var path = Parameter.Replace($"/{route.RoutePattern.RawText!.TrimStart('/')}", way);
            var answer = await _server.GetAsync(path);
            // A cone search tells errors in its answer, and the pages of the API show the one document that there is.
            var isTold =
                path.StartsWith("/docs/", StringComparison.Ordinal) || answer.Text.Contains("name=\"Error\"", StringComparison.Ordinal);
            Assert.True((int)answer.Status is 400 or 404 || isTold, $"{path}: {answer.Status}");
            Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("../../../../tmp/almagest-attack.csv")]
    [InlineData("/tmp/almagest-attack.csv")]
    [InlineData("..\\..\\almagest-attack.csv")]
    public async Task The_name_of_an_uploaded_file_and_what_is_written_in_it_lead_nowhere(string name)
    {
        // A table that says that its rows are elsewhere, and one that wants a file of this machine as an entity.
        foreach (var content in new[] { Elsewhere("file:///etc/passwd"), Entity("file:///etc/passwd") })
        {
            using var body = new StringContent(content, Encoding.UTF8, "application/octet-stream");
            var answer = await _server.SendAsync(HttpMethod.Post, $"/datasets?dataset=attack&file={Escaped(name)}", body);
            var problem = JsonAssert.Problem(answer, HttpStatusCode.BadRequest);
            Assert.Equal("unreadable_catalogue", problem.GetProperty("code").GetString());
            Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
        }
        Assert.False(File.Exists("/tmp/almagest-attack.csv"));
    }

    [Fact]
    public async Task Whatever_names_an_address_the_server_asks_nobody()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/latest/meta-data";
        const string Query = "SELECT * FROM TAP_UPLOAD.t";
        var sync = $"/vo/tap/sync?LANG=ADQL&QUERY={Escaped(Query)}&UPLOAD=";
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.GetAsync($"{sync}{Escaped($"t,{address}")}")).Status);
        foreach (var table in new[] { Elsewhere(address), Entity(address) })
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent("ADQL"), "LANG" },
                { new StringContent(Query), "QUERY" },
                { new StringContent("t,param:p"), "UPLOAD" },
                { new StringContent(table), "p", "p.vot" },
            };
            Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendAsync(HttpMethod.Post, "/vo/tap/sync", form)).Status);
            using var body = new StringContent(table, Encoding.UTF8, "application/octet-stream");
            Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendAsync(HttpMethod.Post, "/datasets?file=t.vot", body)).Status);
        }
        Assert.False(elsewhere.Pending());
    }

    [Fact]
    public async Task A_stranger_opens_no_web_socket_and_no_other_way_to_an_open_page()
    {
        var address = new UriBuilder(_server.Client.BaseAddress!) { Scheme = "ws", Path = "/_blazor" }.Uri;
        foreach (var authorization in new[] { null, "Bearer almagest_wrong" })
        {
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("X-Forwarded-For", "198.51.100.9");
            if (authorization is not null)
                socket.Options.SetRequestHeader("Authorization", authorization);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, Cancel));
            Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        }
        foreach (
            var (method, path) in new[]
            {
                ("POST", "/_blazor/negotiate?negotiateVersion=1"),
                ("POST", "/_blazor/disconnect"),
                ("GET", "/_blazor/initializers"),
            }
        )
            Assert.Equal(HttpStatusCode.Unauthorized, (await _server.AskAsync(new HttpMethod(method), path)).Status);
    }

    [Theory]
    [InlineData("{\"dataset\":\"x\",\"$type\":\"System.Diagnostics.Process, System\"}")]
    [InlineData("{\"dataset\":\"x\",\"parameters\":{\"$type\":\"System.IO.FileInfo\"}}")]
    [InlineData("{\"dataset\":{\"$type\":\"System.IO.FileInfo\",\"fileName\":\"/etc/passwd\"}}")]
    [InlineData("{\"__proto__\":{\"scope\":\"admin\"},\"dataset\":\"x\"}")]
    [InlineData("!!python/object/apply:os.system [id]")]
    public async Task A_body_makes_no_object_but_those_that_its_route_takes(string body) =>
        JsonAssert.Problem(await _server.PostAsync("/discovery/runs", body), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("almagest=CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("almagest=AAEAAAD/////AQAAAAAAAAAMAgAAAA")]
    [InlineData("almagest=chunks-2; almagestC1=x; almagestC2=y")]
    public async Task A_cookie_that_is_made_up_is_that_of_nobody(string cookie)
    {
        var answer = await _server.AskAsync(HttpMethod.Get, "/datasets", null, null, ("Cookie", cookie));
        JsonAssert.Problem(answer, HttpStatusCode.Unauthorized);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task What_people_write_is_text_on_every_page_picture_and_document()
    {
        await _server.PostAsync(
            $"/discovery/runs/{attacked.Run}/notes",
            System.Text.Json.JsonSerializer.Serialize(
                new { text = AttackedServer.Markup + " [x](javascript:alert(1))", by = AttackedServer.Markup }
            )
        );
        var labelled = await _server.PostAsync(
            $"/stars/{attacked.Stars[0]}/labels",
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    is_anomaly = 1,
                    kind = AttackedServer.Markup,
                    by = AttackedServer.Markup,
                }
            )
        );
        Assert.True(labelled.Status is HttpStatusCode.Created or HttpStatusCode.OK, labelled.Text);
        await _server.TokenAsync(AccessScope.Read);
        var (dataset, markup) = (Escaped(AttackedServer.Markup), Escaped(AttackedServer.Markup));
        foreach (
            var page in new[]
            {
                "/",
                "/datasets",
                $"/datasets?search={markup}",
                $"/datasets/{dataset}",
                "/runs",
                $"/runs?where={markup}",
                $"/runs?search={markup}",
                $"/runs?tag={markup}",
                $"/runs/{attacked.Run}",
                $"/compare?runs={attacked.Run}",
                $"/start?dataset={dataset}&filter={markup}",
                $"/stars/{attacked.Stars[0]}?run={attacked.Run}",
                "/coverage",
                "/views",
                "/jobs",
                $"/sign-in?return_to=/{markup}",
                $"/nowhere/{markup}",
                "/vo/tap",
                "/vo/tap/examples",
                "/vo/tap/tables",
                "/docs",
                $"/datasets/{dataset}/chart",
                $"/discovery/runs/{attacked.Run}/chart",
                $"/vo/tap/sync?LANG=ADQL&QUERY={markup}",
                $"/vo/tap/sync?LANG=ADQL&QUERY={Escaped("SELECT * FROM almagest.runs")}",
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page);
            request.Headers.Accept.ParseAdd("text/html");
            request.Headers.Accept.ParseAdd("*/*;q=0.8");
            using var answer = await _server.Client.SendAsync(request, Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True((int)answer.StatusCode < 500, $"{page}: {answer.StatusCode}");
            Assert.False(Broken.IsMatch(text), $"{page} has markup that somebody wrote: {Broken.Match(text).Value}");
            // What were not text would not be run either.
            var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src 'unsafe-inline'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task What_people_write_makes_no_header_and_no_second_line_of_the_log()
    {
        var answer = await _server.GetAsync($"/datasets/{Escaped(AttackedServer.Markup)}/stars?format=csv");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Matches("^[A-Za-z0-9._-]+$", answer.ContentHeaders.ContentDisposition!.FileName!.Trim('"'));
        foreach (
            var path in new[]
            {
                "/sign-in?return_to=/%0d%0aSet-Cookie:%20a=b",
                "/sign?address=/%0d%0aSet-Cookie:%20a=b",
                "/vo/tap/sync?RESPONSEFORMAT=csv%0d%0aSet-Cookie:%20a=b",
            }
        )
        {
            using var reply = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.False(reply.Headers.Contains("Set-Cookie"), path);
        }
        using var traced = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        traced.Headers.TryAddWithoutValidation("traceparent", "00-<script>-x-01");
        traced.Headers.TryAddWithoutValidation("X-Request-Id", "mine");
        using var live = await _server.Client.SendAsync(traced, Cancel);
        Assert.Matches("^[0-9a-f]{32}$", live.Headers.GetValues("X-Request-Id").Single());

        using var renamed = new StringContent("{\"name\":\"a\\nforged line\"}", Encoding.UTF8, "application/json");
        await _server.SendAsync(HttpMethod.Patch, "/datasets/none%0aforged%20line", renamed);
        Assert.DoesNotContain("\nforged line", attacked.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_token_is_in_an_address_an_answer_or_the_log()
    {
        var (_, token) = await _server.TokenAsync(AccessScope.Write);
        var secret = token.Split('_')[^1];
        Assert.Equal(HttpStatusCode.OK, (await _server.AskAsync(HttpMethod.Get, "/datasets", AccessServer.Bearer(token))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _server.AskAsync(HttpMethod.Get, "/datasets", AccessServer.Basic(token))).Status);
        // In an address it lets nobody in.
        foreach (var name in new[] { "token", "access_token", "signed", "key" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await _server.AskAsync(HttpMethod.Get, $"/datasets?{name}={token}")).Status);
        var signed = (await _server.AskAsync(HttpMethod.Get, "/sign?address=/datasets", AccessServer.Bearer(token))).Text;
        Assert.DoesNotContain(secret, signed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _server.AskAsync(HttpMethod.Get, new Uri(signed).PathAndQuery)).Status);
        var refused = await _server.AskAsync(HttpMethod.Delete, "/datasets/none", AccessServer.Bearer(token));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.DoesNotContain(secret, refused.Text, StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token), KeyValuePair.Create("return_to", "/runs")]);
        using var entry = await _server.Client.PostAsync("/sign-in", form, Cancel);
        Assert.DoesNotContain(secret, entry.Headers.ToString() + entry.RequestMessage!.RequestUri, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, attacked.Log, StringComparison.Ordinal);
        // Nor is what a signed address has.
        Assert.DoesNotContain("signed=", attacked.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_address_signs_no_other()
    {
        var (_, token) = await _server.TokenAsync(AccessScope.Read);
        var signed = (
            await _server.AskAsync(HttpMethod.Get, $"/sign?address={Escaped("/sign?address=/datasets")}", AccessServer.Bearer(token))
        ).Text;
        var next = await _server.AskAsync(HttpMethod.Get, new Uri(signed).PathAndQuery);
        Assert.Equal(HttpStatusCode.Forbidden, next.Status);
        Assert.DoesNotContain("signed=", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_not_everybody_may_have_is_kept_by_no_proxy()
    {
        foreach (var route in Routes().Where(r => r.RoutePattern.Parameters.Count == 0 && Takes(r, "GET")))
        {
            var path = $"/{route.RoutePattern.RawText!.TrimStart('/')}";
            using var answer = await _server.Client.GetAsync(
                new Uri(path, UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead,
                Cancel
            );
            var caching = answer.Headers.CacheControl;
            var isPublic =
                path.StartsWith("/assets/", StringComparison.Ordinal)
                || path.StartsWith("/_framework/", StringComparison.Ordinal)
                || path.StartsWith("/docs/", StringComparison.Ordinal);
            Assert.True(isPublic || caching is { Private: true } or { NoStore: true }, $"{path}: {caching}");
        }
    }

    [Fact]
    public async Task Errors_say_nothing_of_files_accounts_or_statements()
    {
        var (_, token) = await _server.TokenAsync(AccessScope.Admin);
        foreach (
            var (method, path, body) in new[]
            {
                ("GET", "/stars/99999999999999999999", null),
                ("GET", "/discovery/runs?where=%27%20or%201%3D1--", null),
                ("GET", "/discovery/runs?sort=created_at%3B%20drop%20table%20stars", null),
                ("GET", "/discovery/runs/not-a-run", null),
                ("GET", "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+pg_read_file('/etc/passwd')+FROM+almagest.runs", null),
                ("GET", "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+pg_catalog.pg_authid", null),
                ("GET", "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+1/0+AS+x+FROM+almagest.runs", null),
                ("POST", "/discovery/runs", "{\"dataset\":\"none\"}"),
                ("POST", "/discovery/runs", "{\"dataset\":"),
                ("POST", "/datasets?file=x", "no table at all"),
                ("DELETE", "/datasets/none", null),
            }
        )
        {
            var answer = await _server.AskAsync(new HttpMethod(method), path, AccessServer.Bearer(token), body);
            Assert.True((int)answer.Status is >= 400 and < 500, $"{path}: {answer.Status}");
            foreach (
                var secret in new[]
                {
                    "Exception",
                    " at Almagest",
                    "Npgsql",
                    "/tmp/",
                    "/home/",
                    "/usr/",
                    "almagest_owner",
                    Environment.MachineName + ":",
                    "select ",
                    "from public",
                }
            )
                Assert.False(answer.Text.Contains(secret, StringComparison.Ordinal), $"{path} says '{secret}': {answer.Text}");
        }
    }

    private static string Elsewhere(string address) =>
        $"""
            <VOTABLE version="1.4"><RESOURCE><TABLE><FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/>
            <DATA><BINARY><STREAM href="{address}"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>
            """;

    private static string Entity(string address) =>
        $"""
            <?xml version="1.0"?>
            <!DOCTYPE v SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}"> <!ENTITY % y SYSTEM "{address}"> %y;]>
            <VOTABLE version="1.4"><RESOURCE><TABLE><FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/>
            <FIELD name="n" datatype="char" arraysize="*"/>
            <DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD><TD>&x;</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
            """;

    private IEnumerable<RouteEndpoint> Routes() =>
        _server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool Takes(RouteEndpoint route, string method) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) ?? false;

    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}")]
    private static partial Regex Parameter { get; }

    // As a browser would take it: a tag with a script, an attribute of one, or an address of one.
    [GeneratedRegex("<img src=x|<b>[0-9]+</b>|href=\"javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex Broken { get; }
}
