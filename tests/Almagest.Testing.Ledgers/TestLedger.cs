using Almagest.Ledger.Database;
using Almagest.Ledger.Distribution;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;

namespace Almagest.Testing.Ledgers;

/// <summary>A migrated, empty ledger in a database of its own.</summary>
public sealed class TestLedger : IAsyncDisposable
{
    /// <summary>Set to anything, all ledgers of tests have the layout of a distributed one (<see cref="CitusStub"/>). Tests that write into
    /// the bulk tables by SQL of their own know nothing of it.</summary>
    private const string LayoutVariable = "ALMAGEST_TEST_DISTRIBUTED";

    private readonly TestDatabase? _database;

    // Made when the first run needs it.
    private readonly string _results;

    private TestLedger(TestDatabase database)
        : this(database.ConnectionString) => _database = database;

    private TestLedger(string connectionString)
    {
        ConnectionString = connectionString;
        _results = Path.Combine(Path.GetTempPath(), $"almagest-test-results-{Guid.NewGuid():N}");
        Ledger = new LedgerDatabase(connectionString) { ResultsFolder = _results };
    }

    public LedgerDatabase Ledger { get; }

    public string ConnectionString { get; }

    /// <summary>Whether its stars, labels, results and links lie on several machines, or as if they did.</summary>
    public bool IsDistributed { get; private init; }

    /// <summary>The results that count, as a table in SQL: all rows, or on several machines, where rows are there before their run is
    /// complete and for a while after it was deleted, those of complete runs.</summary>
    public string SeenResults =>
        IsDistributed
            ? "(select r.* from discovery_results r where run_id in (select run_id from discovery_runs where is_complete)) seen"
            : "discovery_results";

    public static async Task<TestLedger> CreateAsync()
    {
        var server = await TestDatabaseServer.GetAsync();
        if (server.IsCitus || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(LayoutVariable)))
            return await CreateDistributedAsync();
        return await CreateWholeAsync();
    }

    /// <summary>One whose tables lie on one machine, whatever the tests are given.</summary>
    public static async Task<TestLedger> CreateWholeAsync()
    {
        var server = await TestDatabaseServer.GetAsync();
        return new TestLedger(
            await server.CreateDatabaseAsync(
                "migrated",
                async connection =>
                {
                    await using var ledger = new LedgerDatabase(connection);
                    await ledger.Schema.MigrateAsync();
                }
            )
        );
    }

    /// <summary>One whose tables are distributed: by Citus where the tests are given one, else by its stub.</summary>
    public static async Task<TestLedger> CreateDistributedAsync()
    {
        var server = await TestDatabaseServer.GetAsync();
        return new TestLedger(
            await server.CreateDatabaseAsync(
                "distributed",
                async connection =>
                {
                    await using var test = new TestLedger(connection);
                    await test.Ledger.Schema.MigrateAsync();
                    if (!server.IsCitus)
                        await test.ExecuteAsync(CitusStub.Install);
                    await new LedgerDistribution(test.Ledger).DistributeAsync(4);
                }
            )
        )
        {
            IsDistributed = true,
        };
    }

    /// <summary>A copy of a ledger that <paramref name="prepare"/> fills once for all tests that name <paramref name="key"/>, with the same
    /// ids in each copy.</summary>
    /// <param name="key">letters, digits and underscores; means the same in all test programs</param>
    public static async Task<TestLedger> CreateAsync(string key, Func<TestLedger, Task> prepare)
    {
        var server = await TestDatabaseServer.GetAsync();
        return new TestLedger(
            await server.CreateDatabaseAsync(
                key,
                async connection =>
                {
                    await using var test = new TestLedger(connection);
                    await test.Ledger.Schema.MigrateAsync();
                    await prepare(test);
                }
            )
        );
    }

    /// <summary>A ledger without any schema.</summary>
    public static async Task<TestLedger> CreateEmptyAsync() => new(await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync());

    /// <summary>Adds a dataset with stars spread over the sky; answers its id and their ids, ascending.</summary>
    public async Task<(long DatasetId, long[] StarIds)> AddDatasetAsync(
        string name,
        int stars,
        Func<int, (double Ra, double Dec)>? place = null
    )
    {
        place ??= i => (i * 137.508 % 360, Math.Asin((2.0 * i + 1) / stars - 1) * 180 / Math.PI);
        await using var context = Ledger.CreateContext();
        var dataset = new Dataset
        {
            Name = name,
            Source = "[]",
            Checksum = name,
            ColumnMapping = "{}",
            StarCount = stars,
            CreatedAt = DateTime.UtcNow,
        };
        context.Datasets.Add(dataset);
        await context.SaveChangesAsync();
        await using (var connection = await Ledger.ConnectAsync())
        await using (
            var writer = await connection.BeginBinaryImportAsync(
                "copy public.stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29) from stdin (format binary)"
            )
        )
        {
            for (var i = 0; i < stars; i++)
            {
                var (ra, dec) = place(i);
                await writer.StartRowAsync();
                await writer.WriteAsync(dataset.DatasetId);
                await writer.WriteAsync($"{name}-{i}");
                await writer.WriteAsync(ra);
                await writer.WriteAsync(dec);
                await writer.WriteAsync(Almagest.Sky.Healpix.AngToPix(29, ra, dec));
            }
            await writer.CompleteAsync();
        }
        if (IsDistributed)
            await ExecuteAsync($"select view_summaries.after_stars({dataset.DatasetId})");
        return (dataset.DatasetId, await LongsAsync($"select star_id from stars where dataset_id = {dataset.DatasetId} order by star_id"));
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Ledger.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Changes labels by SQL of the test's own. On a distributed ledger no trigger follows it; so, as docs/scaling.md asks of
    /// everybody, the views are told in the same transaction.</summary>
    public async Task ChangeLabelsAsync(string sql)
    {
        if (IsDistributed)
        {
            var stars = await LongsAsync("select star_id from stars");
            sql = $"{sql}; select view_summaries.after_labels(array[{string.Join(',', stars)}]::bigint[])";
        }
        await ExecuteAsync(sql);
    }

    /// <summary>Executes past the guards of complete runs: the ledger as another version of the program would have left it.</summary>
    public Task RewriteAsync(string sql) => ExecuteAsync($"set session_replication_role = replica; {sql}; reset session_replication_role");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Ledger.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<List<string>> StringsAsync(string sql)
    {
        var rows = new List<string>();
        await using var command = Ledger.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(
                string.Join(
                    " | ",
                    Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : reader.GetValue(i).ToString())
                )
            );
        return rows;
    }

    /// <summary>The stars that a run has results of that count, ascending.</summary>
    public Task<long[]> StarsOfAsync(Guid runId) =>
        LongsAsync($"select star_id from {SeenResults} where run_id = '{runId}' order by star_id");

    private async Task<long[]> LongsAsync(string sql)
    {
        var rows = new List<long>();
        await using var command = Ledger.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(reader.GetInt64(0));
        return [.. rows];
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        if (Directory.Exists(_results))
            Directory.Delete(_results, recursive: true);
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
