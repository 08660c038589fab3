using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Almagest.Dashboard.Hosting;

/// <summary>
/// Scripts and styles, embedded in this assembly: the same from a checkout, a published folder, a tool package and a container, and never
/// from the network. Each has the hash of its bytes in its address, so that browsers may keep it for ever.
/// </summary>
internal static class DashboardAssets
{
    private const string Frame = "MudBlazor.min.css";

    /// <summary>Beginnings of the names of the frame's classes that pages have: of its parts that they use.</summary>
    private static readonly string[] s_ofFrame =
    [
        "mud-alert",
        "mud-appbar",
        "mud-elevation-0",
        "mud-icon-root",
        "mud-layout",
        "mud-main-content",
        "mud-paper",
        "mud-popover",
        "mud-skeleton",
        "mud-svg-icon",
        "mud-toolbar",
    ];

    /// <param name="Packed">by the coding's name, made when it is first asked for</param>
    private sealed record Asset(byte[] Bytes, string Hash, string Type, IReadOnlyDictionary<string, Lazy<byte[]>> Packed);

    private static readonly Dictionary<string, Asset> s_all = new[]
    {
        Frame,
        "MudBlazor.min.js",
        "almagest.css",
        "almagest.js",
        "samp.js",
        "theme.js",
        "favicon.svg",
        "blazor.web.js",
    }.ToDictionary(n => n, Load);

    /// <summary>Blazor's script asks for pages of its own by this address.</summary>
    private const string BlazorScript = "/_framework/blazor.web.js";

    /// <summary>The address of an asset, from the base of a page.</summary>
    public static string Url(string name) => $"assets/{s_all[name].Hash}/{name}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/assets/{hash}/{name}",
                (string hash, string name) =>
                    s_all.TryGetValue(name, out var asset) && asset.Hash == hash
                        ? new AssetResult(asset, "public, max-age=31536000, immutable")
                        : Results.NotFound()
            )
            .ExcludeFromDescription();
        routes.MapGet(BlazorScript, () => new AssetResult(s_all["blazor.web.js"], "no-cache")).ExcludeFromDescription();
    }

    private static Asset Load(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (name == Frame)
            bytes = Encoding.UTF8.GetBytes(StyleTrim.Trim(Encoding.UTF8.GetString(bytes), s_ofFrame));
        return new Asset(
            bytes,
            Convert.ToHexStringLower(SHA256.HashData(bytes))[..16],
            Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "text/javascript; charset=utf-8",
            },
            new Dictionary<string, Lazy<byte[]>>
            {
                ["br"] = new(() => Pack(bytes, to => new BrotliStream(to, CompressionLevel.Optimal))),
                ["gzip"] = new(() => Pack(bytes, to => new GZipStream(to, CompressionLevel.Optimal))),
            }
        );
    }

    private static byte[] Pack(byte[] bytes, Func<Stream, Stream> coder)
    {
        using var packed = new MemoryStream();
        using (var stream = coder(packed))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private sealed class AssetResult(Asset asset, string caching) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var (request, response) = (httpContext.Request, httpContext.Response);
            // The first that the client takes; "br;q=0" takes none.
            var coding = asset.Packed.Keys.FirstOrDefault(name =>
                request
                    .GetTypedHeaders()
                    .AcceptEncoding.Any(a => a.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0)
            );
            // Other bytes are another representation.
            var tag = coding is null ? $"\"{asset.Hash}\"" : $"\"{asset.Hash}-{coding}\"";
            response.Headers.ETag = tag;
            response.Headers.Vary = HeaderNames.AcceptEncoding;
            response.Headers.CacheControl = caching;
            response.Headers.XContentTypeOptions = "nosniff";
            if (request.Headers.IfNoneMatch == tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            var bytes = coding is null ? asset.Bytes : asset.Packed[coding].Value;
            if (coding is not null)
                response.Headers.ContentEncoding = coding;
            response.ContentType = asset.Type;
            response.ContentLength = bytes.Length;
            return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
        }
    }
}
