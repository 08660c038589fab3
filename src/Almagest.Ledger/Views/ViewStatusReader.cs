using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>How fresh one view is.</summary>
/// <param name="Mode">how it is kept: <c>refresh</c> or <c>incremental</c></param>
/// <param name="Version">counts the changes of its rows</param>
/// <param name="Rows">mode refresh: rows after the last refresh that succeeded, null before the first; mode incremental: rows now, null where counting them would take long</param>
/// <param name="SizeBytes">on disk, indexes included; of the summary tables behind it in mode incremental, where two views may share one</param>
/// <param name="LastRefresh">mode refresh: when the last refresh that succeeded ended; mode incremental: when its rows changed last</param>
/// <param name="AgeSeconds">since then</param>
/// <param name="PendingRuns">runs of which the view does not show something yet: creation (timeline), completion or deletion</param>
/// <param name="MissingRuns">complete runs that are not in the view yet</param>
/// <param name="Lags">whether there are any pending changes</param>
/// <param name="IsRefreshing">whether somebody refreshes it now</param>
/// <param name="LastError">why the last refresh failed; null where it did not</param>
/// <param name="ConsecutiveFailures">refreshes that failed since the last one that succeeded</param>
/// <param name="NextRetry">when a server tries again; null without failures</param>
public sealed record ViewStatus(
    string ViewName, string Mode, long Version, long? Rows, long SizeBytes, DateTime? LastRefresh, double? LastDurationMs, double? AgeSeconds,
    int PendingRuns, int MissingRuns, bool Lags, bool IsRefreshing, string? LastError, string LastOutcome, int ConsecutiveFailures, DateTime? NextRetry);

public sealed class ViewStatusReader(LedgerDatabase ledger)
{
    public async Task<IReadOnlyList<ViewStatus>> ReadAsync(CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand($"""
                {RefreshHistory.Sql}
                select v.view_name, v.version, h.row_count, pg_total_relation_size(format('public.%I', v.view_name)::regclass),
                       h.succeeded_at, h.duration_ms, extract(epoch from clock_timestamp() - h.succeeded_at)::double precision,
                       coalesce(p.runs, 0)::int, coalesce(p.missing, 0)::int, coalesce(h.outcome = 'running', false),
                       case when h.outcome = 'failed' then h.error end, coalesce(h.outcome, 'none'), h.failures, h.next_retry, p.view_name is not null,
                       (select mode from view_summaries.maintenance)
                from public.analytics_views v
                join refresh_history h using (view_name)
                left join (
                  -- Changes of stars and labels have no run.
                  select view_name, count(run_id) as runs, count(*) filter (where completed and not deleted) as missing
                  from (select view_name, run_id, bool_or(change = 'completed') as completed, bool_or(change = 'deleted') as deleted
                        from public.pending_view_changes group by view_name, run_id) changed
                  group by view_name) p on p.view_name = v.view_name
                """, connection);
            // Planning it takes twice as long as asking.
            await command.PrepareAsync(cancellation);
            var found = new List<ViewStatus>();
            var mode = ViewModeState.NameOf(ViewMode.Refresh);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                mode = reader.GetString(15);
                found.Add(new ViewStatus(
                    reader.GetString(0), mode, reader.GetInt64(1), Nullable<long>(reader, 2), reader.GetInt64(3), Nullable<DateTime>(reader, 4),
                    Nullable<double>(reader, 5), Nullable<double>(reader, 6), reader.GetInt32(7), reader.GetInt32(8), reader.GetBoolean(14), reader.GetBoolean(9),
                    reader.IsDBNull(10) ? null : reader.GetString(10), reader.GetString(11), reader.GetInt32(12), Nullable<DateTime>(reader, 13)));
            }
            await reader.DisposeAsync();
            if (mode == ViewModeState.NameOf(ViewMode.Incremental)) found = await KeptAsync(connection, found, cancellation);
            return AnalyticsViews.All.Join(found, v => v.Name, s => s.ViewName, (_, s) => s).ToList();
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    // Nothing ever lags; what there is to tell is how much the summaries hold.
    static async Task<List<ViewStatus>> KeptAsync(NpgsqlConnection connection, List<ViewStatus> views, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(EmbeddedSql.Read("Views.Incremental.sizes.sql"), connection);
        await command.PrepareAsync(cancellation);
        var kept = new Dictionary<string, (long? Rows, long Size, DateTime ChangedAt, double Age)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            kept[reader.GetString(0)] = (Nullable<long>(reader, 1), reader.GetInt64(2), reader.GetDateTime(3), reader.GetDouble(4));
        return views.ConvertAll(v => v with
        {
            Rows = kept[v.ViewName].Rows,
            SizeBytes = kept[v.ViewName].Size,
            LastRefresh = kept[v.ViewName].ChangedAt,
            AgeSeconds = kept[v.ViewName].Age,
            LastDurationMs = null,
            PendingRuns = 0,
            MissingRuns = 0,
            Lags = false,
        });
    }

    static T? Nullable<T>(NpgsqlDataReader reader, int column) where T : struct =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
