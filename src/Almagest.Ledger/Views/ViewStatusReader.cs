using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>Reads how fresh the views are. Thread-safe; one that is kept measures their sizes only every 10 s, or when rows changed: that
/// takes longer than all the rest.</summary>
public sealed class ViewStatusReader(LedgerDatabase ledger)
{
    private static readonly TimeSpan s_measuredFor = TimeSpan.FromSeconds(10);

    private static readonly string s_sql = $"""
        {RefreshHistory.Sql}
        select v.view_name, v.version, h.row_count, h.succeeded_at, h.duration_ms, extract(epoch
          from clock_timestamp() - h.succeeded_at)::double precision,
               coalesce(p.runs, 0)::int, coalesce(p.missing, 0)::int, p.view_name is not null, coalesce(h.outcome = 'running', false),
               case when h.outcome = 'failed' then h.error end, coalesce(h.outcome, 'none'), h.failures, h.next_retry,
               v.changed_at, greatest(0, extract(epoch from clock_timestamp() - v.changed_at))::double precision, m.mode
        from public.analytics_views v
        join refresh_history h using (view_name)
        cross join view_summaries.maintenance m
        left join (
          -- Changes of stars and labels have no run.
          select view_name, count(run_id) as runs, count(*) filter (where completed and not deleted) as missing
          from (select view_name, run_id, bool_or(change = 'completed') as completed, bool_or(change = 'deleted') as deleted
                from public.pending_view_changes group by view_name, run_id) changed
          group by view_name) p on p.view_name = v.view_name
        """;

    private const string MaterializedSizes =
        "select view_name, null::bigint, pg_total_relation_size(format('public.%I', view_name)::regclass) from public.analytics_views";

    private Measured? _measured;

    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<ViewStatus>> ReadAsync(CancellationToken cancellationToken = default)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                var found = await StatusAsync(connection, cancellationToken);
                var sizes = await SizesAsync(connection, found, cancellationToken);
                return AnalyticsViews
                    .All.Join(
                        found,
                        v => v.Name,
                        s => s.ViewName,
                        (_, s) =>
                            sizes.TryGetValue(s.ViewName, out var size) ? s with { Rows = size.Rows ?? s.Rows, SizeBytes = size.Bytes } : s
                    )
                    .ToList();
            },
            cancellationToken
        );
    }

    /// <summary>The views that do not show a complete run yet; none in mode incremental.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<string>> BehindAsync(Guid runId, CancellationToken cancellationToken = default) =>
        await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select distinct p.view_name from public.pending_view_changes p cross join view_summaries.maintenance m
                    where p.run_id = $1 and m.mode = $2 order by 1
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = ViewModeState.NameOf(ViewMode.Refresh) },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var names = new List<string>();
                while (await reader.ReadAsync(cancellationToken))
                    names.Add(reader.GetString(0));
                return names;
            },
            cancellationToken
        );

    private static async Task<List<ViewStatus>> StatusAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(s_sql, connection);
        // Planning it takes longer than asking.
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ViewStatus>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var status = new ViewStatus(
                reader.GetString(0),
                reader.GetString(16),
                reader.GetInt64(1),
                Nullable<long>(reader, 2),
                0,
                Nullable<DateTime>(reader, 3),
                Nullable<double>(reader, 4),
                Nullable<double>(reader, 5),
                reader.GetInt32(6),
                reader.GetInt32(7),
                reader.GetBoolean(8),
                reader.GetBoolean(9),
                reader.IsDBNull(10) ? null : reader.GetString(10),
                reader.GetString(11),
                reader.GetInt32(12),
                Nullable<DateTime>(reader, 13)
            );
            // Kept incrementally, nothing ever lags, and the last change takes the place of the last refresh.
            found.Add(
                status.Mode == ViewModeState.NameOf(ViewMode.Refresh)
                    ? status
                    : status with
                    {
                        Rows = null,
                        LastRefresh = reader.GetDateTime(14),
                        AgeSeconds = reader.GetDouble(15),
                        LastDurationMs = null,
                        PendingRuns = 0,
                        MissingRuns = 0,
                        Lags = false,
                    }
            );
        }
        return found;
    }

    private async Task<Dictionary<string, (long? Rows, long Bytes)>> SizesAsync(
        NpgsqlConnection connection,
        List<ViewStatus> views,
        CancellationToken cancellationToken
    )
    {
        var of = string.Join(' ', views.Select(v => $"{v.ViewName} {v.Mode} {v.Version}").Order(StringComparer.Ordinal));
        if (_measured is { } last && last.Of == of && Stopwatch.GetElapsedTime(last.At) < s_measuredFor)
            return last.Sizes;
        var incremental = views.Exists(v => v.Mode == ViewModeState.NameOf(ViewMode.Incremental));
        var sizes = new Dictionary<string, (long? Rows, long Bytes)>();
        var isWhole = true;
        await using var command = new NpgsqlCommand(incremental ? IncrementalSql.Sizes() : MaterializedSizes, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // Between its name and its size a view may have been replaced by its like in the other mode: the next look finds that.
            isWhole &= !reader.IsDBNull(2);
            sizes[reader.GetString(0)] = (Nullable<long>(reader, 1), Nullable<long>(reader, 2) ?? 0);
        }
        if (isWhole)
            _measured = new Measured(of, Stopwatch.GetTimestamp(), sizes);
        return sizes;
    }

    private static T? Nullable<T>(NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    /// <param name="Of">the views' versions then</param>
    private sealed record Measured(string Of, long At, Dictionary<string, (long? Rows, long Bytes)> Sizes);
}
