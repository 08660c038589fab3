using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class TestDatabaseServerTests
{
    [Fact]
    public async Task Databases_of_one_process_are_separate_and_dropped_when_disposed()
    {
        var server = await TestDatabaseServer.GetAsync();
        string name;
        await using (var first = await server.CreateDatabaseAsync())
        {
            await using var second = await server.CreateDatabaseAsync();
            name = first.Name;
            await ExecuteAsync(first.ConnectionString, "CREATE TABLE only_here (id int)");
            Assert.Equal(0L, await ScalarAsync(second.ConnectionString, "SELECT count(*) FROM pg_class WHERE relname = 'only_here'"));
        }

        Assert.Equal(0L, await ScalarAsync(server.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'"));
    }

    [Fact]
    public async Task A_prepared_database_is_prepared_once_and_copied_for_every_test()
    {
        var server = await TestDatabaseServer.GetAsync();
        var prepared = 0;
        var key = $"stars_{Guid.NewGuid():N}";
        var copies = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    server.CreateDatabaseAsync(
                        key,
                        async connection =>
                        {
                            Interlocked.Increment(ref prepared);
                            await ExecuteAsync(connection, "CREATE TABLE stars (id int); INSERT INTO stars VALUES (1), (2)");
                        }
                    )
                )
        );

        Assert.Equal(1, prepared);
        foreach (var copy in copies)
        {
            await ExecuteAsync(copy.ConnectionString, "INSERT INTO stars VALUES (3)");
            Assert.Equal(3L, await ScalarAsync(copy.ConnectionString, "SELECT count(*) FROM stars"));
            await copy.DisposeAsync();
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql) => await ScalarAsync(connectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
