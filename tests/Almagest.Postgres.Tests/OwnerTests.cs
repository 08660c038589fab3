using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>Programs connect as the owner of the ledger, which administers nothing.</summary>
public sealed class OwnerTests
{
    private static async Task<NpgsqlConnection> AdministratorAsync(ServerLease lease)
    {
        var settings = new NpgsqlConnectionStringBuilder(lease.ConnectionString) { Username = "almagest", Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    [Fact]
    public async Task The_owner_has_the_database_and_no_power_over_the_server()
    {
        await using var home = new ServerHome();
        await using var lease = await home.StartAsync();
        Assert.Equal(
            "almagest_owner f f f",
            await ServerHome.AskAsync(
                lease,
                "select concat_ws(' ', current_user, rolsuper, rolcreaterole, rolcreatedb) from pg_roles where rolname = current_user"
            )
        );
        await ServerHome.AskAsync(lease, "create schema mine; create table mine.t (a int); select 'made'");
        foreach (
            var sql in new[]
            {
                "copy (select 1) to program 'id'",
                "copy (select 1) to '/tmp/almagest-must-not-be'",
                "select pg_read_file('pg_hba.conf')",
                "alter system set work_mem = '1GB'",
                "create role another superuser",
                "set role almagest",
            }
        )
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ServerHome.AskAsync(lease, sql));
            Assert.True(refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{sql}: {refused.SqlState} {refused.MessageText}");
        }
        // What bounds queries of others, and where its files are, it may.
        Assert.Equal("8GB", await ServerHome.AskAsync(lease, "select set_config('temp_file_limit', '8GB', false)"));
        Assert.Equal(home.Data, await ServerHome.AskAsync(lease, "select current_setting('data_directory')"));
        await ServerHome.AskAsync(lease, "set role almagest_reader; select 'allowed'");
    }

    [Fact]
    public async Task A_server_of_an_older_program_gets_an_owner_of_all_that_it_has()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (var lease = await home.StartAsync())
        await using (var administrator = await AdministratorAsync(lease))
        {
            // As an older program left it: all of the administrator, who alone is admitted.
            foreach (
                var sql in new[]
                {
                    "create schema old",
                    "create table public.plain (id bigint generated always as identity primary key, n int)",
                    "create table public.parts (n int) partition by range (n)",
                    "create table public.part_1 partition of public.parts for values from (0) to (9)",
                    "create view old.seen as select * from public.plain",
                    "create materialized view old.kept as select * from public.plain",
                    "create type old.mood as enum ('sad', 'happy')",
                    "create type old.pair as (a int, b int)",
                    "create domain old.positive as int check (value > 0)",
                    "create sequence old.counter",
                    "create function old.one() returns int language sql as 'select 1'",
                    "create aggregate old.total (int) (sfunc = int4pl, stype = int)",
                    "alter database almagest owner to almagest",
                    "reassign owned by almagest_owner to almagest",
                    "drop owned by almagest_owner",
                    "drop role almagest_owner",
                }
            )
            {
                await using var command = new NpgsqlCommand(sql, administrator);
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
            foreach (var file in new[] { "pg_hba.conf", "pg_ident.conf" })
            {
                var path = Path.Combine(home.Data, file);
                var lines = (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Where(l =>
                    !l.Contains("almagest_owner", StringComparison.Ordinal)
                );
                await File.WriteAllLinesAsync(path, ["# my own remark", .. lines], TestContext.Current.CancellationToken);
            }
        }

        await using (var lease = await home.StartAsync())
        {
            Assert.Equal("almagest_owner", await ServerHome.AskAsync(lease, "select current_user"));
            const string Others = """
                select string_agg(what, ', ' order by what) from (
                  select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                  where n.nspname in ('public', 'old') and c.relowner <> 'almagest_owner'::regrole
                  union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                  where n.nspname = 'old' and p.proowner <> 'almagest_owner'::regrole
                  union all select t.oid::regtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace
                  where n.nspname = 'old' and t.typowner <> 'almagest_owner'::regrole
                  union all select nspname::text from pg_namespace where nspname = 'old' and nspowner <> 'almagest_owner'::regrole
                  union all select datname::text from pg_database where datname = 'almagest' and datdba <> 'almagest_owner'::regrole
                ) o(what)
                """;
            Assert.Equal("", await ServerHome.AskAsync(lease, $"select coalesce(({Others}), '')"));
            Assert.Equal("1", await ServerHome.AskAsync(lease, "insert into public.plain (n) values (1); select old.one()::text"));
            Assert.StartsWith(
                "local all almagest_owner peer map=almagest\n# my own remark\n",
                await File.ReadAllTextAsync(Path.Combine(home.Data, "pg_hba.conf"), TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
        }
        // Once is enough.
        home.Progress.Clear();
        await using (await home.StartAsync()) { }
        Assert.DoesNotContain(home.Progress, p => p.Contains("owner", StringComparison.Ordinal));
    }
}
