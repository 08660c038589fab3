using System.IO.Compression;
using System.Text;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Upgrade;

/// <summary>Restores the dumps of this folder, plain SQL of pg_dump, without the client programs, which a server does not need.</summary>
internal static class StoredLedger
{
    /// <param name="dump">such as <c>AddReferenceEpoch.refresh</c>: the last migration and the mode</param>
    public static async Task<TestLedger> RestoreAsync(string dump)
    {
        var test = await TestLedger.CreateEmptyAsync();
        await using var file =
            typeof(StoredLedger).Assembly.GetManifestResourceStream($"Almagest.Ledger.Tests.Upgrade.{dump}.sql.gz")
            ?? throw new InvalidOperationException($"there is no dump {dump}");
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        // A session of its own: a dump sets it up for itself.
        await using var connection = new NpgsqlConnection(test.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var statements = new StringBuilder();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("COPY ", StringComparison.Ordinal))
            {
                await ExecuteAsync(connection, statements);
                await CopyAsync(connection, line.TrimEnd(';'), reader);
            }
            // Commands of psql.
            else if (!line.StartsWith('\\'))
            {
                statements.Append(line).Append('\n');
            }
        }
        await ExecuteAsync(connection, statements);
        return test;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, StringBuilder statements)
    {
        await using var command = new NpgsqlCommand(statements.ToString(), connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        statements.Clear();
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string copy, StreamReader reader)
    {
        await using var writer = await connection.BeginTextImportAsync(copy, TestContext.Current.CancellationToken);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } row && row != @"\.")
        {
            await writer.WriteAsync(row + "\n");
        }
    }
}
