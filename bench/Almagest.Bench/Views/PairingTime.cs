using Almagest.Ledger.Database;

namespace Almagest.Bench.Views;

/// <summary>How long the server's own statistics say that pairing an anomaly run with the others takes.</summary>
internal sealed class PairingTime
{
    private readonly LedgerDatabase _ledger;
    private double _milliseconds;
    private long _calls;

    private PairingTime(LedgerDatabase ledger) => this._ledger = ledger;

    public static async Task<PairingTime> StartAsync(LedgerDatabase ledger)
    {
        await using (
            var command = ledger.DataSource.CreateCommand(
                "do $$ begin execute format('alter database %I set track_functions = pl', current_database()); end $$"
            )
        )
            await command.ExecuteNonQueryAsync();
        ledger.DataSource.Clear();
        return new PairingTime(ledger);
    }

    /// <returns>milliseconds a call since the last reading; 0 where there was none</returns>
    public async Task<double> ReadAsync()
    {
        // A session hands in its counts at its end; until then they may be up to a minute old.
        _ledger.DataSource.Clear();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await using var command = _ledger.DataSource.CreateCommand(
            "select coalesce(sum(total_time), 0), coalesce(sum(calls), 0)::bigint from pg_stat_user_functions where schemaname = "
                + "'view_summaries' and funcname = 'add_pairs'"
        );
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (before, callsBefore) = (_milliseconds, _calls);
        (_milliseconds, _calls) = (reader.GetDouble(0), reader.GetInt64(1));
        return _calls == callsBefore ? 0 : (_milliseconds - before) / (_calls - callsBefore);
    }
}
