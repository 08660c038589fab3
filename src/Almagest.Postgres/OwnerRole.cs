using Npgsql;

namespace Almagest.Postgres;

/// <summary>
/// The role that owns the ledger and as which programs connect: it may do everything with the ledger, and nothing with the server. The
/// server's administrator, <c>almagest</c>, is what initdb made; nothing but this connects as that one.
/// </summary>
internal static class OwnerRole
{
    public const string Name = "almagest_owner";

    /// <summary>The superuser that initdb made.</summary>
    public const string Administrator = "almagest";

    /// <summary>
    /// Makes the role, and the one as which queries of others are executed, whatever is there already. The owner may see the server's
    /// settings, for the directory of its files, and bound the temporary files of a query.
    /// </summary>
    private const string RolesSql = $"""
        do $roles$
        begin
          if not exists (select 1 from pg_roles where rolname = '{Name}') then
            create role {Name} login nosuperuser nocreatedb nocreaterole noreplication;
          end if;
          if not exists (select 1 from pg_roles where rolname = 'almagest_reader') then
            create role almagest_reader nologin nosuperuser nocreatedb nocreaterole noinherit noreplication;
          end if;
          grant almagest_reader to {Name};
          grant pg_read_all_settings to {Name};
          if current_setting('server_version_num')::int >= 150000 then
            execute 'grant set on parameter temp_file_limit to {Name}';
          end if;
        end $roles$;
        """;

    /// <summary>Makes the role the owner of all that the administrator has in a database, but for what is PostgreSQL's own.</summary>
    private const string ObjectsSql = $"""
        do $objects$
        declare
          mine oid := (select oid from pg_roles where rolname = current_user);
          command text;
        begin
          perform set_config('lock_timeout', '30s', true);
          execute format('alter database %I owner to {Name}', current_database());
          for command in
            with places as (
              select oid, nspname, nspowner from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
            )
            select format('alter schema %I owner to {Name}', nspname) from places where nspowner = mine
            union all
            -- A sequence of a column goes with its table.
            select format('alter table %s owner to {Name}', c.oid::regclass)
            from pg_class c join places n on n.oid = c.relnamespace
            where c.relowner = mine and c.relkind in ('r', 'p', 'v', 'm', 'S')
              and not (c.relkind = 'S' and exists (
                select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
            union all
            select format('alter routine %s owner to {Name}', p.oid::regprocedure)
            from pg_proc p join places n on n.oid = p.pronamespace where p.proowner = mine
            union all
            select format('alter type %s owner to {Name}', t.oid::regtype)
            from pg_type t join places n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
            where t.typowner = mine and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
          loop
            execute command;
          end loop;
        end $objects$;
        """;

    /// <summary>Makes the roles, the database where it is missing, and hands it over.</summary>
    /// <param name="connect">an open connection of the administrator to a database</param>
    public static async Task SetUpAsync(Func<string, Task<NpgsqlConnection>> connect, CancellationToken cancellationToken)
    {
        await using (var server = await connect("postgres").ConfigureAwait(false))
        {
            await ExecuteAsync(server, RolesSql, cancellationToken).ConfigureAwait(false);
            try
            {
                await ExecuteAsync(server, $"create database almagest owner {Name}", cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DuplicateDatabase) { }
        }
        await using var database = await connect("almagest").ConfigureAwait(false);
        await ExecuteAsync(database, ObjectsSql, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
