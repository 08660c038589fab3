using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Distribution;

/// <summary>
/// Citus, an extension of PostgreSQL that divides tables among servers: the functions of it that are used here, and no other. A coordinator
/// holds the rest of the database and is the one that is asked.
/// </summary>
internal static partial class CitusEngine
{
    /// <summary>The first major version that this program was tried with.</summary>
    public const int LeastMajor = 13;

    /// <summary>As it names itself, <c>Citus 13.2.2</c>; null where this database does not have it.</summary>
    public static async Task<string?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("select to_regprocedure('citus_version()') is not null", cancellationToken) is not true)
            return null;
        var text = (string)(await connection.ScalarAsync("select citus_version()", cancellationToken))!;
        return Version().Match(text) is { Success: true } match ? match.Value : text;
    }

    /// <summary>Machines that would have a part of the tables, as <c>name:port</c>.</summary>
    public static Task<List<string>> NodesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync<string>(
            "select node_name || ':' || node_port from citus_get_active_worker_nodes() order by 1",
            cancellationToken
        );

    /// <summary>Why this database cannot be divided now.</summary>
    public static async Task<IReadOnlyList<DistributionProblem>> ProblemsAsync(
        NpgsqlConnection connection,
        string? engine,
        CancellationToken cancellationToken
    )
    {
        if (engine is null)
            return [await MissingAsync(connection, cancellationToken)];
        var problems = new List<DistributionProblem>();
        if (Version().Match(engine) is not { Success: true } version || Major(version) < LeastMajor)
            problems.Add(
                new(
                    $"{engine} is older than what this program was tried with",
                    $"Use Citus {LeastMajor} or newer; 13.2 is the one that was tried."
                )
            );
        if (await connection.ScalarAsync("select citus_is_coordinator()", cancellationToken) is not true)
            problems.Add(new("this server is a worker of Citus, not its coordinator", "Name the coordinator as the database."));
        else if ((await NodesAsync(connection, cancellationToken)).Count == 0)
            problems.Add(
                new(
                    "the coordinator knows no worker",
                    "In psql, on the coordinator, for each: select citus_add_node('NAME', PORT); before that, create extension citus in a "
                        + "database of the same name on it."
                )
            );
        else if (
            await connection.ScalarAsync(
                "select string_agg(distinct to_nodename || ':' || to_nodeport, ', ') from citus_check_cluster_node_health() "
                    + "where not result",
                cancellationToken
            )
            is string silent
        )
            problems.Add(new($"these nodes do not answer the others: {silent}", "Start them, and let them in (pg_hba.conf)."));
        return problems;
    }

    /// <summary>Divides a table, its rows included.</summary>
    /// <param name="with">the table whose parts its own lie beside; null = it is the first</param>
    public static Task DistributeAsync(
        NpgsqlConnection connection,
        DistributedTable table,
        DistributedTable? with,
        int shards,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            with is null
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"select create_distributed_table('public.{table.Name}', '{table.Column}', colocate_with => 'none', "
                        + $"shard_count => {shards})"
                )
                : $"select create_distributed_table('public.{table.Name}', '{table.Column}', colocate_with => 'public.{with.Name}')",
            cancellationToken
        );

    /// <summary>Brings a table together on the coordinator.</summary>
    public static Task UndistributeAsync(NpgsqlConnection connection, DistributedTable table, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"select undistribute_table('public.{table.Name}')", cancellationToken);

    /// <summary>Frees the rows that the coordinator keeps of a divided table, which nobody reads.</summary>
    public static Task FreeAsync(NpgsqlConnection connection, DistributedTable table, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"select truncate_local_data_after_distributing_table('public.{table.Name}')", cancellationToken);

    /// <summary>One statement of a transaction after the other, each seeing what those before did.</summary>
    public const string Sequential = "set local citus.multi_shard_modify_mode = 'sequential'";

    /// <summary>What each machine has.</summary>
    public static async Task<IReadOnlyList<NodeShare>> SharesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var shares = new List<NodeShare>();
        await using var command = new NpgsqlCommand(
            """
            select nodename || ':' || nodeport, c.relname::text, count(*),
                   case when count(*) = count(s.shard_size) then sum(s.shard_size)::bigint end
            from citus_shards s join pg_class c on c.oid = s.table_name::regclass
            where c.relnamespace = 'public'::regnamespace and c.relname = any ($1)
            group by 1, 2 order by 1, 2
            """,
            connection
        )
        {
            Parameters = { new() { Value = DistributedTable.All.Select(t => t.Name).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            shares.Add(
                new NodeShare(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    // A machine that does not answer says no sizes.
                    reader.IsDBNull(3)
                        ? null
                        : reader.GetInt64(3)
                )
            );
        return shares;
    }

    private static async Task<DistributionProblem> MissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var major = connection.PostgreSqlVersion.Major;
        return
            await connection.ScalarAsync("select exists (select 1 from pg_available_extensions where name = 'citus')", cancellationToken)
                is true
            ? new(
                "Citus is installed on this server and not in this database",
                "Add citus to shared_preload_libraries, start the server again, and run here and in a database of the same name on each "
                    + "worker: create extension citus"
            )
            : new(
                string.Create(CultureInfo.InvariantCulture, $"this PostgreSQL ({major}) does not have the extension Citus"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Install Citus for PostgreSQL {major} on this server and on two or more workers "
                ) + "(https://github.com/citusdata/citus; 13.2 was tried), as docs/scaling.md says step by step."
            );
    }

    private static int Major(Match version) => int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Citus (\d+)\.[\w.]+")]
    private static partial Regex Version();
}
