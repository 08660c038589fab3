using System.Collections.Concurrent;
using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>What one refresh of one view did.</summary>
public sealed record ViewRefreshOutcome(string ViewName, bool Succeeded, long Rows, double DurationMs, string? Error);

/// <summary>What was refreshed, and when a view whose refresh failed is to be tried again; null where none is.</summary>
public sealed record DueRefresh(IReadOnlyList<ViewRefreshOutcome> Outcomes, TimeSpan? NextRetry);

/// <summary>
/// Brings the materialized views up to date. One refresher at a time across processes (an advisory lock of the database);
/// readers are never blocked (REFRESH … CONCURRENTLY). Each view is refreshed in a transaction of its own under REPEATABLE
/// READ, which also removes the notes of pending changes that its snapshot saw: rows and freshness change together.
/// </summary>
public sealed class ViewRefresher(LedgerDatabase ledger)
{
    // "AlmRefsh": any constant does, as long as every Almagest uses the same.
    internal const long RefreshLock = 0x416C6D5265667368;

    /// <summary>The channel on which the database announces that a view lags.</summary>
    public const string Channel = "almagest_view_changes";

    /// <summary>Refreshes the views that lag behind the ledger, waiting for another refresher to finish first.</summary>
    public Task<IReadOnlyList<ViewRefreshOutcome>> RefreshPendingAsync(
        string reason = "run",
        CancellationToken cancellationToken = default
    ) => ExclusivelyAsync(guard => RefreshPendingAsync(guard, reason, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<ViewRefreshOutcome>> RefreshPendingAsync(
        AdvisoryLock guard,
        string reason,
        CancellationToken cancellationToken
    )
    {
        // While a conversion to mode refresh is under way, changes are noted for the views to come: it refreshes them itself.
        if ((await ViewModeState.ReadAsync(guard.Connection, cancellationToken)).Mode == ViewMode.Incremental)
            return [];
        // Read under the lock: what another refresher has just done is not done again.
        var pending = new HashSet<string>();
        await using (var command = new NpgsqlCommand("select distinct view_name from public.pending_view_changes", guard.Connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                pending.Add(reader.GetString(0));
        }
        return await RefreshEachAsync(guard, v => pending.Contains(v.Name), reason, cancellationToken);
    }

    /// <summary>Refreshes the named views, or all.</summary>
    public Task<IReadOnlyList<ViewRefreshOutcome>> RefreshAsync(
        IReadOnlyCollection<AnalyticsView>? views = null,
        string reason = "manual",
        CancellationToken cancellationToken = default
    ) =>
        ExclusivelyAsync(
            guard => RefreshEachAsync(guard, v => views is null || views.Contains(v), reason, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Refreshes the views that lag or whose last refresh failed, a failed one only when its next try is due
    /// (<see cref="ViewStatus.NextRetry"/>): what the servers do by themselves.
    /// </summary>
    public Task<DueRefresh> RefreshDueAsync(string reason = "run", CancellationToken cancellationToken = default) =>
        ExclusivelyAsync(guard => RefreshDueAsync(guard, reason, cancellationToken), cancellationToken);

    private async Task<DueRefresh> RefreshDueAsync(AdvisoryLock guard, string reason, CancellationToken cancellationToken)
    {
        if ((await ViewModeState.ReadAsync(guard.Connection, cancellationToken)).Mode == ViewMode.Incremental)
            return new DueRefresh([], null);
        var due = new HashSet<string>();
        var failures = new Dictionary<string, int>();
        TimeSpan? next = null;
        await using (
            var command = new NpgsqlCommand(
                $"""
                {RefreshHistory.Sql}
                select h.view_name, h.failures, coalesce(extract(epoch from h.next_retry - clock_timestamp())::double precision, 0)
                from refresh_history h
                where h.failures > 0 or exists (select 1 from public.pending_view_changes p where p.view_name = h.view_name)
                """,
                guard.Connection
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var wait = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(2)));
                if (wait == TimeSpan.Zero)
                    due.Add(reader.GetString(0));
                else if (next is null || wait < next)
                    next = wait;
                failures[reader.GetString(0)] = reader.GetInt32(1);
            }
        }
        var outcomes = await RefreshEachAsync(guard, v => due.Contains(v.Name), reason, cancellationToken);
        foreach (var failed in outcomes.Where(o => !o.Succeeded))
        {
            var wait = RefreshHistory.WaitAfter(failures.GetValueOrDefault(failed.ViewName) + 1);
            if (next is null || wait < next)
                next = wait;
        }
        return new DueRefresh(outcomes, next);
    }

    /// <summary>Waits until no refresher works, and keeps others from starting until it is disposed of.</summary>
    internal static Task<AdvisoryLock> ExcludeAsync(LedgerDatabase ledger, CancellationToken cancellationToken) =>
        AdvisoryLock.TakeAsync(ledger, RefreshLock, cancellationToken);

    private async Task<T> ExclusivelyAsync<T>(Func<AdvisoryLock, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var guard = await LockAsync(cancellationToken);
        return await AskOnAsync(guard.Connection, () => work(guard));
    }

    // A connection that is lost between two statements says so only by refusing the next one.
    private static async Task<T> AskOnAsync<T>(NpgsqlConnection connection, Func<Task<T>> work)
    {
        try
        {
            return await DatabaseBoundary.AskAsync(work);
        }
        catch (InvalidOperationException e) when (connection.State is not System.Data.ConnectionState.Open)
        {
            throw PostgresErrors.Unanswered(e);
        }
    }

    private async Task<AdvisoryLock> LockAsync(CancellationToken cancellationToken)
    {
        var guard = await AdvisoryLock.TakeAsync(ledger, RefreshLock, cancellationToken);
        try
        {
            // Whoever holds the lock is the only refresher alive: a record that still says "running" belongs to a dead one.
            await guard.Connection.ExecuteAsync(
                $"""
                update public.view_refreshes set outcome = 'failed', finished_at = clock_timestamp(), error = '{RefreshHistory.Abandoned}'
                where outcome = 'running'
                """,
                cancellationToken
            );
            return guard;
        }
        catch
        {
            await guard.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Two at a time: comparing the new rows with the old takes PostgreSQL one processor a view, however many there are. That which took
    /// longest the last time comes first, so that none is left over for one alone at the end.
    /// </summary>
    private async Task<IReadOnlyList<ViewRefreshOutcome>> RefreshEachAsync(
        AdvisoryLock guard,
        Func<AnalyticsView, bool> wanted,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var kept = (await ViewModeState.ReadAsync(guard.Connection, cancellationToken)).Mode == ViewMode.Incremental;
        var outcomes = new ConcurrentBag<ViewRefreshOutcome>();
        var took = await LastDurationsAsync(guard.Connection, cancellationToken);
        var waiting = new ConcurrentQueue<AnalyticsView>(
            AnalyticsViews.All.Where(v => v.DependsOn.Count == 0 && wanted(v)).OrderByDescending(v => took.GetValueOrDefault(v.Name))
        );
        async Task WorkAsync(NpgsqlConnection connection)
        {
            while (waiting.TryDequeue(out var view))
                outcomes.Add(await RefreshOneAsync(connection, view, kept, reason, cancellationToken));
        }
        async Task HelpAsync()
        {
            await using var second = await ledger.ConnectAsync(cancellationToken);
            await AskOnAsync(
                second,
                async () =>
                {
                    await WorkAsync(second);
                    return 0;
                }
            );
        }
        await Task.WhenAll(WorkAsync(guard.Connection), waiting.Count > 1 ? HelpAsync() : Task.CompletedTask);
        // A view that is computed from others follows them.
        foreach (var view in AnalyticsViews.All.Where(v => v.DependsOn.Count > 0))
        {
            if (wanted(view) || outcomes.Any(o => o.Succeeded && view.DependsOn.Contains(o.ViewName)))
                outcomes.Add(await RefreshOneAsync(guard.Connection, view, kept, reason, cancellationToken));
        }
        return AnalyticsViews.All.Join(outcomes, v => v.Name, o => o.ViewName, (_, o) => o).ToList();
    }

    private static async Task<Dictionary<string, double>> LastDurationsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, double>();
        await using var command = new NpgsqlCommand(
            """
            select v.view_name, r.duration_ms
            from public.analytics_views v
            cross join lateral (
              select duration_ms from public.view_refreshes r where r.view_name = v.view_name and r.outcome = 'succeeded'
                order by r.started_at desc limit 1) r
            where r.duration_ms is not null
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found[reader.GetString(0)] = reader.GetDouble(1);
        return found;
    }

    private async Task<ViewRefreshOutcome> RefreshOneAsync(
        NpgsqlConnection guard,
        AnalyticsView view,
        bool kept,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        var id = await RegisterAsync(guard, view, reason, cancellationToken);
        try
        {
            // The new rows lie beside the old ones, until they are compared.
            if (!kept)
                await DiskSpace.RequireForUpkeepAsync(ledger, 2 * await SizeAsync(guard, view, cancellationToken), cancellationToken);
            long rows;
            await using (var transaction = await guard.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken))
            {
                await guard.ExecuteAsync(RefreshSettings.Sql, cancellationToken);
                // In mode incremental every completion has done its part already: there is nothing to recompute.
                if (!kept)
                {
                    var written = await WrittenRowsAsync(guard, view, cancellationToken);
                    await guard.ExecuteAsync($"refresh materialized view concurrently public.{view.Name}", cancellationToken);
                    await guard.ExecuteAsync("delete from public.pending_view_changes where view_name = $1", cancellationToken, view.Name);
                    // A refresh without news writes no row, and readers' copies stay valid.
                    if (written is null || written != await WrittenRowsAsync(guard, view, cancellationToken))
                        await MarkChangedAsync(guard, view, cancellationToken);
                }
                await using var count = new NpgsqlCommand($"select count(*) from public.{view.Name}", guard) { CommandTimeout = 0 };
                rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
                await transaction.CommitAsync(cancellationToken);
            }
            await CloseAsync(guard, id, "succeeded", watch.Elapsed.TotalMilliseconds, rows, null);
            // Of a ledger that is kept for years, the last one's refreshes are enough; this success is newer than all of these.
            await guard.ExecuteAsync(
                $"delete from public.view_refreshes where view_name = $1 and started_at < clock_timestamp() - interval "
                    + $"'{RefreshHistory.Kept}'",
                CancellationToken.None,
                view.Name
            );
            return new ViewRefreshOutcome(view.Name, true, rows, watch.Elapsed.TotalMilliseconds, null);
        }
        catch (Exception e) when ((e as LedgerException ?? DatabaseBoundary.Translated(e)) is { } error)
        {
            if (guard.State == System.Data.ConnectionState.Open)
                await CloseAsync(guard, id, "failed", watch.Elapsed.TotalMilliseconds, null, error.Message);
            return new ViewRefreshOutcome(view.Name, false, 0, watch.Elapsed.TotalMilliseconds, error.Message);
        }
        catch (OperationCanceledException)
        {
            if (guard.State == System.Data.ConnectionState.Open)
                await CloseAsync(guard, id, "failed", watch.Elapsed.TotalMilliseconds, null, "cancelled");
            throw;
        }
    }

    private static async Task<long> SizeAsync(NpgsqlConnection connection, AnalyticsView view, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_total_relation_size('public.{view.Name}')", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Rows of the view that this session wrote and the server has not yet added to its statistics; null where it does not count.
    private static async Task<long?> WrittenRowsAsync(NpgsqlConnection connection, AnalyticsView view, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select case when current_setting('track_counts')::boolean
                        then pg_stat_get_xact_tuples_inserted(o) + pg_stat_get_xact_tuples_updated(o) + pg_stat_get_xact_tuples_deleted(o)
                          end
            from (select format('public.%I', $1)::regclass::oid) v (o)
            """,
            connection
        )
        {
            Parameters = { new() { Value = view.Name } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    // The views computed from this one lag from the moment at which its new rows are seen.
    private static async Task MarkChangedAsync(NpgsqlConnection connection, AnalyticsView view, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("select public.mark_views_changed(array[$1])", cancellationToken, view.Name);
        foreach (var dependent in AnalyticsViews.All.Where(v => v.DependsOn.Contains(view.Name)))
            await connection.ExecuteAsync(
                "insert into public.pending_view_changes (view_name, change) values ($1, $2)",
                cancellationToken,
                dependent.Name,
                view.Name
            );
    }

    private static async Task<long> RegisterAsync(
        NpgsqlConnection connection,
        AnalyticsView view,
        string reason,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "insert into public.view_refreshes (view_name, reason, started_at, outcome) values ($1, $2, clock_timestamp(), 'running') "
                + "returning refresh_id",
            connection
        )
        {
            Parameters =
            {
                new() { Value = view.Name },
                new() { Value = reason },
            },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task CloseAsync(NpgsqlConnection connection, long id, string outcome, double ms, long? rows, string? error)
    {
        await using var command = new NpgsqlCommand(
            """
            update public.view_refreshes
            set finished_at = clock_timestamp(), outcome = $2, duration_ms = $3, row_count = $4, error = $5
            where refresh_id = $1
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = outcome },
                new() { Value = ms },
                new() { Value = (object?)rows ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint },
                new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
