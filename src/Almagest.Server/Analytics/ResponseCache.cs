using System.IO.Compression;
using Microsoft.Extensions.Caching.Memory;

namespace Almagest.Server.Analytics;

/// <summary>An answer that was given, and the tag under which it is true.</summary>
/// <param name="Gzip">its bytes compressed, once somebody who takes that asked again</param>
internal sealed record CachedResponse(string Tag, byte[] Body, byte[]? Gzip = null)
{
    /// <summary>Bytes below which a compressed answer would fill no fewer packets.</summary>
    private const int LeastToCompress = 2048;

    public bool IsLong => Body.Length >= LeastToCompress;

    public byte[] Compressed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Body);
        return packed.ToArray();
    }
}

/// <summary>
/// The answers that a server gave lately, up to a number of bytes in all; those asked for longest ago go first. Whether one is still true
/// is not known here: whoever takes one compares its tag with the view's version of now. Thread-safe.
/// </summary>
internal sealed class ResponseCache : IDisposable
{
    private const long MostBytes = 64L << 20;
    private const int MostBytesEach = 8 << 20;
    private const int Overhead = 512;

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = MostBytes, CompactionPercentage = 0.2 });

    public CachedResponse? Find(string key) => _answers.TryGetValue(key, out CachedResponse? answer) ? answer : null;

    public void Keep(string key, CachedResponse answer)
    {
        if (answer.Body.Length > MostBytesEach)
            return;
        _answers.Set(
            key,
            answer,
            new MemoryCacheEntryOptions { Size = answer.Body.Length + (answer.Gzip?.Length ?? 0) + (2 * key.Length) + Overhead }
        );
    }

    public void Dispose() => _answers.Dispose();
}
