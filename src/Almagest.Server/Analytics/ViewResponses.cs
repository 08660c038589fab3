using System.Globalization;
using Almagest.Ledger.Views;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Analytics;

/// <summary>An answer from a view, as bytes of JSON; without a tag it is not to be asked for again conditionally.</summary>
/// <param name="coding">the coding of the bytes; null = none</param>
internal sealed class ViewResponse(ViewFreshness freshness, string? tag, byte[] body, string? coding = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        ViewResponseHeaders.Write(response, freshness, tag);
        response.ContentType = JsonBody.ContentType;
        if (coding is not null)
            response.Headers.ContentEncoding = coding;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }
}

/// <summary>The client has this answer already.</summary>
internal sealed class NotModified(ViewFreshness freshness, string tag) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        ViewResponseHeaders.Write(httpContext.Response, freshness, tag);
        return Task.CompletedTask;
    }
}

file static class ViewResponseHeaders
{
    public static void Write(HttpResponse response, ViewFreshness freshness, string? tag)
    {
        var headers = response.Headers;
        headers[ConditionalResponses.LagHeader] = freshness.MissingRuns.ToString(CultureInfo.InvariantCulture);
        // Keep it, but ask each time: the next run may complete at any moment.
        headers.CacheControl = tag is null ? "no-store" : AnswerHeaders.Private;
        if (tag is null)
            return;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ETag = tag;
        headers.LastModified = HeaderUtilities.FormatDate(freshness.AsOf);
    }
}

/// <summary>What a request says of the answer that its client has (RFC 9110, 13.1.2 and 13.1.3: tags go before dates).</summary>
internal readonly struct RequestConditions
{
    private readonly IList<EntityTagHeaderValue>? _tags;
    private readonly DateTimeOffset? _since;

    public RequestConditions(HttpRequest request)
    {
        if (request.Headers.IfNoneMatch.Count > 0)
        {
            // What cannot be read matches nothing, and the answer is whole.
            if (!EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch!, out _tags))
                _tags = [];
        }
        else if (request.Headers.IfModifiedSince is [{ } date] && HeaderUtilities.TryParseDate(date, out var parsed))
        {
            _since = parsed;
        }
    }

    /// <summary>Whether there is a condition that the version alone can decide.</summary>
    public bool Any => _since is not null || (_tags is not null && !AnyTag);

    /// <summary><c>*</c>: the client has some answer and does not want this one, if there is one.</summary>
    public bool AnyTag => _tags?.Any(t => t.Tag == "*") == true;

    /// <summary>The tag of the answer that the client has, compressed or not, where that is the answer of now; else null.</summary>
    public string? Matching(string tag, ViewFreshness freshness)
    {
        if (_tags is null)
            return _since is { } date && freshness.ChangedAt <= date.UtcDateTime ? tag : null;
        var compressed = ContentCoding.TagOfGzip(tag);
        return _tags.Any(t => t.Tag == tag) ? tag
            : _tags.Any(t => t.Tag == compressed) ? compressed
            : null;
    }
}
