using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>Loads labels that the client sends as a table, or as a list of a cluster's members.</summary>
internal static class LabelUploadRoutes
{
    private static readonly TextParameter s_dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_set = new("label_set", "which set of labels; truth where left out");
    private static readonly TextParameter s_members = new(
        "members_of",
        "the table lists members of this cluster: ids are enough, and stars that it does not name count as non-members"
    );
    private static readonly BooleanParameter s_partial = new(
        "partial",
        "with members_of: the list does not name all members, so that nothing is said of the other stars"
    );
    private static readonly NumberParameter s_least = new(
        "min_probability",
        "with members_of: only rows whose column of probabilities holds at least this much",
        0,
        1
    );
    private static readonly BooleanParameter s_skip = new(
        "skip_unknown",
        "leave out labels of stars that the dataset does not hold, instead of refusing the table"
    );
    private static readonly TextParameter s_by = new("by", "who says so, where the table does not; of a token its name");

    public static void Map(IEndpointRouteBuilder group, ServerOptions options) =>
        group
            .Route(
                "POST",
                "/{dataset}/labels",
                "uploadLabels",
                "Labels stars by a table of their source ids",
                async context =>
                {
                    var dataset = await new DatasetRepository(options.Ledger).FindAsync(s_dataset.Read(context)!, context.RequestAborted);
                    var labels = ReadOptions(context);
                    using var folder = ScratchFolder.Create();
                    var file = await ReceivedFile.SaveAsync(context, folder, options.MaxUploadBytes);
                    return Results.Ok(
                        await new LabelIngestor(options.Ledger).IngestAsync(dataset.DatasetId, file, labels, context.RequestAborted)
                    );
                },
                s_dataset,
                s_set,
                s_members,
                s_partial,
                s_least,
                s_skip,
                s_by,
                ReceivedFile.Name,
                ReceivedFile.Mapping,
                KeptAnswer.Job
            )
            .WithTags("Annotations")
            .WithDescription(
                "The body is a table with source_id and any of label_outlier (0 or 1), label_kind and label_cluster, also label_remark, "
                    + "labelled_by and labelled_at; or, with members_of, a list of ids. All rows are stored, or none. A label that a star "
                    + "has in the set already is replaced. What the views say of labels follows by itself."
            )
            .Accepts<IFormFile>(isOptional: true, "application/octet-stream", ReceivedFile.MediaTypes)
            .Produces<LabelReport>()
            .Fails(404, 413, 415)
            .DisableRequestTimeout();

    private static LabelOptions ReadOptions(HttpContext context)
    {
        var members = s_members.Read(context);
        var least = context.Request.Query[s_least.Name] is [{ Length: > 0 }, ..] ? s_least.Read(context) : (double?)null;
        if (members is null && (least is not null || s_partial.Read(context)))
        {
            var name = least is null ? s_partial.Name : s_least.Name;
            throw LedgerException.Invalid(name, $"{name} is of a list of members", "Name their cluster in members_of.");
        }
        return new LabelOptions
        {
            LabelSet = s_set.Read(context) ?? "truth",
            Map = ReceivedFile.ReadMap(context),
            By = RequestPerson.By(context, s_by.Read(context)),
            SkipUnknown = s_skip.Read(context),
            MembersOf = members,
            LeastProbability = least,
            Partial = s_partial.Read(context),
        };
    }
}
