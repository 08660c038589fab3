using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Almagest.Testing;

/// <summary>
/// A service that speaks just enough TAP and cone search to be fetched from, on a free port of this machine: one star for every query, but
/// for those with certain words, which are answered by an error, a redirection or far too much.
/// </summary>
public sealed class SmallService : IDisposable
{
    private const string Table =
        "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD name=\"id\" "
        + "datatype=\"long\"/><FIELD name=\"ra\" datatype=\"double\" unit=\"deg\"/>"
        + "<FIELD name=\"dec\" datatype=\"double\" "
        + "unit=\"deg\"/><DATA><TABLEDATA><TR><TD>7</TD><TD>10</TD><TD>20</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

    private const string Error =
        "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"ERROR\">unknown column "
        + "parallaxx</INFO></RESOURCE></VOTABLE>";

    private readonly HttpListener _listener = new();
    private readonly List<string> _asked = [];
    private int _polls;

    public SmallService()
    {
        // A port that was free a moment ago may be taken; then another one.
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            Tap = new Uri($"http://127.0.0.1:{port}/tap");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 5) { }
        }
        _ = Task.Run(ServeAsync);
    }

    /// <summary>The TAP service; a cone search is at <c>/cone</c> beside it.</summary>
    public Uri Tap { get; }

    public Uri Cone => new(Tap, "/cone");

    /// <summary>Method, address and body of every request so far.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public void Dispose() => _listener.Close();

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
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException) { }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var body = await new StreamReader(context.Request.InputStream).ReadToEndAsync();
        var path = context.Request.Url!.AbsolutePath;
        lock (_asked)
            _asked.Add($"{context.Request.HttpMethod} {context.Request.Url.PathAndQuery} {WebUtility.UrlDecode(body)}".Trim());
        var (status, text, location) = (context.Request.HttpMethod, path) switch
        {
            ("POST", "/tap/sync") when body.Contains("parallaxx", StringComparison.Ordinal) => (400, Error, ""),
            ("POST", "/tap/sync") when body.Contains("moved", StringComparison.Ordinal) => (303, "", "/tap/elsewhere"),
            ("POST", "/tap/sync") when body.Contains("astray", StringComparison.Ordinal) => (303, "", "ftp://example.org/x"),
            ("POST", "/tap/sync") when body.Contains("round", StringComparison.Ordinal) => (307, "", "/tap/sync"),
            ("POST", "/tap/sync") when body.Contains("endless", StringComparison.Ordinal) => (200, new string(' ', 3 << 20), ""),
            ("POST", "/tap/sync") or ("GET", "/tap/elsewhere") or ("GET", "/cone") or ("GET", "/tap/async/1/results/result") => (
                200,
                Table,
                ""
            ),
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
        if (location.Length > 0)
            context.Response.RedirectLocation = location;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }
}
