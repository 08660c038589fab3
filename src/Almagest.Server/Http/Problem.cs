using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Ledger.Views.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Almagest.Server.Http;

/// <summary>An error, as RFC 9457 problem details.</summary>
/// <param name="Type">always <c>about:blank</c>: the status says what kind it is</param>
/// <param name="Title">the status in words</param>
/// <param name="Status">the HTTP status</param>
/// <param name="Code">what kind of error it is, as docs/errors.md lists them; it stays while the words may change</param>
/// <param name="Detail">what was wrong: where, what was found, what was expected</param>
/// <param name="Hint">what to do</param>
/// <param name="Errors">what was wrong with each field of the request; null where no field was</param>
/// <param name="Facts">named values of the case; the code says which. Null where there are none</param>
/// <param name="Instance">the path that was asked for</param>
/// <param name="RequestId">the request's id, also in the header X-Request-Id and in the server's log</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    string Hint,
    IReadOnlyDictionary<string, string[]>? Errors,
    IReadOnlyDictionary<string, object?>? Facts,
    string Instance,
    string RequestId
)
{
    internal const string ContentType = "application/problem+json";

    /// <summary>An error of the ledger, with its code, its facts and advice in the words of HTTP.</summary>
    internal static Problem Of(HttpContext context, LedgerException error)
    {
        var problem = Of(
            context,
            StatusOf(error.Kind),
            ServerPaths.Shown(context, error.Message, error),
            HttpAdvice.Of(error) is { } advice ? ServerPaths.Shown(context, advice, error) : null,
            error.Field
        );
        var facts = error.Facts.Where(f => f.Key != ServerPaths.Fact || ServerPaths.MaySee(context)).ToDictionary();
        return problem with { Code = error.Code.Name, Facts = facts.Count == 0 ? null : facts };
    }

    /// <summary>An error of HTTP itself: its code is the status in words, such as <c>not_found</c>.</summary>
    internal static Problem Of(HttpContext context, int status, string detail, string? hint = null, string? field = null)
    {
        detail = Sentence(detail, field);
        var title = ReasonPhrases.GetReasonPhrase(status);
        return new Problem(
            "about:blank",
            title,
            status,
            title.Replace(' ', '_').ToLowerInvariant(),
            detail,
            hint ?? "The routes, their parameters and bodies are described at /docs.",
            field is null ? null : new Dictionary<string, string[]> { [field] = [detail] },
            null,
            context.Request.PathBase.Add(context.Request.Path).ToUriComponent(),
            context.TraceIdentifier
        );
    }

    internal static int StatusOf(LedgerErrorKind kind) =>
        kind switch
        {
            LedgerErrorKind.Invalid => StatusCodes.Status400BadRequest,
            LedgerErrorKind.NotFound => StatusCodes.Status404NotFound,
            LedgerErrorKind.Conflict => StatusCodes.Status409Conflict,
            LedgerErrorKind.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status503ServiceUnavailable,
        };

    internal async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "5";
        if (Status == StatusCodes.Status429TooManyRequests)
            response.Headers.RetryAfter = "60";
        var json = JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Options);
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json);
    }

    // The ledger's messages are halves of sentences, fit for a command line's "error: …". A field's name keeps its case.
    private static string Sentence(string text, string? field)
    {
        if (text.Length == 0)
            return text;
        var named = field is not null && text.StartsWith(field.Split('.')[^1] + " ", StringComparison.Ordinal);
        return string.Concat(
            named ? text[..1] : char.ToUpperInvariant(text[0]).ToString(),
            text.AsSpan(1),
            text[^1] is '.' or '!' or '?' ? "" : "."
        );
    }
}

/// <summary>A request that HTTP itself refuses: status, what was wrong, what to do.</summary>
internal sealed class HttpProblemException(int status, string message, string hint) : Exception(message)
{
    public int Status => status;
    public string Hint => hint;
}
