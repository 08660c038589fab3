using System.Security.Cryptography;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Backup;

/// <summary>Whether a backup or an export is whole and unchanged, without any database.</summary>
public static class LedgerFileCheck
{
    /// <param name="stream">read from its present position to the end of the backup</param>
    /// <exception cref="LedgerException">it is not a backup, ends early, or is not what was written</exception>
    public static async Task<BackupReport> ReadAsync(
        Stream stream,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        await BackupFormat.RequireStartAsync(stream, cancellationToken);
        var header = await NextAsync<BackupHeader>(stream, 'H', cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (tables, rows, ofTable) = (0, 0L, 0L);
        BackupTable? table = null;
        while (true)
        {
            var (kind, content) = await BackupFormat.ReadAsync(stream, cancellationToken);
            switch (kind)
            {
                case 'T' when table is null:
                    (table, ofTable) = (BackupFormat.Parse<BackupTable>(content), 0);
                    break;
                case 'D' when table is not null:
                    hash.AppendData(content);
                    ofTable += content.AsSpan().Count((byte)'\n');
                    progress?.Report(new BackupProgress(table.Name, rows + ofTable));
                    break;
                case 'F' when table is not null:
                    var end = BackupFormat.Parse<BackupTableEnd>(content);
                    if (end.Rows != ofTable || end.Sha256 != Convert.ToHexStringLower(hash.GetHashAndReset()))
                        throw BackupFormat.Damaged($"the rows of {table.Name} are not those that were written");
                    (table, tables, rows) = (null, tables + 1, rows + ofTable);
                    break;
                case 'E' when table is null:
                    return BackupFormat.Parse<BackupEnd>(content) == new BackupEnd(tables, rows)
                        ? new BackupReport(header, tables, rows)
                        : throw BackupFormat.Damaged("it does not hold what it says at its end");
                default:
                    throw BackupFormat.Damaged("its records are not in order");
            }
        }
    }

    private static async Task<T> NextAsync<T>(Stream stream, char kind, CancellationToken cancellationToken)
    {
        var record = await BackupFormat.ReadAsync(stream, cancellationToken);
        return record.Kind == kind ? BackupFormat.Parse<T>(record.Content) : throw BackupFormat.Damaged("its records are not in order");
    }
}
