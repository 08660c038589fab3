using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ZstdSharp;

namespace Almagest.Server.Http;

/// <summary>Data and pages compressed on their way, with zstd or gzip, for clients that take it (RFC 9110, 12.5.3). Answers with a
/// strong tag are not, which would be another representation, nor what is compressed inside.</summary>
/// <remarks>
/// The length of a compressed answer can tell what stands beside something that the asker chose (BREACH). That takes a page of another site
/// which makes a browser ask here as its user, again and again, and somebody who sees the lengths. What another site asks for is refused
/// (<see cref="RequestGuard"/>) but for its links, and the answers to these are not compressed. Besides, pages hold no secret that stays
/// the same: what Blazor writes into them for itself is encrypted anew for every answer, and no page shows a token.
/// </remarks>
internal static class Compression
{
    private static readonly string[] s_types =
    [
        "text/html",
        "text/csv",
        "text/tab-separated-values",
        "text/plain",
        "text/xml",
        "application/x-votable+xml",
        "application/json",
        "application/problem+json",
        "application/fits",
    ];

    public static void AddTo(IServiceCollection services)
    {
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.MimeTypes = s_types;
            o.Providers.Add(new ZstdProvider());
            o.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        services.AddSingleton<IResponseCompressionProvider, WithoutTag>();
    }

    private sealed class WithoutTag(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
        : ResponseCompressionProvider(services, options)
    {
        // Fewer bytes would fill no fewer packets.
        private const int Least = 1024;

        public override bool ShouldCompressResponse(HttpContext context) =>
            context.Response.Headers.ETag.Count == 0
            && context.Response.ContentLength is not < Least
            && context.Request.Headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"]
            && base.ShouldCompressResponse(context);
    }

    private sealed class ZstdProvider : ICompressionProvider
    {
        private const int Level = 3;

        public string EncodingName => "zstd";

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new CompressionStream(outputStream, Level, leaveOpen: true);
    }
}
