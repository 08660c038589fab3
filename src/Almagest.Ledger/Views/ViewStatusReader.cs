using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>How fresh one view is.</summary>
/// <param name="Mode">how it is kept: <c>refresh</c> or <c>incremental</c></param>
/// <param name="Rows">rows after the last refresh that succeeded; null before the first</param>
/// <param name="SizeBytes">on disk, indexes included</param>
/// <param name="AgeSeconds">since the last refresh that succeeded</param>
/// <param name="PendingRuns">runs whose completion or deletion the view does not show yet</param>
/// <param name="Lags">whether there are any pending changes: of runs, of stars loaded or deleted, of labels</param>
public sealed record ViewStatus(
    string ViewName, string Mode, long? Rows, long SizeBytes, DateTime? LastRefresh, double? LastDurationMs, double? AgeSeconds,
    int PendingRuns, bool Lags, bool IsRefreshing, string? LastError, string LastOutcome);

public sealed class ViewStatusReader(LedgerDatabase ledger)
{
    public async Task<IReadOnlyList<ViewStatus>> ReadAsync(CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand("""
                select v.view_name, good.row_count, pg_total_relation_size(format('public.%I', v.view_name)::regclass),
                       good.finished_at, good.duration_ms, extract(epoch from clock_timestamp() - good.finished_at)::double precision,
                       coalesce(p.runs, 0)::int, p.view_name is not null, coalesce(last.outcome = 'running', false),
                       case when last.outcome = 'failed' then last.error end, coalesce(last.outcome, 'none')
                from public.analytics_views v
                left join lateral (
                  select * from public.view_refreshes r where r.view_name = v.view_name and r.outcome = 'succeeded'
                  order by r.started_at desc limit 1) good on true
                left join lateral (
                  select * from public.view_refreshes r where r.view_name = v.view_name order by r.started_at desc limit 1) last on true
                left join (select view_name, count(distinct run_id) as runs from public.pending_view_changes group by view_name) p on p.view_name = v.view_name
                """, connection);
            var found = new List<ViewStatus>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                found.Add(new ViewStatus(
                    reader.GetString(0), "refresh", Nullable<long>(reader, 1), reader.GetInt64(2), Nullable<DateTime>(reader, 3),
                    Nullable<double>(reader, 4), Nullable<double>(reader, 5), reader.GetInt32(6), reader.GetBoolean(7),
                    reader.GetBoolean(8), reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetString(10)));
            }
            return AnalyticsViews.All.Join(found, v => v.Name, s => s.ViewName, (_, s) => s).ToList();
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    static T? Nullable<T>(NpgsqlDataReader reader, int column) where T : struct =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
