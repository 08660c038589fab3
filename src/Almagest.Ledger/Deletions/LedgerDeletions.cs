using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Deletions;

/// <summary>
/// Takes datasets, runs, notes and labels out of the ledger so that they can be brought back for a day. What is deleted is in no view and
/// found by no question from that moment on; what is brought back is as it was, its id, its hash and its place in the views included.
/// </summary>
public sealed class LedgerDeletions(LedgerDatabase ledger)
{
    /// <summary>How long it can be brought back. Later it goes for good with the next deletion, or with the nightly job.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    // A result with its key; the log of the database takes as much again.
    private const long BytesOfResult = 2 * 106;

    /// <summary>Deletes a dataset with its stars, labels, runs, cross-matches and whatever else rests on it.</summary>
    /// <param name="also">what the filter of a run contains that adds the dataset to another</param>
    /// <returns>false: a run on it is being worked on</returns>
    /// <exception cref="LedgerException">too little room to keep it, or the database has trouble</exception>
    public async Task<bool> DeleteDatasetAsync(long datasetId, string also, string? by, CancellationToken cancellationToken = default)
    {
        await EmptyAsync(Kept, cancellationToken);
        return await InTransactionAsync(
            async (connection, transaction) =>
            {
                await RequireOneMachineAsync(connection, "deleted so that it can be brought back", "delete it for good", cancellationToken);
                // Whoever submits a run holds a share of its datasets' rows: it is there already, or finds the dataset gone.
                const string Hold = "select 1 from public.datasets where dataset_id = $1 for update";
                if (await connection.ScalarAsync(Hold, cancellationToken, datasetId) is null)
                    return true;
                if (await DeletedDatasets.HoldRunsAsync(connection, datasetId, also, cancellationToken) is not { } runs)
                    return false;
                var bytes = (long)(await connection.ScalarAsync(DatasetDeletionSql.Bytes, cancellationToken, datasetId))!;
                var results = await DeletedRuns.ResultsAsync(connection, runs, cancellationToken);
                await RequireRoomAsync(2 * bytes + results * BytesOfResult, cancellationToken);
                await DeletedDatasets.KeepAsync(connection, datasetId, runs, by, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                await connection.ExecuteAsync(DatasetDeletionSql.AnalyzeKept, cancellationToken);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>Deletes a run with its results, clusters, exclusions, tags, notes and what watches tell of it.</summary>
    /// <returns>whether there was such a run that nobody works on</returns>
    /// <exception cref="LedgerException">too little room to keep it, or the database has trouble</exception>
    public async Task<bool> DeleteRunAsync(Guid runId, string? by, CancellationToken cancellationToken = default)
    {
        await EmptyAsync(Kept, cancellationToken);
        Guid[] runs = [runId];
        var results = await ledger.AskAsync(c => DeletedRuns.ResultsAsync(c, runs, cancellationToken), cancellationToken);
        await RequireRoomAsync(results * BytesOfResult, cancellationToken);
        return await InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await DeletedRuns.KeepAsync(connection, runs, by, cancellationToken) == 0)
                    return false;
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
                            reader.GetDateTime(8),
                            reader.GetInt64(9)
                        )
                    );
                return found;
            },
            cancellationToken
        );

    /// <summary>Deleted runs that can be brought back: files with results of theirs are still needed.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlySet<Guid>> RunsAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync<IReadOnlySet<Guid>>(
            async connection => (await connection.ListAsync<Guid>(DeletionSql.Runs, cancellationToken)).ToHashSet(),
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

    /// <summary>What rests on a dataset and waits for others, which are deleted: it comes back with the last of them.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<WaitingForDatasets>> WaitingAsync(long datasetId, CancellationToken cancellationToken = default) =>
        ledger.AskAsync<IReadOnlyList<WaitingForDatasets>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(DatasetDeletionSql.Waiting, connection)
                {
                    Parameters =
                    {
                        new() { Value = datasetId },
                        new() { Value = Kept },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new List<WaitingForDatasets>();
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(new WaitingForDatasets(reader.GetFieldValue<string[]>(0), reader.GetInt64(1), reader.GetInt64(2)));
                return found;
            },
            cancellationToken
        );

    /// <summary>Brings back what a deletion took.</summary>
    /// <returns>the number of the dataset that is back; null where it was something else</returns>
    /// <exception cref="LedgerException">there is no such deletion, or its place is taken: the run of a note is gone, the star has another
    /// label now</exception>
    public Task<long?> RestoreAsync(long deletionId, CancellationToken cancellationToken = default) =>
        RestoreAsync(deletionId, null, null, $"there is no deletion {deletionId}", cancellationToken);

    /// <summary>Brings a dataset back under a name.</summary>
    /// <exception cref="LedgerException">there is no such deletion, or another dataset has the name</exception>
    public Task RestoreDatasetAsync(long deletionId, string name, CancellationToken cancellationToken = default) =>
        RestoreAsync(deletionId, null, name, $"there is no deletion {deletionId}", cancellationToken);

    /// <summary>Brings a run back.</summary>
    /// <exception cref="LedgerException">no run of this id was deleted within the last day</exception>
    public Task RestoreRunAsync(Guid runId, CancellationToken cancellationToken = default) =>
        RestoreAsync(null, runId, null, $"no run {runId} was deleted within the last day", cancellationToken);

    /// <summary>Brings a dataset back, with all that went with it.</summary>
    /// <param name="nameOrId">as it was called, else its number</param>
    /// <param name="name">what it is called from now on; null = as it was</param>
    /// <returns>its number</returns>
    /// <exception cref="LedgerException">none of this name was deleted within the last day, or more than one; another dataset has the
    /// name by now</exception>
    public async Task<long> RestoreDatasetAsync(string nameOrId, string? name, CancellationToken cancellationToken = default)
    {
        var all = (await ListAsync(cancellationToken)).Where(d => d.Kind == "dataset").ToList();
        var found = all.Where(d => d.Dataset == nameOrId).ToList();
        if (found.Count == 0 && long.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            found = [.. all.Where(d => d.DatasetId == id)];
        var absent = $"no dataset '{nameOrId}' was deleted within the last day";
        if (found.Count == 0)
            throw NotFound(absent);
        if (found.Count > 1)
            throw Taken(
                $"{found.Count} deleted datasets were called '{nameOrId}': the numbers {string.Join(", ", found.Select(d => d.DatasetId))}",
                "Give the number of one."
            );
        await RestoreAsync(found[0].DeletionId, null, name, absent, cancellationToken);
        return found[0].DatasetId;
    }

    /// <summary>What is said of a run that is not there: whether it was deleted and can be brought back.</summary>
    /// <param name="part">the start or the end of its id, or the whole</param>
    public async Task<LedgerException> ExplainMissingRunAsync(
        LedgerException missing,
        string part,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(missing);
        var found = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(DeletionSql.OfRun, connection)
                {
                    Parameters =
                    {
                        new() { Value = $"{part}%" },
                        new() { Value = $"%{part}" },
                        new() { Value = Kept },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken)
                    ? (Deletion: reader.GetInt64(0), Until: reader.GetDateTime(1), Run: reader.GetGuid(2))
                    : ((long Deletion, DateTime Until, Guid Run)?)null;
            },
            cancellationToken
        );
        return found is { } run
            ? Deleted(ErrorCode.RunNotFound, $"run {run.Run} was deleted", run.Deletion, run.Until).With("run_id", run.Run)
            : missing;
    }

    /// <summary>The same of a dataset.</summary>
    public async Task<LedgerException> ExplainMissingDatasetAsync(
        LedgerException missing,
        string nameOrId,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(missing);
        var isNumber = long.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        var all = (await ListAsync(cancellationToken)).Where(d => d.Kind == "dataset").ToList();
        return (all.Find(d => d.Dataset == nameOrId) ?? (isNumber ? all.Find(d => d.DatasetId == id) : null)) is { } found
            ? Deleted(ErrorCode.DatasetNotFound, $"dataset '{found.Dataset}' was deleted", found.DeletionId, found.Until, missing.Field)
                .With("dataset", found.Dataset)
            : missing;
    }

    private static LedgerException Deleted(ErrorCode code, string message, long deletion, DateTime until, string? field = null) =>
        LedgerException
            .Of(code, message, $"It can be brought back until {until:yyyy-MM-dd HH:mm} UTC.", field)
            .With("deletion_id", deletion);

    /// <summary>Lets one deletion go for good.</summary>
    /// <exception cref="LedgerException">there is no such deletion</exception>
    public async Task ForgetAsync(long deletionId, CancellationToken cancellationToken = default)
    {
        if (await ledger.AskAsync(c => c.ExecuteAsync(DeletionSql.Forget, cancellationToken, deletionId), cancellationToken) == 0)
            throw NotFound($"there is no deletion {deletionId}");
        await ResultFolders.SweepAsync(ledger, cancellationToken);
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
        await ResultFolders.SweepAsync(ledger, cancellationToken);
        return gone;
    }

    private async Task<long?> RestoreAsync(long? deletionId, Guid? runId, string? name, string absent, CancellationToken cancellationToken)
    {
        long? dataset = null;
        await InTransactionAsync(
            async (connection, transaction) =>
            {
                var taken = await TakeAsync(connection, deletionId, runId, cancellationToken) ?? throw NotFound(absent);
                if (taken.Lacks is { } lacks)
                    throw Taken($"the dataset '{lacks}' is deleted, and this cannot be without it", "Bring the dataset back first.");
                await RestoreAsync(connection, taken, name, cancellationToken);
                await connection.ExecuteAsync(DeletionSql.Forget, cancellationToken, taken.Id);
                await transaction.CommitAsync(cancellationToken);
                dataset = taken.Kind == "dataset" ? taken.Dataset : null;
                if (dataset is not null)
                    await connection.ExecuteAsync(DatasetDeletionSql.AnalyzeRestored, cancellationToken);
                return true;
            },
            cancellationToken
        );
        return dataset;
    }

    private static async Task RestoreAsync(NpgsqlConnection connection, Deletion taken, string? name, CancellationToken cancellationToken)
    {
        var document = new NpgsqlParameter { Value = taken.Content, NpgsqlDbType = NpgsqlDbType.Jsonb };
        switch (taken.Kind)
        {
            case "dataset":
                await RequireOneMachineAsync(connection, "brought back", null, cancellationToken);
                var called = name ?? JsonNode.Parse(taken.Content)!["dataset"]!["name"]!.GetValue<string>();
                try
                {
                    await DeletedDatasets.RestoreAsync(connection, taken.Id, called, cancellationToken);
                }
                catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "ix_datasets_name" })
                {
                    throw LedgerException
                        .Of(
                            ErrorCode.DatasetNameTaken,
                            $"there is another dataset '{called}' by now",
                            "Bring it back under another name, or rename that one.",
                            "dataset"
                        )
                        .With("dataset", called)
                        .With("restoring", taken.Dataset);
                }
                break;
            case "run":
                long[] deletion = [taken.Id];
                await DeletedRuns.RestoreBulkAsync(connection, deletion, cancellationToken);
                await DeletedRuns.RestoreAsync(connection, deletion, cancellationToken);
                break;
            case "note":
                if (await connection.ExecuteAsync(DeletionSql.RestoreNote, cancellationToken, taken.Run!.Value, document) == 0)
                    throw Taken($"run {taken.Run} is deleted, and its note cannot be without it", "Bring the run back first.");
                break;
            default:
                await RestoreLabelAsync(connection, taken.Star!.Value, taken.Content, cancellationToken);
                break;
        }
    }

    // Stars would leave one machine for another, and be half seen meanwhile.
    private static async Task RequireOneMachineAsync(
        NpgsqlConnection connection,
        string what,
        string? instead,
        CancellationToken cancellationToken
    )
    {
        if (await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
        {
            var refusal = LedgerLayout.Refusal($"a dataset is {what}", instead);
            throw instead is null ? refusal : refusal.With("deletion", true);
        }
    }

    private static async Task RestoreLabelAsync(NpgsqlConnection connection, long star, string content, CancellationToken cancellationToken)
    {
        NpgsqlParameter Document() => new() { Value = content, NpgsqlDbType = NpgsqlDbType.Jsonb };
        await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
        if (
            await LabelledStarAsync(connection, star, cancellationToken) is null
            || await connection.ScalarAsync(DeletionSql.HasLabel, cancellationToken, star, Document()) is not null
        )
            throw Taken($"star {star} has another label in that set by now", "Take that one away first.");
        await connection.ExecuteAsync(DeletionSql.RestoreLabel, cancellationToken, Document());
        await LedgerLayout.AfterLabelsAsync(connection, [star], cancellationToken);
    }

    private static async Task<Deletion?> TakeAsync(
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
            ? new Deletion(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6)
            )
            : null;
    }

    /// <param name="Lacks">name of a deleted dataset that it cannot come back without</param>
    private sealed record Deletion(long Id, string Kind, Guid? Run, long? Star, long Dataset, string Content, string? Lacks);

    private async Task RequireRoomAsync(long bytes, CancellationToken cancellationToken)
    {
        try
        {
            await DiskSpace.RequireAsync(ledger, bytes, cancellationToken);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DiskNearlyFull)
        {
            throw LedgerException
                .Of(
                    e.Code,
                    $"{e.Message}; what can be brought back for a day needs its room until then",
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
