using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Input;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Almagest.Sky;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>Loads a catalogue that the client sends.</summary>
internal static class UploadRoutes
{
    private static readonly TextParameter s_name = new("dataset", "name of the dataset; the file's name without its endings by default");
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
    private static readonly ChoiceParameter s_raFrom = new(
        "ra_from",
        "degrees from which the right ascensions of the file run: 0, to 360, or -180, to 180",
        ["0", "-180"]
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
                        Map = ReceivedFile.ReadMap(context),
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
                        RaFrom = s_raFrom.Read(context) is { } from ? int.Parse(from, CultureInfo.InvariantCulture) : null,
                    };
                    using var folder = ScratchFolder.Create();
                    var file = await ReceivedFile.SaveAsync(context, folder, options.MaxUploadBytes);
                    var report = await new CatalogIngestor(options.Ledger).IngestAsync([file], ingest, null, context.RequestAborted);
                    var body = await DatasetResources.ReadAsync(options.Ledger, report, cancellationToken: context.RequestAborted);
                    return report.AlreadyLoaded ? Results.Ok(body) : Results.Created($"/datasets/{report.Dataset.DatasetId}", body);
                },
                ReceivedFile.Name,
                s_name,
                ReceivedFile.Mapping,
                KeptAnswer.Job,
                s_table,
                s_missing,
                s_frame,
                s_epoch,
                s_catalogEpoch,
                s_raFrom,
                s_force,
                s_zeroParallax
            )
            .WithDescription(
                "The body is the file itself (curl --data-binary @gaia.csv '…/datasets?file=gaia.csv'), or a form with one file "
                    + "(curl -F file=@gaia.csv …/datasets). Rows that cannot be read are counted and listed; a file that is not a "
                    + "catalogue is refused and nothing is "
                    + "stored. A file that is loaded already is recognised by its checksum and answered with 200."
            )
            .Accepts<IFormFile>(isOptional: true, "application/octet-stream", ReceivedFile.MediaTypes)
            .Produces<IngestResource>(201)
            .Produces<IngestResource>()
            .Fails(409, 413, 415)
            .DisableRequestTimeout();

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
}
