using System.Diagnostics;
using Almagest.Contract.Errors;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// How far a standby is behind its primary. One that has replayed all that it received from a primary that sends is not behind; else it is
/// as far behind as the last transaction that it replayed is old, which is an upper bound where the primary rests. Asked at most once a
/// second. Thread-safe.
/// </summary>
/// <param name="ledger">the database that may be a standby</param>
public sealed class StandbyLag(LedgerDatabase ledger)
{
    private const string Text = """
        select case
            when not pg_is_in_recovery() then null
            when exists (select 1 from pg_stat_wal_receiver) and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
            else coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 'Infinity')
        end::double precision
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(1);

    // A reference, so that no thread reads half of it.
    private Known? _last;

    /// <returns>seconds, infinite where it is not known; null where the database is no standby, or does not answer</returns>
    public async Task<double?> SecondsAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && Stopwatch.GetElapsedTime(last.At) < s_kept)
            return last.Seconds;
        try
        {
            var seconds = await ledger
                .AskAsync(
                    async connection =>
                    {
                        await using var command = new NpgsqlCommand(Text, connection);
                        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as double?;
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            _last = new Known(Stopwatch.GetTimestamp(), seconds);
            return seconds;
        }
        catch (LedgerException)
        {
            // Whoever reads there says so.
            return null;
        }
    }

    private sealed record Known(long At, double? Seconds);
}
