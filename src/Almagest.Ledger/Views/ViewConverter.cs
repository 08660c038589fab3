using System.Diagnostics;
using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>How far a conversion is.</summary>
/// <param name="Stage">what is being done, in words</param>
/// <param name="Done">steps done of <paramref name="Total"/></param>
public sealed record ConversionProgress(string Stage, int Done, int Total);

/// <summary>
/// Converts between the two modes while the ledger is in use. Readers see the old relations until one short transaction replaces
/// them by the new; runs complete meanwhile and are counted. Interrupted at any point, the ledger stays in the mode in which it
/// was, with right answers, and the same conversion goes on where it stopped, or the opposite one clears up.
/// </summary>
public sealed class ViewConverter(LedgerDatabase ledger)
{
    // "AlmCnvrt"
    private const long ConversionLock = 0x416C6D436E767274;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    /// <returns>false where the ledger was in that mode already</returns>
    /// <exception cref="LedgerException">another program is converting</exception>
    public async Task<bool> ConvertAsync(
        ViewMode target,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        return await DatabaseBoundary.AskAsync(async () =>
        {
            await using var guard =
                await AdvisoryLock.TryTakeAsync(ledger, ConversionLock, cancellationToken)
                ?? throw LedgerException.Of(
                    ErrorCode.ViewsConverting,
                    "another program is converting the views",
                    "Wait until it has ended."
                );
            var connection = guard.Connection;
            var now = await ViewModeState.ReadAsync(connection, cancellationToken);
            if (now.Mode == target)
            {
                if (!now.IsSteady)
                    await TakeBackAsync(connection, now, cancellationToken);
                return false;
            }
            // What it writes is made of the results and of sets of stars, and smaller than they are.
            const string Size =
                "select pg_total_relation_size('public.discovery_results') + pg_total_relation_size('public.analysed_set_blocks')";
            await using (var size = new NpgsqlCommand(Size, connection))
                await DiskSpace.RequireAsync(ledger, (long)(await size.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
            if (target == ViewMode.Incremental)
                await ToIncrementalOrBackAsync(connection, now, progress, cancellationToken);
            else
                await ToRefreshAsync(connection, now, progress, cancellationToken);
            return true;
        });
    }

    /// <summary>Waits until no conversion is under way, and keeps others from starting until it is disposed of.</summary>
    internal static Task<AdvisoryLock> ExcludeAsync(LedgerDatabase ledger, CancellationToken cancellationToken) =>
        AdvisoryLock.TakeAsync(ledger, ConversionLock, cancellationToken);

    /// <summary>The first step towards mode incremental: from here on what changes is counted.</summary>
    internal static string BeginBuilding() => IncrementalSql.WatchCatalogue() + SetMode(ViewMode.Refresh, ViewModeState.Building);

    // A conversion that was interrupted is not wanted any more.
    private static async Task TakeBackAsync(NpgsqlConnection connection, ViewModeState now, CancellationToken cancellationToken)
    {
        if (now.State == ViewModeState.Building)
        {
            await ChangeAsync(
                connection,
                IncrementalSql.UnwatchCatalogue() + IncrementalSql.Clear() + SetMode(ViewMode.Refresh, ViewModeState.Steady),
                null,
                cancellationToken
            );
        }
        else
        {
            foreach (var view in AnalyticsViews.All.Reverse())
                await connection.ExecuteAsync($"drop materialized view if exists public.{Next(view)}", cancellationToken);
            await ChangeAsync(
                connection,
                "delete from public.pending_view_changes;" + SetMode(ViewMode.Incremental, ViewModeState.Steady),
                null,
                cancellationToken
            );
        }
    }

    // One that cannot be done leaves the mode that was. One that is stopped can go on, and so can one whose database is gone.
    private async Task ToIncrementalOrBackAsync(
        NpgsqlConnection connection,
        ViewModeState now,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await ToIncrementalAsync(connection, now, progress, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && connection.State == System.Data.ConnectionState.Open)
        {
            await TakeBackAsync(connection, new ViewModeState(ViewMode.Refresh, ViewModeState.Building), CancellationToken.None);
            throw;
        }
    }

    private async Task ToIncrementalAsync(
        NpgsqlConnection connection,
        ViewModeState now,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (now.IsSteady)
        {
            progress?.Report(new("waiting for loads and completions under way", 0, 1));
            await ChangeAsync(connection, BeginBuilding(), null, cancellationToken);
        }
        while (true)
        {
            await BuildAsync(connection, progress, cancellationToken);
            progress?.Report(new("replacing the views", AnalyticsViews.All.Count, AnalyticsViews.All.Count));
            await connection.ExecuteAsync(IncrementalSql.Analyze(), cancellationToken);
            await using var refresher = await ViewRefresher.ExcludeAsync(ledger, cancellationToken);
            var grants = await GrantsAsync(connection, cancellationToken);
            var isDistributed = await LedgerLayout.IsDistributedAsync(connection, cancellationToken);
            var sql =
                string.Concat(AnalyticsViews.All.Reverse().Select(v => $"drop materialized view public.{v.Name};\n"))
                + string.Concat(AnalyticsViews.All.Select(v => IncrementalSql.CreateView(v, isDistributed) + "\n"))
                + grants
                + "delete from public.pending_view_changes;"
                + AllChanged
                + SetMode(ViewMode.Incremental, ViewModeState.Steady);
            // Something may have come in since the last look.
            if (await ChangeAsync(connection, sql, async () => !await IsPendingAsync(connection, cancellationToken), cancellationToken))
                return;
        }
    }

    private static async Task BuildAsync(
        NpgsqlConnection connection,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var datasets = await connection.ListAsync<long>(UncountedDatasets, cancellationToken);
        for (var i = 0; i < datasets.Count; i++)
        {
            progress?.Report(new($"counting the stars of dataset {datasets[i]}", i, datasets.Count));
            await ApplyAsync(
                connection,
                "select view_summaries.count_dataset($1) where exists (select 1 from public.datasets where dataset_id = $1)",
                datasets[i],
                cancellationToken
            );
        }
        var runs = await connection.ListAsync<Guid>(
            "select run_id from public.discovery_runs d where is_complete and not exists (select 1 from view_summaries.runs r where "
                + "r.run_id = d.run_id) order by completed_at, run_id",
            cancellationToken
        );
        for (var i = 0; i < runs.Count; i++)
        {
            progress?.Report(new("adding up runs", i, runs.Count));
            await ApplyAsync(
                connection,
                "select view_summaries.apply_run($1) where exists (select 1 from public.discovery_runs where run_id = $1 and is_complete)",
                runs[i],
                cancellationToken
            );
            // The planner must know the tables that grow under its hands.
            if (i is 2 or 20 or 200)
                await connection.ExecuteAsync(IncrementalSql.Analyze(), cancellationToken);
        }
    }

    // One question after the other: of stars on other machines no table of this one can be asked in the same.
    private static async Task<bool> IsPendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var uncounted = await ScalarAsync(
            connection,
            """
            select count(*)::int from public.discovery_runs d where is_complete and not exists (select 1 from view_summaries.runs r
              where r.run_id = d.run_id)
            """,
            cancellationToken
        );
        if (uncounted > 0)
            return true;
        foreach (var dataset in await connection.ListAsync<long>(UncountedDatasets, cancellationToken))
        {
            if (
                await connection.ScalarAsync("select 1 from public.stars where dataset_id = $1 limit 1", cancellationToken, dataset)
                is not null
            )
                return true;
        }
        return false;
    }

    private const string UncountedDatasets = """
        select dataset_id from public.datasets d
        where not exists (select 1 from view_summaries.counted_datasets c where c.dataset_id = d.dataset_id) order by 1
        """;

    private async Task ToRefreshAsync(
        NpgsqlConnection connection,
        ViewModeState now,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        // From here on changes are noted, so that what the new views do not show yet is refreshed after the exchange.
        if (now.IsSteady)
            await ChangeAsync(connection, SetMode(ViewMode.Incremental, ViewModeState.Leaving), null, cancellationToken);
        var views = AnalyticsViews.All;
        // What an interrupted conversion left, the dependent first.
        foreach (var view in views.Reverse())
            await connection.ExecuteAsync($"drop materialized view if exists public.{Next(view)}", cancellationToken);
        var took = new double[views.Count];
        for (var i = 0; i < views.Count; i++)
        {
            progress?.Report(new($"computing {views[i].Name}", i, views.Count));
            var watch = Stopwatch.StartNew();
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync($"{RefreshSettings.Sql}\n{views[i].CreateMaterializedSql(NextSuffix)}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            took[i] = watch.Elapsed.TotalMilliseconds;
        }
        progress?.Report(new("replacing the views", views.Count, views.Count));
        await using (await ViewRefresher.ExcludeAsync(ledger, cancellationToken))
        {
            var grants = await GrantsAsync(connection, cancellationToken);
            var sql =
                string.Concat(
                    views.Select(
                        (v, i) =>
                            $"drop view public.{v.Name};\nalter materialized view public.{Next(v)} rename to {v.Name};\n"
                            + string.Concat(v.IndexNames().Select(name => $"alter index public.{name}{NextSuffix} rename to {name};\n"))
                            + string.Create(
                                CultureInfo.InvariantCulture,
                                $"insert into public.view_refreshes (view_name, reason, started_at, finished_at, duration_ms, "
                                    + $"row_count, outcome) select '{v.Name}', 'mode', clock_timestamp(), clock_timestamp(), "
                                    + $"{took[i]:F3}, count(*), 'succeeded' from public.{v.Name};\n"
                            )
                    )
                )
                + grants
                + AllChanged
                + IncrementalSql.UnwatchCatalogue()
                + IncrementalSql.Clear()
                + SetMode(ViewMode.Refresh, ViewModeState.Steady);
            await ChangeAsync(connection, sql, null, cancellationToken);
        }
        await new ViewRefresher(ledger).RefreshPendingAsync("mode", cancellationToken);
    }

    // Who else may read the views may read their successors: the reading role, and whoever was let in by hand.
    private static async Task<string> GrantsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        string.Concat(
            await connection.ListAsync<string>(
                """
                select format(e'grant select on public.%I to %s%s;\n', c.relname,
                         case a.grantee when 0 then 'public' else quote_ident(r.rolname) end,
                         case when a.is_grantable then ' with grant option' else '' end)
                from public.analytics_views v
                join pg_class c on c.oid = to_regclass(format('public.%I', v.view_name))
                cross join lateral aclexplode(c.relacl) a
                left join pg_roles r on r.oid = a.grantee
                where a.privilege_type = 'SELECT' and a.grantee <> c.relowner and (a.grantee = 0 or r.oid is not null)
                order by 1
                """,
                cancellationToken
            )
        );

    // Versions never go back: what a reader has kept of the old relation is asked for anew.
    private const string AllChanged = "select public.mark_views_changed(array(select view_name from public.analytics_views));";

    internal const string NextSuffix = "__next";

    private static string Next(AnalyticsView view) => view.Name + NextSuffix;

    private static string SetMode(ViewMode mode, string state) =>
        $"update view_summaries.maintenance set mode = '{ViewModeState.NameOf(mode)}', state = '{state}', changed_at = clock_timestamp();";

    /// <summary>
    /// One short transaction that excludes every maintaining one. It never queues for long: where loads or readers hold what it
    /// needs, it steps back and tries again, so that nobody waits behind it.
    /// </summary>
    private static async Task<bool> ChangeAsync(
        NpgsqlConnection connection,
        string sql,
        Func<Task<bool>>? still,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await using (
                var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken)
            )
            {
                try
                {
                    // Tables before the mode lock, as a load takes them. It must step back long before PostgreSQL looks for a
                    // deadlock, after 1 s: whoever looks first is the one that fails, and that would be a run's completion.
                    await connection.ExecuteAsync(
                        "set local lock_timeout = '250ms'; lock table public.stars, public.star_labels in share row exclusive mode",
                        cancellationToken
                    );
                    if (
                        await ScalarAsync(
                            connection,
                            $"select pg_try_advisory_xact_lock({IncrementalSql.ModeLock})::int",
                            cancellationToken
                        ) == 1
                    )
                    {
                        if (still is not null && !await still())
                            return false;
                        await connection.ExecuteAsync(sql, cancellationToken);
                        await transaction.CommitAsync(cancellationToken);
                        return true;
                    }
                }
                catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
                {
                    // Tried again below.
                }
            }
            await Task.Delay(s_patience, cancellationToken);
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string sql, object id, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync($"select pg_advisory_xact_lock({IncrementalSql.ApplyLock})", cancellationToken);
        await using (var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = id } } })
            await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<int> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
