using System.Data;
using System.Globalization;
using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Ledger.Distribution;

/// <summary>
/// Divides the bulk tables of a ledger among the machines of Citus by their stars, and brings them together again. All that says which
/// runs, datasets and matches there are, and all that the views are made of in mode incremental, stays on the coordinator, so that one
/// snapshot covers it. Each way is one transaction: it is done, or nothing is.
/// </summary>
public sealed class LedgerDistribution(LedgerDatabase ledger)
{
    /// <summary>Parts of each table, where nobody says how many.</summary>
    public const int UsualShards = 32;

    /// <summary>Most of them that are asked for.</summary>
    public const int MostShards = 1024;

    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<DistributionState> StateAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync(connection => StateAsync(connection, cancellationToken), cancellationToken);

    /// <summary>What <see cref="DistributeAsync"/> would do, and what stands in its way.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<DistributionPlan> PlanAsync(int shards = UsualShards, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                var plan = await PlanAsync(connection, shards, cancellationToken);
                return await RunsAtWorkAsync(connection, cancellationToken) is { } refusal
                    ? plan with
                    {
                        Problems = [.. plan.Problems, new DistributionProblem(refusal.Message, refusal.Remedy!)],
                    }
                    : plan;
            },
            cancellationToken
        );

    /// <summary>Divides the tables; where they are divided already, only checks and analyses them.</summary>
    /// <returns>false where they were</returns>
    /// <exception cref="LedgerException">it is not possible, runs are being worked on, or rows would be lost: nothing was
    /// changed</exception>
    public async Task<bool> DistributeAsync(
        int shards = UsualShards,
        IProgress<DistributionProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        RequireShards(shards);
        await using var migrations = await SchemaMigrator.ExcludeAsync(ledger, cancellationToken);
        await ledger.Schema.EnsureCurrentAsync(cancellationToken);
        var state = await StateAsync(cancellationToken);
        if (!state.IsDistributed)
        {
            var plan = await ledger.AskAsync(connection => PlanAsync(connection, shards, cancellationToken), cancellationToken);
            Require(plan.Problems);
            // What can be brought back lies where it will be.
            await InOneTransactionAsync(
                LayoutSql.DeletedResultsBack,
                connection => DivideAsync(connection, plan, progress, cancellationToken),
                progress,
                cancellationToken
            );
        }
        else
        {
            Require(MissingParts(state));
        }
        // Also where a program was killed just before.
        await ledger.AskAsync(
            async connection =>
            {
                foreach (var table in DistributedTable.All)
                    await CitusEngine.FreeAsync(connection, table, cancellationToken);
            },
            cancellationToken
        );
        await FinishAsync(progress, cancellationToken);
        return !state.IsDistributed;
    }

    /// <summary>Brings the tables together on the coordinator.</summary>
    /// <returns>false where they are</returns>
    /// <exception cref="LedgerException">it is not possible, or runs are being worked on: nothing was changed</exception>
    public async Task<bool> UndoAsync(IProgress<DistributionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var migrations = await SchemaMigrator.ExcludeAsync(ledger, cancellationToken);
        await ledger.Schema.EnsureCurrentAsync(cancellationToken);
        if (!(await StateAsync(cancellationToken)).IsDistributed)
            return false;
        await UnseenRows.SweepAsync(ledger, TimeSpan.Zero, cancellationToken);
        await InOneTransactionAsync(
            LayoutSql.DeletedResultsAway,
            connection => UniteAsync(connection, progress, cancellationToken),
            progress,
            cancellationToken
        );
        await FinishAsync(progress, cancellationToken);
        return true;
    }

    private static void RequireShards(int shards)
    {
        if (shards is < 1 or > MostShards)
            throw LedgerException.Invalid(
                "shards",
                string.Create(CultureInfo.InvariantCulture, $"{shards} shards were asked for"),
                string.Create(CultureInfo.InvariantCulture, $"A table has 1 to {MostShards}.")
            );
    }

    private static void Require(IReadOnlyList<DistributionProblem> problems)
    {
        if (problems.Count > 0)
            throw LedgerException
                .Of(
                    ErrorCode.DistributionNotPossible,
                    string.Join("; ", problems.Select(p => p.What)),
                    string.Join(' ', problems.Select(p => p.Remedy))
                )
                .With("problems", problems.Select(p => p.What).ToArray());
    }

    private static async Task<DistributionState> StateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string? engine = null;
        var (shards, at, unseen) = (0, (DateTime?)null, 0L);
        await using (
            var command = new NpgsqlCommand(
                "select engine, shards, distributed_at, (select count(*) from public.unseen_rows) from public.ledger_distribution",
                connection
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
                (engine, shards, at, unseen) = (reader.GetString(0), reader.GetInt32(1), reader.GetDateTime(2), reader.GetInt64(3));
        }
        return new DistributionState(
            engine,
            shards,
            at,
            unseen,
            engine is null ? [] : await CitusEngine.SharesAsync(connection, cancellationToken)
        );
    }

    private static async Task<DistributionPlan> PlanAsync(NpgsqlConnection connection, int shards, CancellationToken cancellationToken)
    {
        var engine = await CitusEngine.FindAsync(connection, cancellationToken);
        var problems = new List<DistributionProblem>(await CitusEngine.ProblemsAsync(connection, engine, cancellationToken));
        var strangers = await connection.ListAsync<string>(
            """
            select format('trigger %s on %s', t.tgname, c.relname)
            from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and not t.tgisinternal and not t.tgname = any ($2)
            order by 1
            """,
            cancellationToken,
            Names,
            s_ownTriggers
        );
        strangers.AddRange(await ViewDependents.ReadAsync(connection, cancellationToken));
        if (strangers.Count > 0)
            problems.Add(
                new(
                    $"something of somebody else's depends on the tables: {string.Join(", ", strangers)}",
                    "Take it away first, and make it again afterwards where Citus lets it be."
                )
            );
        problems.AddRange(await ResultsInFilesAsync(connection, cancellationToken));
        var tables = new List<TableSize>();
        foreach (var table in DistributedTable.All)
        {
            var (rows, bytes) = (
                (long)(await connection.ScalarAsync($"select count(*) from public.{table.Name}", cancellationToken))!,
                (long)(await connection.ScalarAsync($"select pg_total_relation_size('public.{table.Name}')", cancellationToken))!
            );
            tables.Add(new TableSize(table.Name, table.Column, rows, bytes));
        }
        return new DistributionPlan(
            engine,
            shards,
            engine is null ? [] : await CitusEngine.NodesAsync(connection, cancellationToken),
            tables,
            problems
        );
    }

    // What is kept of such a run is compared with stars and results, block by block, on one machine.
    private static async Task<IReadOnlyList<DistributionProblem>> ResultsInFilesAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var runs = (long)
            (await connection.ScalarAsync("select count(*) from public.discovery_runs where star_set_id is not null", cancellationToken))!;
        var deleted = (long)
            (
                await connection.ScalarAsync(
                    "select count(*) from public.deletions where kind = 'run' and content #>> '{run,star_set_id}' is not null",
                    cancellationToken
                )
            )!;
        return runs + deleted == 0
            ? []
            :
            [
                new DistributionProblem(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the results of {(runs + deleted == 1 ? "a run" : $"{runs + deleted} runs")} "
                    )
                        + "are in files"
                        + (
                            deleted == 0
                                ? ""
                                : string.Create(CultureInfo.InvariantCulture, $" ({deleted} of them deleted and not gone yet)")
                        )
                        + ", and what the ledger keeps of such a run needs its tables on one machine",
                    "Delete such runs for good, or do not distribute the ledger."
                ),
            ];
    }

    // A ledger whose record says more than its tables: it was restored from a copy of the coordinator, or somebody undid it by hand.
    private static IReadOnlyList<DistributionProblem> MissingParts(DistributionState state)
    {
        var lacking = new List<string>();
        foreach (var table in DistributedTable.All)
        {
            var shards = state.Nodes.Where(n => n.Table == table.Name).Sum(n => n.Shards);
            if (shards == 0)
                lacking.Add(table.Name);
        }
        return lacking.Count == 0
            ? []
            :
            [
                new DistributionProblem(
                    $"the ledger says that it is distributed, and these of its tables are not: {string.Join(", ", lacking)}",
                    "Restore a copy of it into an empty database, and distribute that one."
                ),
            ];
    }

    /// <summary>Everything waits: migrations, conversions and refreshes of the views, loads, completions.</summary>
    private async Task InOneTransactionAsync(
        string prepare,
        Func<NpgsqlConnection, Task> change,
        IProgress<DistributionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        bool convert;
        progress?.Report(new("waiting for what is under way", 0, Steps));
        await using (await ViewConverter.ExcludeAsync(ledger, cancellationToken))
        await using (var refreshers = await ViewRefresher.ExcludeAsync(ledger, cancellationToken))
        {
            var connection = refreshers.Connection;
            convert = await DatabaseBoundary.AskAsync(async () =>
            {
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                await connection.ExecuteAsync(CitusEngine.Sequential, cancellationToken);
                // Tables before the mode lock, as a load takes them; no run completes, and none is deleted, meanwhile.
                await connection.ExecuteAsync(
                    $"lock table {string.Join(", ", DistributedTable.All.Select(t => $"public.{t.Name}"))}, public.discovery_runs "
                        + "in share row exclusive mode",
                    cancellationToken
                );
                await RefuseRunningAsync(connection, cancellationToken);
                await connection.ExecuteAsync($"select pg_advisory_xact_lock({IncrementalSql.ModeLock})", cancellationToken);
                await connection.ExecuteAsync(prepare, cancellationToken);
                var before = await CountsAsync(connection, cancellationToken);
                // They are made anew of what there is afterwards.
                await connection.ExecuteAsync(
                    string.Join('\n', AnalyticsViews.All.Reverse().Select(v => RepeatableScripts.DropSql(v.Name))),
                    cancellationToken
                );
                await change(connection);
                var after = await CountsAsync(connection, cancellationToken);
                if (!before.SequenceEqual(after))
                    throw LedgerException.Of(
                        ErrorCode.DatabaseFailed,
                        $"the tables hold other rows afterwards than before: {string.Join(", ", before)}; {string.Join(", ", after)}",
                        "Nothing was changed. This is a defect."
                    );
                progress?.Report(new("computing the views", Steps - 2, Steps));
                var again = await RepeatableScripts.RunAsync(connection, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return again;
            });
        }
        if (convert)
            await new ViewConverter(ledger).ConvertAsync(ViewMode.Incremental, cancellationToken: cancellationToken);
    }

    private static int Steps => DistributedTable.All.Count + 3;

    private static string[] Names => [.. DistributedTable.All.Select(t => t.Name)];

    private static readonly string[] s_ownTriggers =
    [
        "record_star_change",
        "record_label_change",
        "lock_for_labels",
        "judge_new_labels",
        "judge_changed_labels",
        "judge_lost_labels",
        "count_new_stars",
        "count_lost_stars",
    ];

    private static async Task RefuseRunningAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await RunsAtWorkAsync(connection, cancellationToken) is { } refusal)
            throw refusal;
    }

    private static async Task<LedgerException?> RunsAtWorkAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var running = (long)
            (await connection.ScalarAsync("select count(*) from public.discovery_runs where status = 'running'", cancellationToken))!;
        return running == 0
            ? null
            : LedgerException
                .Of(
                    ErrorCode.RunsAtWork,
                    running == 1 ? "a run is being worked on" : $"{running} runs are being worked on",
                    "Wait until they have ended, or stop who works on them. Nothing was changed."
                )
                .With("runs", running);
    }

    // How many rows there are, and which stars they are of.
    private static async Task<List<string>> CountsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counts = new List<string>();
        foreach (var table in DistributedTable.All)
            counts.AddRange(
                await connection.ListAsync<string>(
                    $"select '{table.Name} ' || count(*) || ' ' || coalesce(sum({table.Column}), 0) from public.{table.Name}",
                    cancellationToken
                )
            );
        return counts;
    }

    private static async Task DivideAsync(
        NpgsqlConnection connection,
        DistributionPlan plan,
        IProgress<DistributionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        // One may have been completed since the plan was made.
        Require(await ResultsInFilesAsync(connection, cancellationToken));
        await connection.ExecuteAsync(LayoutSql.TakeTriggers, cancellationToken);
        await connection.ExecuteAsync(LayoutSql.LoosenStars, cancellationToken);
        await connection.ExecuteAsync(
            "insert into public.ledger_distribution (engine, shards, tables) values ($1, $2, $3::jsonb)",
            cancellationToken,
            plan.Engine!,
            plan.Shards,
            JsonSerializer.Serialize(DistributedTable.All.ToDictionary(t => t.Name, t => t.Column))
        );
        var done = 0;
        foreach (var table in DistributedTable.All)
        {
            progress?.Report(new($"dividing {table.Name}", ++done, Steps));
            await CitusEngine.DistributeAsync(
                connection,
                table,
                table == DistributedTable.All[0] ? null : DistributedTable.All[0],
                plan.Shards,
                cancellationToken
            );
        }
    }

    private static async Task UniteAsync(
        NpgsqlConnection connection,
        IProgress<DistributionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var repeated = await connection.ListAsync<string>(LayoutSql.RepeatedSources, cancellationToken);
        Require(
            repeated.Count == 0
                ? []
                :
                [
                    new DistributionProblem(
                        $"a dataset has two stars of one source id, which no index kept out: {string.Join(", ", repeated)}",
                        "Delete the dataset, and load it again."
                    ),
                ]
        );
        var done = 0;
        foreach (var table in DistributedTable.All.Reverse())
        {
            progress?.Report(new($"bringing {table.Name} together", ++done, Steps));
            await CitusEngine.UndistributeAsync(connection, table, cancellationToken);
        }
        await connection.ExecuteAsync("delete from public.ledger_distribution", cancellationToken);
        await connection.ExecuteAsync(LayoutSql.TightenStars, cancellationToken);
        await connection.ExecuteAsync(IncrementalSql.Notes(), cancellationToken);
        var state = await ViewModeState.ReadAsync(connection, cancellationToken);
        if (state.Mode == ViewMode.Incremental || !state.IsSteady)
            await connection.ExecuteAsync(IncrementalSql.WatchCatalogue(), cancellationToken);
    }

    private async Task FinishAsync(IProgress<DistributionProgress>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new("analysing", Steps - 1, Steps));
        await ledger.AskAsync(
            connection =>
                connection.ExecuteAsync(
                    $"analyze {string.Join(", ", DistributedTable.All.Select(t => $"public.{t.Name}"))}",
                    cancellationToken
                ),
            cancellationToken
        );
        // Views that were made anew have lost whom they may be read by.
        try
        {
            await ReadingRole.EnsureAsync(ledger, cancellationToken);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DatabaseForbidden)
        {
            // Whoever serves says so.
        }
        await WorkerSchema.EnsureAsync(ledger, cancellationToken);
        await ledger.RequireNodesAsync(cancellationToken);
        progress?.Report(new("done", Steps, Steps));
    }
}
