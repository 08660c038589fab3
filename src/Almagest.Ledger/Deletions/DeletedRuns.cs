using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Deletions;

/// <summary>Runs on their way into the deletions and back, within a transaction of the caller's.</summary>
internal static class DeletedRuns
{
    /// <summary>How many rows of results the ledger has of runs.</summary>
    public static async Task<long> ResultsAsync(NpgsqlConnection connection, Guid[] runs, CancellationToken cancellationToken)
    {
        var results = (long)(await connection.ScalarAsync(DatasetDeletionSql.ResultsOf, cancellationToken, runs))!;
        Guid[] others = [.. await connection.ListAsync<Guid>(DatasetDeletionSql.InFiles, cancellationToken, runs)];
        return others.Length == 0
            ? results
            : results + (long)(await connection.ScalarAsync(DatasetDeletionSql.CountResults, cancellationToken, others))!;
    }

    /// <summary>Takes those out of the ledger that nobody works on.</summary>
    /// <returns>how many</returns>
    public static async Task<int> KeepAsync(NpgsqlConnection connection, Guid[] runs, string? by, CancellationToken cancellationToken)
    {
        var kept = await connection.ListAsync<long>(
            DeletionSql.KeepRuns,
            cancellationToken,
            runs,
            new NpgsqlParameter { Value = (object?)by ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        );
        if (kept.Count == 0)
            return 0;
        if (!await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
            await connection.ExecuteAsync(DeletionSql.KeepResults, cancellationToken, runs);
        foreach (var sql in DeletionSql.KeepBulk)
            await connection.ExecuteAsync(sql, cancellationToken, runs);
        return kept.Count;
    }

    /// <summary>Brings back what the views count of runs, which comes before their rows.</summary>
    public static async Task RestoreBulkAsync(NpgsqlConnection connection, long[] deletions, CancellationToken cancellationToken)
    {
        // None of runs that were deleted on a distributed ledger.
        await connection.ExecuteAsync(DeletionSql.RestoreResults, cancellationToken, deletions);
        foreach (var sql in DeletionSql.RestoreBulk)
            await connection.ExecuteAsync(sql, cancellationToken, deletions);
    }

    /// <summary>Brings back the rows of runs with what refers to them, identifications that went with a catalogue among it.</summary>
    public static async Task RestoreAsync(NpgsqlConnection connection, long[] deletions, CancellationToken cancellationToken)
    {
        foreach (var sql in DeletionSql.RestoreRuns)
            await connection.ExecuteAsync(sql, cancellationToken, deletions);
        await connection.ExecuteAsync(DatasetDeletionSql.HandOver, cancellationToken, deletions);
        await RestoreIdentificationsAsync(connection, deletions, cancellationToken);
    }

    /// <summary>Brings back identifications that went with something.</summary>
    public static async Task RestoreIdentificationsAsync(NpgsqlConnection connection, long[] with, CancellationToken cancellationToken)
    {
        var found = await connection.ListAsync<long>(DatasetDeletionSql.WentWith, cancellationToken, with, "identification");
        if (found.Count > 0)
            foreach (var sql in DatasetDeletionSql.RestoreIdentifications)
                await connection.ExecuteAsync(sql, cancellationToken, found.ToArray());
    }
}
