using System.Data;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Schema;

/// <summary>
/// Views and functions are not made by migrations but by scripts that can be run at any time. Each is run when its text is not the one that
/// the database was given last: after the last migration, in the mode in which the views are. All that they hold follows from runs,
/// results, stars and labels, so nothing is lost. A view that is changed, or new, needs no migration.
/// </summary>
internal static class RepeatableScripts
{
    /// <summary>Runs those that differ. The caller has seen to it that nobody else does.</summary>
    public static async Task RunAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        bool convert;
        // A conversion under way exchanges the same relations; it goes first.
        await using (await ViewConverter.ExcludeAsync(ledger, cancellationToken))
        await using (var refreshers = await ViewRefresher.ExcludeAsync(ledger, cancellationToken))
        {
            var connection = refreshers.Connection;
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            // Tables before the mode lock, as a load takes them; no run completes, and none is deleted, meanwhile.
            await connection.ExecuteAsync(
                "lock table public.stars, public.star_labels, public.discovery_runs in share row exclusive mode",
                cancellationToken
            );
            await connection.ExecuteAsync($"select pg_advisory_xact_lock({IncrementalSql.ModeLock})", cancellationToken);
            convert = await RunAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        if (convert)
            await new ViewConverter(ledger).ConvertAsync(ViewMode.Incremental, cancellationToken: cancellationToken);
    }

    /// <summary>The same in a transaction of the caller's, who holds the locks.</summary>
    /// <returns>whether the views are to be converted to mode incremental again afterwards</returns>
    internal static async Task<bool> RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var defined = await DefinedScripts.ReadAsync(connection, cancellationToken);
        var state =
            await ViewModeState.FindAsync(connection, cancellationToken) ?? new ViewModeState(ViewMode.Refresh, ViewModeState.Steady);
        var plan = Plan.Of(defined, state);
        await connection.ExecuteAsync(plan.Sql(defined, state), cancellationToken);
        return plan.GoesOnIncrementally;
    }

    /// <param name="Views">what is dropped and made anew, in the order of dependence</param>
    /// <param name="InstallsSummaries">whether the schema of mode incremental is made anew, empty</param>
    /// <param name="Materialized">whether the views are made materialized: in mode refresh, and where the summaries are empty</param>
    private sealed record Plan(IReadOnlyList<AnalyticsView> Views, bool InstallsSummaries, bool Materialized, bool GoesOnIncrementally)
    {
        public static Plan Of(DefinedScripts defined, ViewModeState state)
        {
            var installs = defined.AreSummariesStale;
            // Views over summary tables go with those.
            var all = installs && state.Mode == ViewMode.Incremental;
            var views = new List<AnalyticsView>();
            foreach (var view in AnalyticsViews.All)
            {
                if (all || defined.IsStale(view) || views.Any(v => view.DependsOn.Contains(v.Name)))
                    views.Add(view);
            }
            return new Plan(views, installs, installs || state.Mode == ViewMode.Refresh, all && state.State != ViewModeState.Leaving);
        }

        public string Sql(DefinedScripts defined, ViewModeState state) =>
            string.Join(
                "\n",
                [
                    RefreshSettings.Sql,
                    .. Views.Reverse().Select(v => DropSql(v.Name)),
                    .. defined
                        .Registered.Where(DefinedScripts.IsStrange)
                        .Select(name => $"{DropSql(name)}\ndelete from public.analytics_views where view_name = '{name}';"),
                    .. InstallsSummaries ? [IncrementalSql.Uninstall(), IncrementalSql.Install()] : Array.Empty<string>(),
                    // A conversion goes on from here, whether this program lives to do it or another begins it anew.
                    .. InstallsSummaries && (GoesOnIncrementally || state.State == ViewModeState.Building)
                        ? [ViewConverter.BeginBuilding()]
                        : Array.Empty<string>(),
                    .. LedgerFunctions.All.Where(defined.IsStale).Select(f => f.CreateSql()),
                    .. defined.IsSkyStale ? [SkyFunctions.Install] : Array.Empty<string>(),
                    .. Views.Select(v => Materialized ? v.CreateMaterializedSql() : IncrementalSql.CreateView(v, defined.IsDistributed)),
                    .. Views.Select(v => v.Registration),
                    $"delete from public.pending_view_changes where view_name = any ({Names()});",
                    "delete from public.pending_view_changes where view_name not in (select view_name from public.analytics_views);",
                    $"select public.mark_views_changed({Names()});",
                ]
            );

        private string Names() => $"array[{string.Join(", ", Views.Select(v => $"'{v.Name}'"))}]::text[]";
    }

    // A view in mode incremental, materialized in mode refresh; a second one where a conversion was interrupted.
    internal static string DropSql(string view) =>
        $"""
            drop materialized view if exists public.{view}{ViewConverter.NextSuffix};
            do $drop$
            begin
              if (select relkind from pg_class where oid = to_regclass('public.{view}')) = 'v' then drop view public.{view};
              else drop materialized view if exists public.{view};
              end if;
            end $drop$;
            """;
}
