using System.Security.Cryptography;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Almagest.Ledger.Backup;

/// <summary>
/// Reads a backup into an empty database: tables as they were when it was written, then the migrations that came after, then the views.
/// What is damaged is noticed before anything of it can be seen.
/// </summary>
public sealed class LedgerRestore(LedgerDatabase ledger)
{
    /// <param name="stream">read from its present position; stays open</param>
    /// <exception cref="LedgerException">
    /// the database holds a ledger already, the backup cannot be read or is of a newer program
    /// </exception>
    public async Task<BackupReport> ReadAsync(
        Stream stream,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        await BackupFormat.RequireStartAsync(stream, cancellationToken);
        var header = Content<BackupHeader>(await BackupFormat.ReadAsync(stream, cancellationToken), 'H');
        await RequireEmptyAsync(header, cancellationToken);
        var isMade = await PrepareSchemaAsync(header, cancellationToken);
        BackupReport report;
        try
        {
            report = await ledger.AskAsync(
                async connection => await RestoreAsync(connection, stream, header, progress, cancellationToken),
                cancellationToken
            );
        }
        catch
        {
            // The schema may be an older one; the next attempt, or another command, begins with an empty database again.
            if (isMade)
                await ledger.Schema.RollbackAsync(Migration.InitialDatabase, CancellationToken.None);
            throw;
        }
        await ledger.Schema.MigrateAsync(cancellationToken);
        await ledger.AskAsync(connection => connection.ExecuteAsync("analyze", cancellationToken), cancellationToken);
        progress?.Report(new BackupProgress("the views", report.Rows));
        await new ViewRefresher(ledger).RefreshAsync(null, "restore", cancellationToken);
        await ViewPolicy.SetAsync(ledger, header.IsViewModeAutomatic ?? false, cancellationToken);
        if (header.ViewMode == ViewModeState.NameOf(ViewMode.Incremental))
            await new ViewConverter(ledger).ConvertAsync(ViewMode.Incremental, cancellationToken: cancellationToken);
        // Puts this ledger's name on the results that are in files.
        await ResultFolders.SweepAsync(ledger, cancellationToken);
        return report;
    }

    private Task RequireEmptyAsync(BackupHeader header, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                var isExport = header.Purpose == BackupPurpose.Export;
                if (
                    await connection.ScalarAsync("select to_regclass('public.ledger_distribution') is not null", cancellationToken) is true
                    && await LedgerLayout.IsDistributedAsync(connection, cancellationToken)
                )
                    throw LedgerLayout.Refusal("a ledger is read from a file");
                if (await BackupTables.FirstWithRowsAsync(connection, isExport, cancellationToken) is { } table)
                    throw LedgerException
                        .Of(
                            ErrorCode.DatabaseNotEmpty,
                            isExport
                                ? $"the ledger is not empty: {await HeldAsync(connection, header, table, cancellationToken)}"
                                : $"the database is not empty: its table {table} has rows",
                            "A ledger is read into an empty database; nothing was changed.",
                            "database"
                        )
                        .With("table", table);
            },
            cancellationToken
        );

    private static async Task<string> HeldAsync(
        NpgsqlConnection connection,
        BackupHeader header,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select count(*), count(*) filter (where run_id = any ($1)) from public.discovery_runs",
            connection
        )
        {
            Parameters = { new() { Value = (header.Runs ?? []).Select(r => r.RunId).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0) == 0
            ? $"its table {table} has rows"
            : $"it has {CountText.Of(reader.GetInt64(0), "run", "runs")}, {reader.GetInt64(1)} of them those of the file";
    }

    /// <returns>whether a schema was made: there was none, or another</returns>
    private async Task<bool> PrepareSchemaAsync(BackupHeader header, CancellationToken cancellationToken)
    {
        var states = await ledger.Schema.StatusAsync(cancellationToken);
        if (!states.Any(s => s.Known && s.Id == header.Schema))
            throw LedgerException
                .Of(
                    ErrorCode.SchemaNewer,
                    $"the backup was made by a newer Almagest ({header.Program}; it has the migration {header.Schema})",
                    "Use that version, or a newer one."
                )
                .With("migration", header.Schema);
        // Of an export tokens may be there already, which stay.
        if (
            header.Purpose == BackupPurpose.Export
            && states.Where(s => s.Applied).Select(s => s.Id).LastOrDefault() == header.Schema
            && states.All(s => s is { Applied: true, Known: true })
        )
            return false;
        await RequireNoTokensAsync(header, cancellationToken);
        // An empty schema, perhaps of a later migration, is taken away first.
        if (states.Any(s => s.Applied))
            await ledger.Schema.RollbackAsync(Migration.InitialDatabase, cancellationToken);
        await ledger.Schema.RollbackAsync(header.Schema, cancellationToken);
        return true;
    }

    private Task RequireNoTokensAsync(BackupHeader header, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                if (await BackupTables.FirstWithRowsAsync(connection, false, cancellationToken) is { } table)
                    throw LedgerException
                        .Of(
                            ErrorCode.DatabaseNotEmpty,
                            $"the database is not empty: its table {table} has rows, and the file has the older schema {header.Schema}",
                            "Make an empty database, read the file into it, and make the tokens there; nothing was changed.",
                            "database"
                        )
                        .With("table", table);
            },
            cancellationToken
        );

    private static async Task<BackupReport> RestoreAsync(
        NpgsqlConnection connection,
        Stream stream,
        BackupHeader header,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(LedgerBackup.TextSettings, cancellationToken);
        IEnumerable<BackupTable> tablesThere = await BackupTables.ReadAsync(connection, cancellationToken);
        // Whoever hands somebody an export does not hand them tokens that let him in.
        if (header.Purpose == BackupPurpose.Export)
            tablesThere = BackupTables.ForExport(tablesThere);
        var there = tablesThere.ToDictionary(t => t.Name);
        var (tables, rows) = (0, 0L);
        while (true)
        {
            var record = await BackupFormat.ReadAsync(stream, cancellationToken);
            if (record.Kind == 'E')
            {
                var end = Content<BackupEnd>(record, 'E');
                if ((end.Tables, end.Rows) != (tables, rows))
                    throw BackupFormat.Damaged("it does not hold what it says at its end");
                break;
            }
            var table = Content<BackupTable>(record, 'T');
            // The names come from a file: none but those that the database has gets into a statement.
            if (!there.TryGetValue(table.Name, out var known) || table.Columns.Except(known.Columns).Any() || table.Columns.Count == 0)
                throw BackupFormat.Damaged($"it holds a table that {Kind(header)} of the schema {header.Schema} does not have");
            try
            {
                rows += await RestoreTableAsync(connection, stream, table, rows, progress, cancellationToken);
            }
            catch (PostgresException e) when (e.SqlState is ['2', '2' or '3', ..])
            {
                // A value that is none of its column's, or breaks a rule: it was not written so.
                throw BackupFormat.Damaged($"a row of {table.Name} cannot be read", e);
            }
            tables++;
        }
        await transaction.CommitAsync(cancellationToken);
        return new BackupReport(header, tables, rows);
    }

    private static async Task<long> RestoreTableAsync(
        NpgsqlConnection connection,
        Stream stream,
        BackupTable table,
        long before,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var name = BackupTables.Quoted(table.Name);
        // They would note a change, or refuse one, for every row of a ledger that was right already.
        await connection.ExecuteAsync($"alter table {name} disable trigger user", cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = 0L;
        BackupTableEnd end;
        var columns = string.Join(", ", table.Columns.Select(BackupTables.QuotedName));
        var writer = await connection.BeginTextImportAsync($"copy {name} ({columns}) from stdin (format text)", cancellationToken);
        try
        {
            var decoder = Encoding.UTF8.GetDecoder();
            var characters = new char[BackupFormat.PieceBytes];
            while (true)
            {
                var record = await BackupFormat.ReadAsync(stream, cancellationToken);
                if (record.Kind != 'D')
                {
                    end = Content<BackupTableEnd>(record, 'F');
                    break;
                }
                hash.AppendData(record.Content);
                rows += record.Content.AsSpan().Count((byte)'\n');
                if (characters.Length < record.Content.Length + 1)
                    characters = new char[record.Content.Length + 1];
                var length = decoder.GetChars(record.Content, characters, flush: false);
                await writer.WriteAsync(characters.AsMemory(0, length), cancellationToken);
                progress?.Report(new BackupProgress(table.Name, before + rows));
            }
            if (end.Rows != rows || end.Sha256 != Convert.ToHexStringLower(hash.GetHashAndReset()))
                throw BackupFormat.Damaged($"the rows of {table.Name} are not those that were written");
        }
        catch
        {
            // Disposing of it would complete the copy.
            await ((NpgsqlCopyTextWriter)writer).CancelAsync();
            throw;
        }
        await writer.DisposeAsync();
        await connection.ExecuteAsync($"alter table {name} enable trigger user", cancellationToken);
        foreach (var (column, last) in table.Sequences)
        {
            if (last is { } value)
                await connection.ExecuteAsync("select setval(pg_get_serial_sequence($1, $2), $3)", cancellationToken, name, column, value);
        }
        return rows;
    }

    private static string Kind(BackupHeader header) => header.Purpose == BackupPurpose.Export ? "an export" : "a backup";

    private static T Content<T>((char Kind, byte[] Content) record, char kind) =>
        record.Kind == kind ? BackupFormat.Parse<T>(record.Content) : throw BackupFormat.Damaged("its records are not in order");
}
