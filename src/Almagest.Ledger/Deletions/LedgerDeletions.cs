using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Deletions;

/// <summary>
/// Takes runs, notes and labels out of the ledger so that they can be brought back for a day. What is deleted is in no view and found by no
/// question from that moment on; what is brought back is as it was, its id, its hash and its place in the views included.
/// </summary>
public sealed class LedgerDeletions(LedgerDatabase ledger)
{
    /// <summary>How long it can be brought back. Later it goes for good with the next deletion, or with the nightly job.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    // A result with its key; the log of the database takes as much again.
    private const long BytesOfResult = 2 * 106;

    /// <summary>Deletes a run with its results, clusters, exclusions, tags and notes.</summary>
    /// <returns>whether there was such a run that nobody works on</returns>
    /// <exception cref="LedgerException">too little room to keep it, or the database has trouble</exception>
    public async Task<bool> DeleteRunAsync(Guid runId, string? by, CancellationToken cancellationToken = default)
    {
        await EmptyAsync(Kept, cancellationToken);
        var results = (await ledger.ReadAsync(context => context.Runs.Where(r => r.RunId == runId), cancellationToken)).FirstOrDefault();
        await RequireRoomAsync(results?.TotalStars ?? 0, cancellationToken);
        return await InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ScalarAsync(DeletionSql.KeepRun, cancellationToken, runId, Text(by)) is null)
                    return false;
                if (!await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
                    await connection.ExecuteAsync(DeletionSql.KeepResults, cancellationToken, runId);
                foreach (var sql in DeletionSql.KeepBulk)
                    await connection.ExecuteAsync(sql, cancellationToken, runId);
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken
        );
    }

    /// <returns>whether the run had that note</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<bool> DeleteNoteAsync(Guid runId, long noteId, string? by, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
                await connection.ScalarAsync(DeletionSql.DeleteNote, cancellationToken, runId, noteId, Text(by)) is not null,
            cancellationToken
        );

    /// <returns>whether the star had a label in that set</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<bool> DeleteLabelAsync(long starId, string labelSet, string? by, CancellationToken cancellationToken = default) =>
        InTransactionAsync(
            async (connection, transaction) =>
            {
                var star = await LabelledStarAsync(connection, starId, cancellationToken);
                await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
                if (
                    star is not var (dataset, source)
                    || await connection.ScalarAsync(DeletionSql.Label, cancellationToken, starId, Text(labelSet)) is not string content
                )
                    return false;
                await connection.ExecuteAsync(DeletionSql.DeleteLabel, cancellationToken, starId, Text(labelSet));
                await connection.ExecuteAsync(
                    DeletionSql.KeepLabel,
                    cancellationToken,
                    starId,
                    dataset,
                    Text(by),
                    content,
                    $"label of star {source} in the set {labelSet}"
                );
                await LedgerLayout.AfterLabelsAsync(connection, [starId], cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken
        );

    private static async Task<(long Dataset, string Source)?> LabelledStarAsync(
        NpgsqlConnection connection,
        long starId,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(DeletionSql.LabelledStar, connection) { Parameters = { new() { Value = starId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetString(1)) : null;
    }

    /// <summary>What can be brought back, the last one first; at most a thousand.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<DeletionResource>> ListAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync<IReadOnlyList<DeletionResource>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(DeletionSql.List, connection) { Parameters = { new() { Value = Kept } } };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new List<DeletionResource>();
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(
                        new DeletionResource(
                            reader.GetInt64(0),
                            reader.GetString(1),
                            reader.IsDBNull(2) ? null : reader.GetGuid(2),
                            reader.IsDBNull(3) ? null : reader.GetInt64(3),
                            reader.GetString(4),
                            reader.GetString(5),
                            reader.GetDateTime(6),
                            reader.IsDBNull(7) ? null : reader.GetString(7),
                            reader.GetDateTime(8)
                        )
                    );
                return found;
            },
            cancellationToken
        );

    /// <summary>How many runs over a dataset can be brought back.</summary>
    /// <param name="also">what the filter of a run contains that adds the dataset to another</param>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<long> CountRunsAsync(long datasetId, string also, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection => (long)(await connection.ScalarAsync(DeletionSql.CountRuns, cancellationToken, datasetId, also, Kept))!,
            cancellationToken
        );

    /// <summary>Brings back what a deletion took.</summary>
    /// <exception cref="LedgerException">there is no such deletion, or its place is taken: the run of a note is gone, the star has another
    /// label now</exception>
    public Task RestoreAsync(long deletionId, CancellationToken cancellationToken = default) =>
        RestoreAsync(deletionId, null, $"there is no deletion {deletionId}", cancellationToken);

    /// <summary>Brings a run back.</summary>
    /// <exception cref="LedgerException">no run of this id was deleted within the last day</exception>
    public Task RestoreRunAsync(Guid runId, CancellationToken cancellationToken = default) =>
        RestoreAsync(null, runId, $"no run {runId} was deleted within the last day", cancellationToken);

    /// <summary>Lets one deletion go for good.</summary>
    /// <exception cref="LedgerException">there is no such deletion</exception>
    public async Task ForgetAsync(long deletionId, CancellationToken cancellationToken = default)
    {
        if (await ledger.AskAsync(c => c.ExecuteAsync(DeletionSql.Forget, cancellationToken, deletionId), cancellationToken) == 0)
            throw NotFound($"there is no deletion {deletionId}");
    }

    /// <summary>Lets those go for good that are older than they are kept.</summary>
    /// <param name="olderThan">null = all</param>
    /// <returns>how many</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<int> EmptyAsync(TimeSpan? olderThan, CancellationToken cancellationToken = default)
    {
        var gone = await ledger.AskAsync(
            c =>
                c.ExecuteAsync(
                    DeletionSql.Empty,
                    cancellationToken,
                    new NpgsqlParameter { Value = (object?)olderThan ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval }
                ),
            cancellationToken
        );
        await UnseenRows.SweepAsync(ledger, UnseenRows.Kept, cancellationToken);
        return gone;
    }

    private async Task RestoreAsync(long? deletionId, Guid? runId, string absent, CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async (connection, transaction) =>
            {
                var (id, kind, run, star, content) =
                    await TakeAsync(connection, deletionId, runId, cancellationToken) ?? throw NotFound(absent);
                NpgsqlParameter Document() => new() { Value = content, NpgsqlDbType = NpgsqlDbType.Jsonb };
                switch (kind)
                {
                    case "run":
                        await RestoreRunAsync(connection, run!.Value, content, cancellationToken);
                        break;
                    case "note":
                        if (await connection.ExecuteAsync(DeletionSql.RestoreNote, cancellationToken, run!.Value, Document()) == 0)
                            throw Taken($"run {run} is deleted, and its note cannot be without it", "Bring the run back first.");
                        break;
                    default:
                        await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
                        if (
                            await LabelledStarAsync(connection, star!.Value, cancellationToken) is null
                            || await connection.ScalarAsync(DeletionSql.HasLabel, cancellationToken, star.Value, Document()) is not null
                        )
                            throw Taken($"star {star} has another label in that set by now", "Take that one away first.");
                        await connection.ExecuteAsync(DeletionSql.RestoreLabel, cancellationToken, Document());
                        await LedgerLayout.AfterLabelsAsync(connection, [star.Value], cancellationToken);
                        break;
                }
                await connection.ExecuteAsync(DeletionSql.Forget, cancellationToken, id);
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken
        );

    // What refers to the row of the run comes after it, what its row makes the views count before it.
    private static async Task RestoreRunAsync(NpgsqlConnection connection, Guid runId, string content, CancellationToken cancellationToken)
    {
        NpgsqlParameter Document() => new() { Value = content, NpgsqlDbType = NpgsqlDbType.Jsonb };
        if (!await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
            await connection.ExecuteAsync(DeletionSql.RestoreResults, cancellationToken, runId);
        foreach (var sql in DeletionSql.RestoreBulk)
            await connection.ExecuteAsync(sql, cancellationToken, runId);
        await connection.ExecuteAsync(DeletionSql.RestoreRunRow, cancellationToken, runId, Document());
        foreach (var sql in DeletionSql.RestoreBelongings)
            await connection.ExecuteAsync(sql, cancellationToken, Document());
    }

    private static async Task<(long Id, string Kind, Guid? Run, long? Star, string Content)?> TakeAsync(
        NpgsqlConnection connection,
        long? deletionId,
        Guid? runId,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(DeletionSql.Take, connection)
        {
            Parameters =
            {
                new() { Value = (object?)deletionId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (
                reader.GetInt64(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.GetString(4)
            )
            : null;
    }

    private async Task RequireRoomAsync(long results, CancellationToken cancellationToken)
    {
        try
        {
            await DiskSpace.RequireAsync(ledger, results * BytesOfResult, cancellationToken);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DiskNearlyFull)
        {
            throw LedgerException
                .Of(
                    e.Code,
                    $"{e.Message}; a run that can be brought back for a day needs its room until then",
                    "Delete it for good, which needs no room.",
                    inner: e
                )
                .With("free_bytes", e.Facts["free_bytes"])
                .With("needed_bytes", e.Facts["needed_bytes"])
                .With("reserved_bytes", e.Facts["reserved_bytes"]);
        }
    }

    private Task<bool> InTransactionAsync(
        Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> work,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                return await work(connection, transaction);
            },
            cancellationToken
        );

    private static LedgerException NotFound(string message) =>
        LedgerException.Of(
            ErrorCode.DeletionNotFound,
            message,
            "Deletions are kept for a day; the list of them has those that can be undone."
        );

    private static LedgerException Taken(string message, string remedy) =>
        LedgerException.Of(ErrorCode.DeletionNotRestorable, message, remedy);

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
