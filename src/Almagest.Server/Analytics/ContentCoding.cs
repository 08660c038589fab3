using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Analytics;

/// <summary>Compressed answers (RFC 9110, 8.4 and 12.5.3): the same rows in another coding are another representation, with a strong tag of
/// its own.</summary>
internal static class ContentCoding
{
    public const string Gzip = "gzip";

    /// <summary>Whether the client names gzip, or anything, among the codings that it takes, and does not refuse it (<c>q=0</c>).</summary>
    public static bool TakesGzip(HttpRequest request)
    {
        if (
            request.Headers.AcceptEncoding is not { Count: > 0 } header
            || !StringWithQualityHeaderValue.TryParseList(header!, out var codings)
        )
            return false;
        var named =
            codings.FirstOrDefault(c => c.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(c => c.Value == "*");
        return named is not null && named.Quality is not 0;
    }

    /// <param name="tag">of the answer that is not compressed, in its quotes</param>
    public static string TagOfGzip(string tag) => string.Concat(tag.AsSpan(0, tag.Length - 1), "-gzip\"");
}
