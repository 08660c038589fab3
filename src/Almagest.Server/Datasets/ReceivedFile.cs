using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Uploads;
using Almagest.Ledger.Database;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Datasets;

/// <summary>A file that a client sends: as the whole body, or as the first file of a form.</summary>
internal static class ReceivedFile
{
    public static readonly TextParameter Name = new(
        "file",
        "name of the file where the body is the file itself; its ending does not matter, its content does"
    );

    public static readonly TextParameter Mapping = new(
        "map",
        "fields and their columns where they are not found automatically, e.g. ra_deg=RAJ2000,dec_deg=DEJ2000"
    );

    /// <summary>What the body may be.</summary>
    public static readonly string[] MediaTypes =
    [
        "text/csv",
        "application/gzip",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/plain",
    ];

    /// <summary>Saves it in a folder.</summary>
    /// <returns>its path there</returns>
    public static async Task<string> SaveAsync(HttpContext context, ScratchFolder folder, long mostBytes)
    {
        if (await KeptAnswer.SaveAsync(context, folder) is { } kept)
            return kept;
        DiskSpace.RequireForFiles(folder.Path, context.Request.ContentLength ?? 0);
        using var turn = context
            .RequestServices.GetRequiredService<UploadQuota>()
            .Begin(Person.Of(context.User), Math.Min(context.Request.ContentLength ?? 0, mostBytes));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = mostBytes;
        if (
            !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            return await SaveAsync(context.Request.Body, folder, Name.Read(context) ?? "upload", turn, context.RequestAborted);

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } b
            ? b
            : throw LedgerException.Invalid("body", "the form has no boundary", "Let the client write the Content-Type of a form itself.");
        var reader = new MultipartReader(boundary, context.Request.Body);
        try
        {
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
            {
                if (section.AsFileSection() is { FileName.Length: > 0, FileStream: { } content } file)
                    return await SaveAsync(content, folder, file.FileName, turn, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException && e is not BadHttpRequestException)
        {
            throw LedgerException.Invalid("body", "the form is cut off or malformed", "Send it again.");
        }
        throw LedgerException.Invalid("file", "the form holds no file", $"Send one: curl -F file=@gaia.csv …{context.Request.Path}");
    }

    /// <summary>The fields that the client assigns to columns.</summary>
    public static Dictionary<string, string> ReadMap(HttpContext context)
    {
        var map = new Dictionary<string, string>();
        foreach (
            var term in (Mapping.Read(context) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            if (term.Split('=', 2) is not [{ Length: > 0 } field, { Length: > 0 } column] || !map.TryAdd(field, column))
                throw LedgerException.Invalid(
                    "map",
                    $"'{term}' is not a mapping, or its field is given twice",
                    "Write field=column, several with commas between: ra_deg=RAJ2000,dec_deg=DEJ2000"
                );
        }
        return map;
    }

    // A client need not say beforehand how much it sends.
    private static Task<string> SaveAsync(
        Stream content,
        ScratchFolder folder,
        string name,
        UploadQuota.Turn turn,
        CancellationToken cancellationToken
    ) =>
        folder.SaveAsync(
            content,
            name,
            total =>
            {
                turn.Received(total);
                DiskSpace.RequireForFiles(folder.Path, 0);
            },
            cancellationToken
        );
}
