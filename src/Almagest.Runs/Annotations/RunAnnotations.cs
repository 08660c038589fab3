using Almagest.Contract.Errors;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Runs.Annotations;

/// <summary>Tags and notes of runs, whatever state they are in; a run that is deleted takes them with it.</summary>
public sealed class RunAnnotations(LedgerDatabase ledger)
{
    /// <summary>Most notes of one answer.</summary>
    public const int MostNotes = 1000;

    /// <summary>The tags of a run, in their order as text.</summary>
    /// <exception cref="LedgerException">no such run</exception>
    public async Task<IReadOnlyList<RunTag>> TagsAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        await RequireAsync(runId, cancellationToken);
        return
        [
            .. (await ledger.ReadAsync(context => context.RunTags.Where(t => t.RunId == runId), cancellationToken)).OrderBy(
                t => t.Tag,
                StringComparer.Ordinal
            ),
        ];
    }

    /// <summary>Every tag that a run has, in their order as text; at most a thousand.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<string>> AllTagsAsync(CancellationToken cancellationToken = default) =>
        [
            .. (await ledger.ReadAsync(context => context.RunTags.Select(t => t.Tag).Distinct().Take(1000), cancellationToken)).Order(
                StringComparer.Ordinal
            ),
        ];

    /// <summary>Adds tags; one that the run has already keeps who gave it and when.</summary>
    /// <exception cref="LedgerException">no such run, a text that is not a tag, or too many of them</exception>
    public Task AddTagsAsync(Guid runId, IReadOnlyList<string> tags, string? by, CancellationToken cancellationToken = default) =>
        ChangeAsync(runId, tags, by, false, cancellationToken);

    /// <summary>Makes these the tags of a run; those that stay keep who gave them and when.</summary>
    /// <inheritdoc cref="AddTagsAsync"/>
    public Task SetTagsAsync(Guid runId, IReadOnlyList<string> tags, string? by, CancellationToken cancellationToken = default) =>
        ChangeAsync(runId, tags, by, true, cancellationToken);

    /// <summary>Takes tags away and answers how many of them the run had.</summary>
    /// <exception cref="LedgerException">no such run</exception>
    public async Task<int> RemoveTagsAsync(Guid runId, IReadOnlyList<string> tags, CancellationToken cancellationToken = default)
    {
        await RequireAsync(runId, cancellationToken);
        return await ExecuteAsync(
            "delete from public.run_tags where run_id = $1 and tag = any($2)",
            cancellationToken,
            runId,
            tags.ToArray()
        );
    }

    /// <summary>The first notes of a run, oldest first.</summary>
    /// <exception cref="LedgerException">no such run</exception>
    public async Task<IReadOnlyList<RunNote>> NotesAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        await RequireAsync(runId, cancellationToken);
        return await ledger.ReadAsync(
            context => context.RunNotes.Where(n => n.RunId == runId).OrderBy(n => n.NoteId).Take(MostNotes),
            cancellationToken
        );
    }

    /// <exception cref="LedgerException">no such run, or the text is empty or too long</exception>
    public async Task<RunNote> AddNoteAsync(Guid runId, string text, string? by, CancellationToken cancellationToken = default)
    {
        var words = AnnotationText.Long("text", text) ?? throw LedgerException.Invalid("text", "the note is empty", "Write something.");
        var who = AnnotationText.Who(by);
        await RequireAsync(runId, cancellationToken);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "insert into public.run_notes (run_id, text, written_by) values ($1, $2, $3) returning note_id, written_at",
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = words },
                        Text(who),
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                return new RunNote
                {
                    NoteId = reader.GetInt64(0),
                    RunId = runId,
                    Text = words,
                    WrittenBy = who,
                    WrittenAt = reader.GetDateTime(1),
                };
            },
            cancellationToken
        );
    }

    /// <summary>Takes a note away; it can be brought back for a day (<see cref="LedgerDeletions"/>).</summary>
    /// <exception cref="LedgerException">the run has no such note</exception>
    public async Task RemoveNoteAsync(Guid runId, long noteId, string? by, CancellationToken cancellationToken = default)
    {
        await RequireAsync(runId, cancellationToken);
        if (!await new LedgerDeletions(ledger).DeleteNoteAsync(runId, noteId, AnnotationText.Who(by), cancellationToken))
            throw LedgerException
                .Of(ErrorCode.NoteNotFound, $"run {runId} has no note {noteId}", "Its notes are listed with their numbers.")
                .With("run_id", runId);
    }

    private async Task ChangeAsync(Guid runId, IReadOnlyList<string> tags, string? by, bool replace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var wanted = tags.Select(AnnotationText.Tag).Distinct(StringComparer.Ordinal).ToArray();
        var who = AnnotationText.Who(by);
        await RequireAsync(runId, cancellationToken);
        await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                if (replace)
                {
                    await using var remove = new NpgsqlCommand(
                        "delete from public.run_tags where run_id = $1 and tag <> all($2)",
                        connection
                    )
                    {
                        Parameters =
                        {
                            new() { Value = runId },
                            new() { Value = wanted },
                        },
                    };
                    await remove.ExecuteNonQueryAsync(cancellationToken);
                }
                await using var add = new NpgsqlCommand(
                    "insert into public.run_tags (run_id, tag, tagged_by) select $1, t, $3 from unnest($2) t on conflict do nothing",
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = wanted },
                        Text(who),
                    },
                };
                await add.ExecuteNonQueryAsync(cancellationToken);
                await using var count = new NpgsqlCommand("select count(*) from public.run_tags where run_id = $1", connection)
                {
                    Parameters = { new() { Value = runId } },
                };
                if ((long)(await count.ExecuteScalarAsync(cancellationToken))! > AnnotationText.MostTags)
                    throw LedgerException.Invalid(
                        "tags",
                        $"run {runId} would have more than {AnnotationText.MostTags} tags",
                        "Nothing was changed. Give it fewer."
                    );
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    private async Task RequireAsync(Guid runId, CancellationToken cancellationToken) =>
        await new RunRepository(ledger).GetAsync(runId, cancellationToken);

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in parameters)
                    command.Parameters.Add(new() { Value = value });
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    private static NpgsqlParameter<string?> Text(string? value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
