using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Annotations;
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
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Who gives them; kept with the new ones.</summary>
    public string? By { get; init; }
}

/// <summary>One tag of a run.</summary>
/// <param name="TaggedBy">who gave it; null where that was not said</param>
public sealed record RunTagBody(string Tag, string? TaggedBy, DateTime TaggedAt);

/// <summary>The tags of a run.</summary>
public sealed record RunTagsBody(Guid RunId, IReadOnlyList<RunTagBody> Tags)
{
    internal static RunTagsBody From(Guid runId, IReadOnlyList<RunTag> tags) => new(runId, [.. tags.Select(t => new RunTagBody(t.Tag, t.TaggedBy, t.TaggedAt))]);
}

/// <summary>What is to be noted about a run.</summary>
public sealed record NoteRequestBody
{
    /// <summary>1 to 10,000 characters, of any number of lines.</summary>
    public string? Text { get; init; }

    /// <summary>Who writes.</summary>
    public string? By { get; init; }
}

/// <summary>A note about a run.</summary>
/// <param name="NoteId">in order of writing</param>
/// <param name="WrittenBy">who wrote it; null where that was not said</param>
public sealed record RunNoteBody(long NoteId, string Text, string? WrittenBy, DateTime WrittenAt)
{
    internal static RunNoteBody From(RunNote n) => new(n.NoteId, n.Text, n.WrittenBy, n.WrittenAt);
}

/// <summary>The notes about a run, oldest first; at most 1000.</summary>
public sealed record RunNotesBody(Guid RunId, IReadOnlyList<RunNoteBody> Notes);

/// <summary>Tags and notes of runs.</summary>
internal static class RunAnnotationRoutes
{
    static readonly WholeNumber NoteId = new("note_id", "number of the note", 1, long.MaxValue) { InPath = true };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var annotations = new RunAnnotations(ledger);
        var group = api.MapGroup("/discovery/runs/{run_id}").WithTags("Annotations");

        group.Route("GET", "/tags", "getTags", "The tags of a run", async context =>
        {
            var runId = RunRoutes.RunId.Read(context)!.Value;
            return Results.Ok(RunTagsBody.From(runId, await annotations.TagsAsync(runId, context.RequestAborted)));
        }, RunRoutes.RunId).Produces<RunTagsBody>().Fails(404);

        group.Route("PUT", "/tags", "setTags", "Makes these the tags of a run", async context =>
        {
            var runId = RunRoutes.RunId.Read(context)!.Value;
            var body = await JsonBody.ReadAsync<TagsRequestBody>(context);
            if (body.Tags is null || body.Tags.Any(t => t is null)) throw LedgerException.Invalid("tags", "tags is not given, or holds null", "Give all tags that the run is to have; [] takes all away.");
            await annotations.SetTagsAsync(runId, body.Tags, body.By, context.RequestAborted);
            return Results.Ok(RunTagsBody.From(runId, await annotations.TagsAsync(runId, context.RequestAborted)));
        }, RunRoutes.RunId).WithDescription("Tags that stay keep who gave them and when. A complete run itself never changes: tags are beside it.")
            .Accepts<TagsRequestBody>("application/json").Produces<RunTagsBody>().Fails(400, 404, 413, 415);

        group.Route("GET", "/notes", "getNotes", "The notes about a run, oldest first", async context =>
        {
            var runId = RunRoutes.RunId.Read(context)!.Value;
            return Results.Ok(new RunNotesBody(runId, [.. (await annotations.NotesAsync(runId, context.RequestAborted)).Select(RunNoteBody.From)]));
        }, RunRoutes.RunId).Produces<RunNotesBody>().Fails(404);

        group.Route("POST", "/notes", "addNote", "Notes something about a run", async context =>
        {
            var runId = RunRoutes.RunId.Read(context)!.Value;
            var body = await JsonBody.ReadAsync<NoteRequestBody>(context);
            var note = await annotations.AddNoteAsync(runId, body.Text ?? "", body.By, context.RequestAborted);
            return Results.Created($"/discovery/runs/{runId}/notes", RunNoteBody.From(note));
        }, RunRoutes.RunId).Accepts<NoteRequestBody>("application/json").Produces<RunNoteBody>(201).Fails(400, 404, 413, 415);

        group.Route("DELETE", "/notes/{note_id}", "deleteNote", "Takes a note away", async context =>
        {
            await annotations.RemoveNoteAsync(RunRoutes.RunId.Read(context)!.Value, NoteId.Read(context)!.Value, context.RequestAborted);
            return Results.NoContent();
        }, RunRoutes.RunId, NoteId).Produces(204).Fails(404);
    }
}
