using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ZstdSharp;

namespace Almagest.Server.Http;

/// <summary>Data compressed on its way, with zstd or gzip, for clients that take it (RFC 9110, 12.5.3). Pages are not, nor answers with a
/// strong tag, which would be another representation, nor what is compressed inside.</summary>
internal static class Compression
{
    private static readonly string[] s_types =
    [
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
            // A browser sends no request of another site's here, so that nobody can guess at an answer by its length.
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
