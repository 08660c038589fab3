using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Input;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Almagest.Sky;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Datasets;

/// <summary>Loads a catalogue that the client sends: as the whole body, or as the first file of a form.</summary>
internal static class UploadRoutes
{
    private static readonly TextParameter s_fileName = new(
        "file",
        "name of the file where the body is the file itself; its ending does not matter, its content does"
    );
    private static readonly TextParameter s_name = new("dataset", "name of the dataset; the file's name without its endings by default");
    private static readonly TextParameter s_mapping = new(
        "map",
        "star fields and their columns where they are not found automatically, e.g. ra_deg=RAJ2000,dec_deg=DEJ2000"
    );
    private static readonly TextParameter s_table = new(
        "table",
        "which table of a file with several: its name, or its number from 1; FITS, VOTable, VizieR TSV"
    );
    private static readonly TextParameter s_missing = new(
        "missing",
        "values that mean that there is none, in every column or in one, with commas between: -999,parallax=0"
    );
    private static readonly TextParameter s_frame = new(
        "frame",
        "the system of the positions, where the file does not say it or says it wrongly: icrs, fk5, fk4, galactic, fk5:J1975, fk4:B1900"
    );
    private static readonly TextParameter s_epoch = new(
        "epoch",
        "year to which positions are carried by their proper motions, such as 2016 or J2000"
    );
    private static readonly TextParameter s_catalogEpoch = new(
        "catalog_epoch",
        "year for which the positions hold, where the file does not say it, such as 2016 for Gaia DR3"
    );
    private static readonly BooleanParameter s_force = new("force", "load although the same bytes are loaded already");
    private static readonly BooleanParameter s_zeroParallax = new(
        "zero_parallax_is_missing",
        "a parallax of exactly 0 means unknown in this catalogue"
    );

    public static void Map(IEndpointRouteBuilder group, ServerOptions options) =>
        group
            .Route(
                "POST",
                "",
                "uploadDataset",
                $"Loads a catalogue: {ReadableFormats.Words}",
                async context =>
                {
                    var ingest = new IngestOptions
                    {
                        DatasetName = s_name.Read(context),
                        Map = ReadMap(s_mapping.Read(context)),
                        Force = s_force.Read(context),
                        ZeroParallaxIsMissing = s_zeroParallax.Read(context),
                        Open = new CatalogOpenOptions
                        {
                            Table = s_table.Read(context),
                            Missing = MissingValue.ParseList(s_missing.Read(context)),
                        },
                        System = ReadFrame(s_frame.Read(context)),
                        Epoch = ReadYear("epoch", s_epoch.Read(context)),
                        CatalogEpoch = ReadYear("catalog_epoch", s_catalogEpoch.Read(context)),
                    };
                    using var folder = ScratchFolder.Create();
                    DiskSpace.RequireAt(folder.Path, context.Request.ContentLength ?? 0);
                    var file = await ReceiveAsync(context, folder.Path, options.MaxUploadBytes);
                    var report = await new CatalogIngestor(options.Ledger).IngestAsync([file], ingest, null, context.RequestAborted);
                    var body = await DatasetResources.ReadAsync(options.Ledger, report, cancellationToken: context.RequestAborted);
                    return report.AlreadyLoaded ? Results.Ok(body) : Results.Created($"/datasets/{report.Dataset.DatasetId}", body);
                },
                s_fileName,
                s_name,
                s_mapping,
                s_table,
                s_missing,
                s_frame,
                s_epoch,
                s_catalogEpoch,
                s_force,
                s_zeroParallax
            )
            .WithDescription(
                "The body is the file itself (curl --data-binary @gaia.csv '…/datasets?file=gaia.csv'), or a form with one file "
                    + "(curl -F file=@gaia.csv …/datasets). Rows that cannot be read are counted and listed; a file that is not a "
                    + "catalogue is refused and nothing is "
                    + "stored. A file that is loaded already is recognised by its checksum and answered with 200."
            )
            .Accepts<IFormFile>(
                "application/octet-stream",
                "text/csv",
                "application/gzip",
                "multipart/form-data",
                "application/x-www-form-urlencoded",
                "text/plain"
            )
            .Produces<IngestResource>(201)
            .Produces<IngestResource>()
            .Fails(409, 413, 415)
            .DisableRequestTimeout();

    private static async Task<string> ReceiveAsync(HttpContext context, string folder, long mostBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = mostBytes;
        if (
            !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            return await SaveAsync(context.Request.Body, folder, s_fileName.Read(context) ?? "upload", context.RequestAborted);

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } b
            ? b
            : throw LedgerException.Invalid("body", "the form has no boundary", "Let the client write the Content-Type of a form itself.");
        var reader = new MultipartReader(boundary, context.Request.Body);
        try
        {
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
            {
                if (section.AsFileSection() is { FileName.Length: > 0, FileStream: { } content } file)
                    return await SaveAsync(content, folder, file.FileName, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException && e is not BadHttpRequestException)
        {
            throw LedgerException.Invalid("body", "the form is cut off or malformed", "Send it again.");
        }
        throw LedgerException.Invalid("file", "the form holds no file", "Send one: curl -F file=@gaia.csv …/datasets");
    }

    private static async Task<string> SaveAsync(Stream content, string folder, string name, CancellationToken cancellationToken)
    {
        // The client's name is for people; on the disk of the server it must stay in its folder.
        var safe = string.Concat(name.Split('/', '\\')[^1].Where(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ' ').Take(100))
            .TrimStart('.');
        var path = Path.Combine(folder, safe.Length == 0 ? "upload" : safe);
        await using var file = File.Create(path);
        await content.CopyToAsync(file, cancellationToken);
        return path;
    }

    private static PositionSystem? ReadFrame(string? text) =>
        text is null
            ? null
            : PositionSystem.Parse(text)
                ?? throw LedgerException.Invalid(
                    "frame",
                    $"'{text}' is not a system of positions",
                    "Write icrs, fk5, fk4, galactic, fk5:J1975 or fk4:B1900."
                );

    private static double? ReadYear(string name, string? text) =>
        text is null
            ? null
            : PositionSystem.ParseEpoch(text)
                ?? throw LedgerException.Invalid(
                    name,
                    $"'{text}' is not a year from 1600 to 2200",
                    "Write for instance 2016, J2000 or B1950."
                );

    private static Dictionary<string, string> ReadMap(string? text)
    {
        var map = new Dictionary<string, string>();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
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
}
