using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Dashboard.Hosting;

/// <summary>
/// Scripts and styles, embedded in this assembly: the same from a checkout, a published folder, a tool package and a container, and never
/// from the network. Each has the hash of its bytes in its address, so that browsers may keep it for ever.
/// </summary>
internal static class DashboardAssets
{
    private sealed record Asset(byte[] Bytes, string Hash, string Type);

    private static readonly Dictionary<string, Asset> s_all = new[]
    {
        "MudBlazor.min.css",
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
        return new Asset(
            bytes,
            Convert.ToHexStringLower(SHA256.HashData(bytes))[..16],
            Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "text/javascript; charset=utf-8",
            }
        );
    }

    private sealed class AssetResult(Asset asset, string caching) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var (request, response) = (httpContext.Request, httpContext.Response);
            var tag = $"\"{asset.Hash}\"";
            response.Headers.ETag = tag;
            response.Headers.CacheControl = caching;
            response.Headers.XContentTypeOptions = "nosniff";
            if (request.Headers.IfNoneMatch == tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            response.ContentType = asset.Type;
            response.ContentLength = asset.Bytes.Length;
            return response.Body.WriteAsync(asset.Bytes, httpContext.RequestAborted).AsTask();
        }
    }
}
