using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Annotations;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Almagest.Server.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Annotations;

/// <summary>The tags that a run is to have.</summary>
public sealed record TagsRequestBody
{
    /// <summary>All of them, each one word of letters, digits and . _ - : / +; [] takes all away.</summary>
    [Required]
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Who gives them; kept with the new ones.</summary>
    public string? By { get; init; }
}

/// <summary>What is to be noted about a run.</summary>
public sealed record NoteRequestBody
{
    /// <summary>1 to 10,000 characters, of any number of lines.</summary>
    [Required, StringLength(10_000, MinimumLength = 1)]
    public string? Text { get; init; }

    /// <summary>Who writes.</summary>
    public string? By { get; init; }
}

/// <summary>Tags and notes of runs.</summary>
internal static class RunAnnotationRoutes
{
    private static readonly IntegerParameter s_noteId = new("note_id", "number of the note", 1, long.MaxValue) { InPath = true };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var annotations = new RunAnnotations(ledger);
        var group = api.MapGroup("/discovery/runs/{run_id}").WithTags("Annotations");

        group
            .Route(
                "GET",
                "/tags",
                "getTags",
                "The tags of a run",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    return Results.Ok(RunResources.ListOf(runId, await annotations.TagsAsync(runId, context.RequestAborted)));
                },
                RunRoutes.RunId
            )
            .Produces<RunTagList>()
            .Fails(404);

        group
            .Route(
                "PUT",
                "/tags",
                "setTags",
                "Makes these the tags of a run",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<TagsRequestBody>(context);
                    if (body.Tags is null || body.Tags.Any(t => t is null))
                        throw LedgerException.Invalid(
                            "tags",
                            "tags is not given, or holds null",
                            "Give all tags that the run is to have; [] takes all away."
                        );
                    await annotations.SetTagsAsync(runId, body.Tags, RequestPerson.By(context, body.By), context.RequestAborted);
                    return Results.Ok(RunResources.ListOf(runId, await annotations.TagsAsync(runId, context.RequestAborted)));
                },
                RunRoutes.RunId
            )
            .WithDescription("Tags that stay keep who gave them and when. A complete run itself never changes: tags are beside it.")
            .Accepts<TagsRequestBody>("application/json")
            .Produces<RunTagList>()
            .Fails(400, 404, 413, 415);

        group
            .Route(
                "GET",
                "/notes",
                "getNotes",
                "The notes about a run, oldest first",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    return Results.Ok(RunResources.ListOf(runId, await annotations.NotesAsync(runId, context.RequestAborted)));
                },
                RunRoutes.RunId
            )
            .Produces<RunNoteList>()
            .Fails(404);

        group
            .Route(
                "POST",
                "/notes",
                "addNote",
                "Notes something about a run",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<NoteRequestBody>(context);
                    var note = await annotations.AddNoteAsync(
                        runId,
                        body.Text ?? "",
                        RequestPerson.By(context, body.By),
                        context.RequestAborted
                    );
                    return Results.Created($"/discovery/runs/{runId}/notes", note.ToResource());
                },
                RunRoutes.RunId
            )
            .Accepts<NoteRequestBody>("application/json")
            .Produces<RunNoteResource>(201)
            .Fails(400, 404, 413, 415);

        group
            .Route(
                "DELETE",
                "/notes/{note_id}",
                "deleteNote",
                "Takes a note away",
                async context =>
                {
                    await annotations.RemoveNoteAsync(
                        RunRoutes.RunId.Read(context)!.Value,
                        s_noteId.Read(context)!.Value,
                        RequestPerson.Name(context),
                        context.RequestAborted
                    );
                    return Results.NoContent();
                },
                RunRoutes.RunId,
                s_noteId
            )
            .Produces(204)
            .Fails(404);
    }
}
