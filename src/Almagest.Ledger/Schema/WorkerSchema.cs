using Almagest.Contract.Errors;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Schema;

/// <summary>
/// What queries of others need on the other machines of a distributed ledger: the functions of the sky, which are executed where the stars
/// are, and that the reading role is let in there, as which the coordinator comes. On the coordinator it still cannot log in.
/// </summary>
internal static class WorkerSchema
{
    // What is made on one machine is not made on the others by it, which would come back.
    private const string OnWorkers = """
        select string_agg(nodename || ':' || nodeport || ': ' || regexp_replace(result, '^ERROR: *', ''), '; ')
        from run_command_on_workers(format($command$do $almagest$ begin
          perform set_config('citus.enable_ddl_propagation', 'off', true), set_config('citus.enable_alter_role_propagation', 'off', true);
          execute %L; end $almagest$$command$, $1::text))
        where not success
        """;

    // Where an administrator has let it in, whoever may change no roles has nothing to do.
    private const string LetIn = $"""
        do $letin$ begin
          if not (select rolcanlogin from pg_roles where rolname = '{ReadingRole.Name}') then alter role {ReadingRole.Name} login; end if;
        end $letin$
        """;

    /// <summary>Does nothing in a ledger that is not distributed.</summary>
    /// <exception cref="LedgerException">this user may not do it there</exception>
    public static Task EnsureAsync(LedgerDatabase ledger, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                if (!await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
                    return;
                foreach (var command in new[] { SkyFunctions.Install, LetIn })
                {
                    if (await connection.ScalarAsync(OnWorkers, cancellationToken, command) is string trouble)
                        throw LedgerException.Of(
                            ErrorCode.DatabaseForbidden,
                            $"the tables are divided, but TAP queries cannot be executed on the other machines: {trouble}",
                            "All else works. citus_add_node makes a worker's roles as they are on the coordinator, where "
                                + $"{ReadingRole.Name} cannot log in. Let an administrator run on each of them, in one session: set "
                                + $"citus.enable_ddl_propagation = off; alter role {ReadingRole.Name} login; grant create on the database "
                                + "to the ledger's role; then do this again."
                        );
                }
            },
            cancellationToken
        );
}
