using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Deletions;

/// <summary>Datasets on their way into the deletions and back, within a transaction of the caller's.</summary>
internal static class DeletedDatasets
{
    /// <summary>Holds the runs over a dataset, so that none of them is begun.</summary>
    /// <param name="also">what the filter of a run contains that adds the dataset to another</param>
    /// <returns>the runs; null where one of them is worked on</returns>
    public static async Task<Guid[]?> HoldRunsAsync(
        NpgsqlConnection connection,
        long datasetId,
        string also,
        CancellationToken cancellationToken
    )
    {
        var json = new NpgsqlParameter { Value = also, NpgsqlDbType = NpgsqlDbType.Jsonb };
        Guid[] runs = [.. await connection.ListAsync<Guid>(DatasetDeletionSql.Runs, cancellationToken, datasetId, json)];
        return (bool)(await connection.ScalarAsync(DatasetDeletionSql.AreAtWork, cancellationToken, runs))! ? null : runs;
    }

    /// <summary>Takes a dataset out of the ledger, with all that rests on it.</summary>
    /// <param name="runs">those over it, held</param>
    public static async Task KeepAsync(
        NpgsqlConnection connection,
        long datasetId,
        Guid[] runs,
        string? by,
        CancellationToken cancellationToken
    )
    {
        var who = new NpgsqlParameter { Value = (object?)by ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
        var deletion = (long)(await connection.ScalarAsync(DatasetDeletionSql.Keep, cancellationToken, datasetId, who, runs))!;
        await connection.ExecuteAsync(DatasetDeletionSql.KeepStars(await Columns(connection, "stars")), cancellationToken, datasetId);
        await connection.ExecuteAsync(DatasetDeletionSql.WithoutLoops, cancellationToken);
        await connection.ExecuteAsync(
            DatasetDeletionSql.KeepLabels(await Columns(connection, "star_labels")),
            cancellationToken,
            datasetId
        );
        await connection.ExecuteAsync(DatasetDeletionSql.KeepLinks(await Columns(connection, "star_links")), cancellationToken, datasetId);
        await connection.ExecuteAsync(DatasetDeletionSql.WithLoops, cancellationToken);
        await DeletedRuns.KeepAsync(connection, runs, by, cancellationToken);
        foreach (var sql in DatasetDeletionSql.KeepOthers)
            await connection.ExecuteAsync(sql, cancellationToken, deletion, datasetId, runs);
        await connection.ExecuteAsync(DatasetDeletionSql.Delete, cancellationToken, datasetId);

        Task<string> Columns(NpgsqlConnection of, string table) => ColumnsAsync(of, table, cancellationToken);
    }

    /// <summary>Brings a dataset back with all that went with it; what needs something else that is deleted comes back with that.</summary>
    /// <exception cref="PostgresException">a unique violation where another dataset has the name</exception>
    public static async Task RestoreAsync(NpgsqlConnection connection, long deletion, string name, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(DatasetDeletionSql.Restore, cancellationToken, deletion, name);
        long[] with = [deletion];
        await connection.ExecuteAsync(DatasetDeletionSql.HandOver, cancellationToken, with);
        long[] runs = [.. await connection.ListAsync<long>(DatasetDeletionSql.WentWith, cancellationToken, with, "run")];
        long[] matches = [.. await connection.ListAsync<long>(DatasetDeletionSql.WentWith, cancellationToken, with, "match")];
        // From the stars on, transactions that change the views wait for this one.
        await DeletedRuns.RestoreBulkAsync(connection, runs, cancellationToken);
        await connection.ExecuteAsync(DatasetDeletionSql.RestoreMatches, cancellationToken, matches);
        await connection.ExecuteAsync(DatasetDeletionSql.RestoreLinks(await Columns("star_links")), cancellationToken, matches);
        await connection.ExecuteAsync(DatasetDeletionSql.RestoreStars(await Columns("stars")), cancellationToken, deletion);
        await connection.ExecuteAsync(DatasetDeletionSql.WithoutLoops, cancellationToken);
        await connection.ExecuteAsync(DatasetDeletionSql.RestoreLabels(await Columns("star_labels")), cancellationToken, deletion);
        await connection.ExecuteAsync(DatasetDeletionSql.WithLoops, cancellationToken);
        foreach (var sql in DatasetDeletionSql.RestoreOthers)
            await connection.ExecuteAsync(sql, cancellationToken, deletion);
        await DeletedRuns.RestoreAsync(connection, runs, cancellationToken);
        await DeletedRuns.RestoreIdentificationsAsync(connection, with, cancellationToken);

        Task<string> Columns(string table) => ColumnsAsync(connection, table, cancellationToken);
    }

    private static async Task<string> ColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        (string)(await connection.ScalarAsync(DatasetDeletionSql.Columns, cancellationToken, table))!;
}
