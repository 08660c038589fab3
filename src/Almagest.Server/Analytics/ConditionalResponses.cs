using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Analytics;

/// <summary>
/// Answers from views with the validators of HTTP (RFC 9110, 8.8 and 13): a strong ETag, Last-Modified, and 304 for a client that has the
/// answer already. A view's version is read with its rows, in one snapshot; while it stays the same, an answer that this server
/// has given before is given again without asking for the rows, compressed for clients that take that, and a 304 asks for the version
/// alone. Thread-safe.
/// </summary>
/// <param name="cache">answers kept from before</param>
internal sealed class ConditionalResponses(LedgerDatabase ledger, ResponseCache cache)
{
    /// <summary>How many complete runs the view does not show yet.</summary>
    public const string LagHeader = "X-Almagest-View-Lag";

    /// <summary>Changes where the same rows are written otherwise than before.</summary>
    private const string Representation = "json-1";

    private readonly BatchedLookup<AnalyticsView, ViewFreshness> _versions = new(views => ViewFreshness.ReadAsync(ledger, views));

    /// <summary>Answers what is read, in one snapshot, from one view; null = an answer that depends on more than the view, and carries no
    /// validators.</summary>
    public async Task<IResult> AnswerAsync<T>(HttpContext context, AnalyticsView view, Func<AnalyticsQueries, Task<T?>> read)
        where T : class
    {
        var key = KeyOf(context);
        var known = cache.Find(key);
        var conditions = new RequestConditions(context.Request);
        if (known is not null || conditions.Any)
        {
            var now = await FreshnessAsync(context, view);
            var tag = TagOf(view, now, key);
            if (conditions.Matching(tag, now) is { } matching)
                return new NotModified(now, matching);
            if (known?.Tag == tag)
                return conditions.AnyTag ? new NotModified(now, tag) : Again(context, key, known, now);
        }
        await using var snapshot = await ViewSnapshot.OpenAsync(ledger, view, context.RequestAborted);
        var rows = await read(new AnalyticsQueries(snapshot));
        if (rows is null)
            return new ViewResponse(snapshot.Freshness, null, "[]"u8.ToArray());
        var answer = new CachedResponse(
            TagOf(view, snapshot.Freshness, key),
            JsonSerializer.SerializeToUtf8Bytes(rows, LedgerJson.Options)
        );
        cache.Keep(key, answer);
        return conditions.AnyTag
            ? new NotModified(snapshot.Freshness, answer.Tag)
            : new ViewResponse(snapshot.Freshness, answer.Tag, answer.Body);
    }

    // Compressed where the client takes it, but not the first time: it costs more than sending the bytes once.
    private ViewResponse Again(HttpContext context, string key, CachedResponse known, ViewFreshness freshness)
    {
        if (!known.IsLong || !ContentCoding.TakesGzip(context.Request))
            return new ViewResponse(freshness, known.Tag, known.Body);
        if (known.Gzip is null)
            cache.Keep(key, known = known with { Gzip = known.Compressed() });
        return new ViewResponse(freshness, ContentCoding.TagOfGzip(known.Tag), known.Gzip, ContentCoding.Gzip);
    }

    /// <summary>The same for a look-up that brings its freshness along and has too many different answers to keep.</summary>
    public async Task<IResult> LookUpAsync<T>(HttpContext context, AnalyticsView view, Func<Task<(ViewFreshness Freshness, T Row)>> read)
    {
        var key = KeyOf(context);
        var conditions = new RequestConditions(context.Request);
        if (conditions.Any)
        {
            var now = await FreshnessAsync(context, view);
            var tag = TagOf(view, now, key);
            if (conditions.Matching(tag, now) is { } matching)
                return new NotModified(now, matching);
        }
        var (freshness, row) = await read();
        return conditions.AnyTag
            ? new NotModified(freshness, TagOf(view, freshness, key))
            : new ViewResponse(freshness, TagOf(view, freshness, key), JsonSerializer.SerializeToUtf8Bytes(row, LedgerJson.Options));
    }

    private async Task<ViewFreshness> FreshnessAsync(HttpContext context, AnalyticsView view) =>
        await _versions.FindAsync(view, context.RequestAborted) ?? throw ViewFreshness.Missing(view);

    private static string KeyOf(HttpContext context) => string.Concat(context.Request.Path.Value, context.Request.QueryString.Value);

    // The time of the change is part of it: a view that is made anew counts its versions from the start again.
    private static string TagOf(AnalyticsView view, ViewFreshness freshness, string key)
    {
        var question = SHA256.HashData(Encoding.UTF8.GetBytes($"{Representation} {view.Name} {key}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\"{freshness.Version:x}-{freshness.ChangedAt.Ticks / TimeSpan.TicksPerSecond:x}-"
                + $"{Convert.ToHexStringLower(question.AsSpan(0, 8))}\""
        );
    }
}
