using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Http;

/// <summary>
/// Each request has an id: it is in the header <c>X-Request-Id</c> of the answer, in the body of an error, and in every line of the log
/// that the request caused. It is the trace's id (W3C Trace Context), so that a caller that sends <c>traceparent</c> finds its own.
/// </summary>
internal sealed class RequestIds(RequestDelegate next, ILoggerFactory logging)
{
    public const string Header = "X-Request-Id";

    /// <summary>Lines for each request, at level information: who operates the server may want them or not.</summary>
    public const string Category = "Almagest.Requests";

    /// <summary>The name by which lines of the log carry the id.</summary>
    public const string Scope = "TraceId";

    private readonly ILogger _logger = logging.CreateLogger(Category);

    /// <summary>What is logged until the end of this names the request.</summary>
    public static IDisposable? Begin(ILogger logger, string id) => logger.BeginScope("request {TraceId}", id);

    public async Task InvokeAsync(HttpContext context)
    {
        var id = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity
            ? activity.TraceId.ToHexString()
            : ActivityTraceId.CreateRandom().ToHexString();
        context.TraceIdentifier = id;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        using var scope = Begin(_logger, id);
        if (!_logger.IsEnabled(LogLevel.Information))
        {
            await next(context);
            return;
        }
        var began = Stopwatch.GetTimestamp();
        // What follows the "?" may be a secret: a signed address, a name.
        var path = string.Concat(context.Request.Path.Value?.Select(c => char.IsControl(c) ? '?' : c) ?? "");
        await next(context);
        _logger.LogInformation(
            "{Method} {Path} {Status} in {Milliseconds} ms",
            context.Request.Method,
            path,
            context.Response.StatusCode,
            Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1)
        );
    }
}
