using System.Net;
using System.Text;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Fetching from TAP and cone-search services, against a small one on a free port of this machine.</summary>
public sealed class ServiceClientTests : IDisposable
{
    private const string Table = "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD name=\"id\" datatype=\"long\"/><FIELD name=\"ra\" datatype=\"double\" unit=\"deg\"/>"
        + "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\"/><DATA><TABLEDATA><TR><TD>7</TD><TD>10</TD><TD>20</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

    private const string Error = "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"ERROR\">unknown column parallaxx</INFO></RESOURCE></VOTABLE>";

    private readonly HttpListener _listener = new();
    private readonly List<string> _asked = [];
    private readonly string _file = Path.GetTempFileName();
    private readonly Uri _service;
    private int _polls;

    public ServiceClientTests()
    {
        // A port that was free a moment ago may be taken; then another one.
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            _service = new Uri($"http://127.0.0.1:{port}/tap");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
            }
        }
        _ = Task.Run(ServeAsync);
    }

    public void Dispose()
    {
        _listener.Close();
        File.Delete(_file);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            try
            {
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string body = await new StreamReader(context.Request.InputStream).ReadToEndAsync();
        string path = context.Request.Url!.AbsolutePath;
        lock (_asked) _asked.Add($"{context.Request.HttpMethod} {context.Request.Url.PathAndQuery} {WebUtility.UrlDecode(body)}".Trim());
        var (status, text, location) = (context.Request.HttpMethod, path) switch
        {
            ("POST", "/tap/sync") when body.Contains("parallaxx", StringComparison.Ordinal) => (400, Error, ""),
            ("POST", "/tap/sync") when body.Contains("moved", StringComparison.Ordinal) => (303, "", "/tap/elsewhere"),
            ("POST", "/tap/sync") when body.Contains("astray", StringComparison.Ordinal) => (303, "", "ftp://example.org/x"),
            ("POST", "/tap/sync") when body.Contains("round", StringComparison.Ordinal) => (307, "", "/tap/sync"),
            ("POST", "/tap/sync") when body.Contains("endless", StringComparison.Ordinal) => (200, new string(' ', 3 << 20), ""),
            ("POST", "/tap/sync") or ("GET", "/tap/elsewhere") or ("GET", "/cone") or ("GET", "/tap/async/1/results/result") => (200, Table, ""),
            ("POST", "/tap/async") => (303, "", body.Contains("parallaxx", StringComparison.Ordinal) ? "/tap/async/2" : "/tap/async/1"),
            ("GET", "/tap/async/1/phase") => (200, ++_polls < 3 ? "EXECUTING" : "COMPLETED", ""),
            ("GET", "/tap/async/2/phase") => (200, "ERROR", ""),
            ("GET", "/tap/async/2/error") => (200, Error, ""),
            ("GET", "/slow") => (0, "", ""),
            ("DELETE", _) => (303, "", "/tap/async"),
            _ => (404, "no such thing here", ""),
        };
        if (status == 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(30));
            return;
        }
        context.Response.StatusCode = status;
        // HttpListener now and then closes a connection that it kept for the next request, just when that comes.
        context.Response.KeepAlive = false;
        if (location.Length > 0) context.Response.RedirectLocation = location;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }

    private async Task<IReadOnlyList<Star>> Fetch(ServiceRequest request, ServiceLimits? limits = null)
    {
        using var client = new ServiceClient(limits);
        await client.FetchAsync(request, _file, null, TestContext.Current.CancellationToken);
        return Load.File(_file).Stars;
    }

    private async Task<string> Refusal(ServiceRequest request, ServiceLimits? limits = null) =>
        (await Assert.ThrowsAsync<CatalogFormatException>(() => Fetch(request, limits))).Message;

    [Fact]
    public async Task A_tap_service_is_asked_at_once()
    {
        var star = Assert.Single(await Fetch(new TapRequest(_service, "select * from stars", MaxRows: 10)));
        Assert.Equal(("7", 10, 20), (star.Id, star.Ra, star.Dec));
        string asked = Assert.Single(_asked);
        Assert.StartsWith("POST /tap/sync ", asked, StringComparison.Ordinal);
        Assert.Contains("REQUEST=doQuery&LANG=ADQL&FORMAT=votable&QUERY=select * from stars&MAXREC=10", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tap_service_works_on_a_job_and_is_tidied_up_after()
    {
        Assert.Single(await Fetch(new TapRequest(_service, "select * from stars", Asynchronous: true)));
        Assert.Contains("PHASE=RUN", _asked[0], StringComparison.Ordinal);
        Assert.Equal(3, _asked.Count(a => a == "GET /tap/async/1/phase"));
        Assert.Equal("DELETE /tap/async/1", _asked[^1]);
    }

    [Fact]
    public async Task What_the_service_says_is_wrong_reaches_the_user()
    {
        foreach (bool asynchronous in new[] { false, true })
            Assert.Contains("unknown column parallaxx", await Refusal(new TapRequest(_service, "select parallaxx", asynchronous)), StringComparison.Ordinal);
        Assert.Contains("404", await Refusal(new ConeRequest(new Uri(_service, "/nowhere"), 10, 20, 1)), StringComparison.Ordinal);
        Assert.Contains("no such thing here", await Refusal(new ConeRequest(new Uri(_service, "/nowhere"), 10, 20, 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/cone", "/cone?RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    [InlineData("/cone?cat=I/239", "/cone?cat=I/239&RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    [InlineData("/cone?cat=x&", "/cone?cat=x&RA=10.5&DEC=-20&SR=0.25&VERB=3")]
    public async Task A_cone_search_service_is_asked_under_any_address(string address, string asked)
    {
        Assert.Single(await Fetch(new ConeRequest(new Uri(_service, address), 10.5, -20, 0.25)));
        Assert.Equal($"GET {asked}", Assert.Single(_asked));
    }

    [Fact]
    public async Task Redirections_are_followed_only_as_far_as_they_are_safe()
    {
        Assert.Single(await Fetch(new TapRequest(_service, "moved")));
        Assert.Contains("not followed", await Refusal(new TapRequest(_service, "astray")), StringComparison.Ordinal);
        Assert.Contains("more than 8 times", await Refusal(new TapRequest(_service, "round")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_are_too_large_or_too_late_are_broken_off()
    {
        Assert.Contains("larger than 1 MiB", await Refusal(new TapRequest(_service, "endless"), new ServiceLimits { MaxBytes = 1 << 20 }), StringComparison.Ordinal);
        Assert.Contains("within", await Refusal(new ConeRequest(new Uri(_service, "/slow"), 1, 2, 3), new ServiceLimits { Timeout = TimeSpan.FromMilliseconds(300) }), StringComparison.Ordinal);
        Assert.Contains("cannot be reached", await Refusal(new ConeRequest(new Uri("http://127.0.0.1:1/"), 1, 2, 3)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gea.esac.esa.int/tap", "https://gea.esac.esa.int/tap")]
    [InlineData("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x")]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("ftp://x/y", null)]
    [InlineData("https://", null)]
    public void Only_web_addresses_are_services_and_tls_is_the_default(string text, string? address)
    {
        if (address is null) Assert.Throws<CatalogFormatException>(() => ServiceRequest.Address(text));
        else Assert.Equal(address, ServiceRequest.Address(text).AbsoluteUri);
    }
}
