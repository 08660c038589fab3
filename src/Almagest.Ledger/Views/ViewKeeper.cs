using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views;

/// <summary>What became of the views after a change of the ledger.</summary>
/// <param name="Outcomes">each view that was refreshed here</param>
/// <param name="IsLeftToServer">whether a server that is running still has to refresh them</param>
/// <param name="Step">what a ledger in mode auto did besides; null = nothing</param>
public sealed record KeptViews(IReadOnlyList<ViewRefreshOutcome> Outcomes, bool IsLeftToServer, AutomaticStep? Step)
{
    internal static readonly KeptViews Fresh = new([], false, null);
}

/// <summary>
/// What a program that has changed the ledger does for its views: nothing where a server is running, which follows all changes, but to wait
/// a moment for it; else it refreshes them itself, and converts them where a ledger in mode auto has become too large for that.
/// </summary>
public sealed class ViewKeeper(LedgerDatabase ledger)
{
    // "AlmWatch"
    private const long WatchLock = 0x416C6D5761746368;

    /// <summary>Whether it may take the time of a conversion.</summary>
    public bool MayConvert { get; init; } = true;

    /// <summary>How long a program waits for a server's refresh.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(40);

    /// <summary>Says on a connection, as long as it lives, that whoever has it brings the views up to date.</summary>
    public static async Task AnnounceAsync(Npgsql.NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await connection.ExecuteAsync("select pg_advisory_lock_shared($1)", cancellationToken, WatchLock);
    }

    /// <param name="reason">of the refresh's record: run, load, label, restore</param>
    /// <param name="progress">told of a conversion, which takes its time</param>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<KeptViews> KeepAsync(
        string reason,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var watch = Stopwatch.StartNew();
        while (await FollowedAsync(cancellationToken) is { } lag)
        {
            if (!lag)
                return KeptViews.Fresh;
            if (watch.Elapsed > Patience)
                return KeptViews.Fresh with { IsLeftToServer = true };
            await Task.Delay(s_step, cancellationToken);
        }
        var outcomes = await new ViewRefresher(ledger).RefreshPendingAsync(reason, cancellationToken);
        return new KeptViews(
            outcomes,
            false,
            MayConvert ? await new AutomaticViewMode(ledger).ConsiderAsync(progress, cancellationToken) : null
        );
    }

    // Whether a view lags that a running server will refresh; null where there is no such server.
    private Task<bool?> FollowedAsync(CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
                await connection.ScalarAsync(
                    $"""
                    select case when exists (
                        select 1 from pg_locks
                        where locktype = 'advisory' and granted
                          and database = (select oid from pg_database where datname = current_database())
                          and classid = {(uint)(WatchLock >> 32)} and objid = {unchecked((uint)WatchLock)} and objsubid = 1)
                      then (select mode from view_summaries.maintenance) = 'refresh'
                        and exists (select 1 from public.pending_view_changes) end
                    """,
                    cancellationToken
                ) as bool?,
            cancellationToken
        );
}
