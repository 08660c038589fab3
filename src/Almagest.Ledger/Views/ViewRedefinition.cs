using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views;

/// <summary>
/// Replaces the views, and the functions that maintain them, by those of this program, where an earlier program made them. Everything they
/// hold follows from runs, results, stars and labels, so nothing is lost; no migration is taken back.
/// </summary>
internal static class ViewRedefinition
{
    public static async Task RunAsync(LedgerDatabase ledger, CancellationToken cancellation)
    {
        ViewMode mode;
        await using (var refreshers = await ViewRefresher.ExcludeAsync(ledger, cancellation))
        {
            var connection = refreshers.Connection;
            mode = (await ViewModeState.ReadAsync(connection, cancellation)).Mode;
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellation);
            // Tables before the mode lock, as a load takes them; no run completes, and none is deleted, meanwhile.
            await connection.ExecuteAsync("lock table public.stars, public.star_labels, public.discovery_runs in share row exclusive mode", cancellation);
            await connection.ExecuteAsync($"select pg_advisory_xact_lock({IncrementalSql.ModeLock})", cancellation);
            await connection.ExecuteAsync(Sql(), cancellation);
            await transaction.CommitAsync(cancellation);
        }
        if (mode == ViewMode.Incremental) await new ViewConverter(ledger).ConvertAsync(ViewMode.Incremental, cancellation: cancellation);
    }

    static string Sql() => string.Join("\n", [
        RefreshSettings.Sql,
        .. AnalyticsViews.All.Reverse().Select(Drop),
        EmbeddedSql.Read("Migrations.Sql.incremental_notes.down.sql"),
        IncrementalSql.Uninstall(),
        IncrementalSql.Install(),
        .. AnalyticsViews.All.Select(v => v.CreateMaterializedSql() + v.RegisterSql()),
        EmbeddedSql.Read("Migrations.Sql.incremental_notes.up.sql"),
        "delete from public.pending_view_changes;",
        ViewConverter.AllChanged,
    ]);

    // A view in mode incremental, materialized in mode refresh; a second one where a conversion was interrupted.
    static string Drop(AnalyticsView view) => $"""
        drop materialized view if exists public.{view.Name}{ViewConverter.NextSuffix};
        do $drop$
        begin
          if (select relkind from pg_class where oid = to_regclass('public.{view.Name}')) = 'v' then drop view public.{view.Name};
          else drop materialized view if exists public.{view.Name};
          end if;
        end $drop$;
        """;
}
