using System.Security.Cryptography;
using System.Text;
using Almagest.Contract;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Ledger.Backup;

/// <summary>How far a backup or a restoration is.</summary>
/// <param name="Table">being read or written</param>
/// <param name="Rows">so far, of all tables</param>
public sealed record BackupProgress(string Table, long Rows);

/// <summary>What a backup holds.</summary>
public sealed record BackupReport(BackupHeader Header, int Tables, long Rows);

/// <summary>
/// Writes a ledger into one stream, as it is at one moment, while it stays in use. What can be computed from the rest is left out: views
/// and what keeps them, indexes, the schedule of jobs.
/// </summary>
internal sealed class LedgerBackup(LedgerDatabase ledger)
{
    // The text of numbers, times and bytes is the same in every version, and exact.
    internal const string TextSettings =
        "set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'; set local extra_float_digits = 3; "
        + "set local bytea_output = 'hex'; set local client_encoding = 'UTF8'; set local statement_timeout = 0";

    /// <param name="stream">written from its present position; stays open</param>
    /// <param name="purpose">of <see cref="BackupPurpose"/></param>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public async Task<BackupReport> WriteAsync(
        Stream stream,
        string purpose,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        var schema = (await ledger.Schema.StatusAsync(cancellationToken)).Last(s => s.Applied).Id;
        return await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(
                    System.Data.IsolationLevel.RepeatableRead,
                    cancellationToken
                );
                await connection.ExecuteAsync($"set transaction read only; {TextSettings}", cancellationToken);
                var header = new BackupHeader(
                    ProgramVersion.Current,
                    schema,
                    (await ViewModeState.ReadAsync(connection, cancellationToken)).Name,
                    DateTime.UtcNow,
                    connection.PostgreSqlVersion.ToString()
                )
                {
                    Purpose = purpose,
                    IsViewModeAutomatic = (await ViewPolicy.ReadAsync(connection, cancellationToken)).IsAutomatic,
                };
                if (purpose == BackupPurpose.Export)
                    header = await WithContentsAsync(connection, header, cancellationToken);
                await BackupFormat.BeginAsync(stream, cancellationToken);
                await BackupFormat.WriteAsync(stream, 'H', header, cancellationToken);
                var tables = await BackupTables.ReadAsync(connection, cancellationToken);
                if (purpose == BackupPurpose.Export)
                    tables = [.. BackupTables.ForExport(tables)];
                var rows = 0L;
                var isDistributed = await LedgerLayout.IsDistributedAsync(connection, cancellationToken);
                foreach (var table in tables)
                    rows += await WriteTableAsync(
                        connection,
                        stream,
                        table,
                        BackupTables.Rows.GetValueOrDefault(table.Name)
                            ?? (isDistributed ? UnseenRows.Seen.GetValueOrDefault(table.Name) : null),
                        rows,
                        progress,
                        cancellationToken
                    );
                await BackupFormat.WriteAsync(stream, 'E', new BackupEnd(tables.Count, rows), cancellationToken);
                return new BackupReport(header, tables.Count, rows);
            },
            cancellationToken
        );
    }

    private static async Task<BackupHeader> WithContentsAsync(
        NpgsqlConnection connection,
        BackupHeader header,
        CancellationToken cancellationToken
    )
    {
        var catalogues = new List<BackupCatalogue>();
        await using (
            var command = new NpgsqlCommand("select name, checksum, star_count from public.datasets order by dataset_id", connection)
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                catalogues.Add(new BackupCatalogue(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        var runs = new List<BackupRun>();
        await using (
            var command = new NpgsqlCommand(
                "select run_id, results_hash from public.discovery_runs where is_complete order by 1",
                connection
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                runs.Add(new BackupRun(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        return header with { Catalogues = catalogues, Runs = runs };
    }

    private static async Task<long> WriteTableAsync(
        NpgsqlConnection connection,
        Stream stream,
        BackupTable table,
        string? seen,
        long before,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        await BackupFormat.WriteAsync(
            stream,
            'T',
            table with
            {
                Sequences = await SequencesAsync(connection, table, cancellationToken),
            },
            cancellationToken
        );
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = 0L;
        var columns = string.Join(", ", table.Columns.Select(BackupTables.QuotedName));
        using (
            var reader = await connection.BeginTextExportAsync(
                seen is null
                    ? $"copy {BackupTables.Quoted(table.Name)} ({columns}) to stdout (format text)"
                    : $"copy (select {columns} from {BackupTables.Quoted(table.Name)} where {seen}) to stdout (format text)",
                cancellationToken
            )
        )
        {
            var characters = new char[BackupFormat.PieceBytes];
            var bytes = new byte[Encoding.UTF8.GetMaxByteCount(characters.Length)];
            // A pair of surrogates may stand across two pieces.
            var encoder = Encoding.UTF8.GetEncoder();
            for (int read; (read = await reader.ReadBlockAsync(characters, cancellationToken)) > 0; )
            {
                var length = encoder.GetBytes(characters.AsSpan(0, read), bytes, flush: false);
                // A newline within a value is written as \n: each one ends a row.
                rows += bytes.AsSpan(0, length).Count((byte)'\n');
                hash.AppendData(bytes, 0, length);
                await BackupFormat.WriteBytesAsync(stream, 'D', bytes.AsMemory(0, length), cancellationToken);
                progress?.Report(new BackupProgress(table.Name, before + rows));
            }
        }
        await BackupFormat.WriteAsync(
            stream,
            'F',
            new BackupTableEnd(rows, Convert.ToHexStringLower(hash.GetHashAndReset())),
            cancellationToken
        );
        return rows;
    }

    private static async Task<Dictionary<string, long?>> SequencesAsync(
        NpgsqlConnection connection,
        BackupTable table,
        CancellationToken cancellationToken
    )
    {
        var last = new Dictionary<string, long?>();
        foreach (var column in table.Sequences.Keys)
        {
            await using var command = new NpgsqlCommand(
                "select pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)",
                connection
            )
            {
                Parameters =
                {
                    new() { Value = BackupTables.Quoted(table.Name) },
                    new() { Value = column },
                },
            };
            last[column] = await command.ExecuteScalarAsync(cancellationToken) as long?;
        }
        return last;
    }
}
