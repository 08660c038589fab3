using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views;

/// <summary>
/// Mode auto: the views of a ledger are materialized as long as refreshing them is quick. When a full refresh has taken more than
/// <see cref="Limit"/> in <see cref="Times"/> in a row, whoever refreshes converts them to mode incremental, while the ledger is in use,
/// and the reason is kept. Never back by itself; and never where something of somebody else's hangs on a view: then the ledger only says
/// so.
/// Thread-safe.
/// </summary>
public sealed class AutomaticViewMode(LedgerDatabase ledger)
{
    /// <summary>How many slow refreshes in a row it takes.</summary>
    public const int Times = 3;

    // What could not be converted is not tried again with every run.
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromDays(1);

    /// <summary>What a refresh of all views may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Converts the views if it is time to, or goes on with a conversion that was interrupted. The caller holds no lock.</summary>
    /// <returns>what was done, or is advised for the first time; null where nothing is to be said</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<AutomaticStep?> ConsiderAsync(
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var (reason, known) = await ledger.AskAsync(connection => ReasonAsync(connection, cancellationToken), cancellationToken);
        if (reason is null)
            return null;
        var dependents = await ledger.AskAsync(connection => ViewDependents.ReadAsync(connection, cancellationToken), cancellationToken);
        if (dependents.Count > 0)
            return await DecideAsync(
                known,
                AutomaticDecision.Advised,
                $"{reason}; but the views stay materialized, because these depend on them: {string.Join(", ", dependents)}",
                cancellationToken
            );
        try
        {
            if (!await new ViewConverter(ledger).ConvertAsync(ViewMode.Incremental, progress, cancellationToken))
                return null;
        }
        catch (LedgerException e) when (e.Code == ErrorCode.ViewsConverting)
        {
            return null;
        }
        catch (LedgerException e)
        {
            return await DecideAsync(
                known,
                AutomaticDecision.Failed,
                $"{reason}; but the conversion failed, and the views are refreshed as before: {e.Message}",
                cancellationToken
            );
        }
        return await DecideAsync(
            known,
            AutomaticDecision.Converted,
            $"{reason}; now each run updates them as it completes",
            cancellationToken
        );
    }

    private async Task<AutomaticStep?> DecideAsync(
        AutomaticStep? known,
        AutomaticDecision decision,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var step = new AutomaticStep(decision, reason, DateTime.UtcNow);
        await ledger.AskAsync(connection => ViewPolicy.RecordAsync(connection, step, cancellationToken), cancellationToken);
        // The figures of an advice change with every refresh; that it is given is said once.
        return decision == AutomaticDecision.Advised && known?.Decision == decision ? null : step;
    }

    // Why the views are to be converted; null where they are not.
    private async Task<(string? Reason, AutomaticStep? Known)> ReasonAsync(
        Npgsql.NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var policy = await ViewPolicy.ReadAsync(connection, cancellationToken);
        if (!policy.IsAutomatic)
            return default;
        var state = await ViewModeState.ReadAsync(connection, cancellationToken);
        if (state.Mode == ViewMode.Incremental)
            return default;
        if (policy.Last is { Decision: AutomaticDecision.Failed } failed && DateTime.UtcNow - failed.DecidedAt < s_afterFailure)
            return default;
        if (state.State == ViewModeState.Building)
            return ("a conversion of the views that had been interrupted went on", policy.Last);
        // A refresh touches the views that lag: a full one is made of the last of each. A view that nothing has touched adds nothing:
        // the view of clusters where there are anomaly runs only.
        var seconds = await connection.ListAsync<double>(
            """
            select sum(r.duration_ms) / 1000
            from (
              select r.duration_ms, row_number() over (partition by r.view_name order by r.started_at desc) as place
              from public.view_refreshes r
              join public.analytics_views v using (view_name)
              where r.outcome = 'succeeded' and r.duration_ms is not null
                and r.started_at > (select changed_at from view_summaries.maintenance)
            ) r
            where place <= $1
            group by place
            order by place desc
            """,
            cancellationToken,
            Times
        );
        return seconds.Count == Times && seconds.TrueForAll(s => s > Limit.TotalSeconds) ? (Words(seconds), policy.Last) : default;
    }

    private string Words(List<double> seconds)
    {
        var took = seconds.ConvertAll(s => s.ToString("0.0", CultureInfo.InvariantCulture));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"a full refresh of the views took {string.Join(", ", took[..^1])} and {took[^1]} s, more than {Limit.TotalSeconds:0.#} s "
                + $"{Times} times in a row"
        );
    }
}
