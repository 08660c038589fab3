using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Ledger.Schema;

/// <summary>
/// The role as which queries of others are executed: it reads what is published, and nothing else. It cannot log in; a session takes it
/// for one transaction. Roles belong to the server and are in no backup, so it is made where it is missing and not by a migration.
/// </summary>
public static class ReadingRole
{
    public const string Name = "almagest_reader";

    /// <summary>Lets a transaction go on as the role.</summary>
    public const string Take = $"set local role {Name}";

    /// <summary>The relations that it reads, in the schema public.</summary>
    public static IReadOnlyList<string> Relations { get; } =
    [
        "datasets",
        "stars",
        "star_labels",
        "discovery_runs",
        "run_tags",
        "discovery_results",
        "discovery_clusters",
        "run_identifications",
        "cluster_identifications",
        .. AnalyticsViews.All.Select(v => v.Name),
    ];

    /// <summary>Makes the role and gives it what it lacks; views that are made anew have lost it.</summary>
    /// <exception cref="LedgerException">this user of the database may not; the remedy is the script to be run by one who may</exception>
    public static async Task EnsureAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        try
        {
            await ledger.AskAsync(connection => connection.ExecuteAsync(CreateSql, cancellationToken), cancellationToken);
            // A grant and a refresh write the same row of the database's own tables, and whoever comes second fails.
            if (await ledger.AskAsync(connection => LacksAsync(connection, cancellationToken), cancellationToken))
            {
                await using var refreshers = await ViewRefresher.ExcludeAsync(ledger, cancellationToken);
                await DatabaseBoundary.AskAsync(() => GrantAsync(refreshers.Connection, cancellationToken));
            }
        }
        catch (LedgerException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            var user = await ledger.AskAsync(
                async connection =>
                {
                    await using var who = new NpgsqlCommand("select quote_ident(current_user)", connection);
                    return (string)(await who.ExecuteScalarAsync(cancellationToken))!;
                },
                cancellationToken
            );
            throw LedgerException.Of(
                ErrorCode.DatabaseForbidden,
                $"this user of the database may not make the role {Name}, as which queries of others are executed",
                $"Let an administrator of the database run: create role {Name} nologin; grant {Name} to {user};",
                inner: e
            );
        }
    }

    private static async Task<bool> LacksAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select not has_schema_privilege('{Name}', 'public', 'usage')
              or {LacksSummaries}
              or exists (select 1 from unnest($1) r
                         where to_regclass(r) is not null and not has_table_privilege('{Name}', r, 'select'))
            """,
            connection
        )
        {
            Parameters = { new() { Value = Relations.Select(r => $"public.{r}").ToArray() } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task GrantAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        for (var left = 4; ; left--)
        {
            try
            {
                await connection.ExecuteAsync(GrantSql, cancellationToken);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InternalError && left > 0)
            {
                // "Tuple concurrently updated": a view is just made anew, or somebody else's command has the same row.
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    // Of a distributed ledger a view is taken apart where it is joined with stars, and its tables are read by whoever asks. They hold what
    // the views show.
    private const string LacksSummaries =
        $"(view_summaries.is_distributed() and not has_table_privilege('{Name}', 'view_summaries.flagged_stars', 'select'))";

    // Two programs may come at the same moment.
    private const string CreateSql = $"""
        do $role$
        begin
          if not exists (select 1 from pg_roles where rolname = '{Name}') then
            create role {Name} nologin nosuperuser nocreatedb nocreaterole noinherit noreplication;
          end if;
        exception when duplicate_object or unique_violation then null;
        end $role$;
        do $member$
        begin
          if not pg_has_role(current_user, '{Name}', 'member') then
            execute format('grant {Name} to %I', current_user);
          end if;
        end $member$;
        """;

    private static string GrantSql =>
        $"""
            do $grants$
            declare
              relation text;
            begin
              -- One at a time: two programs that grant at once would meet in the same row of the database's own tables.
              perform pg_advisory_xact_lock(hashtext('{Name}'));
              if not has_schema_privilege('{Name}', 'public', 'usage') then
                grant usage on schema public to {Name};
              end if;
              if {LacksSummaries} then
                grant usage on schema view_summaries to {Name};
                grant select on all tables in schema view_summaries to {Name};
              end if;
              for relation in select format('public.%I', r) from unnest(array[{string.Join(", ", Relations.Select(r => $"'{r}'"))}]) r
              loop
                if to_regclass(relation) is not null and not has_table_privilege('{Name}', relation, 'select') then
                  execute 'grant select on ' || relation || ' to {Name}';
                end if;
              end loop;
            end $grants$;
            """;
}
