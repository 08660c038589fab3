using Almagest.Ledger.Analytics.Rows;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Ledger.Analytics;

/// <summary>
/// The frequency of one star and the freshness of its view in one statement, which is one snapshot and one round trip. This is the
/// question that is asked of millions of different rows: no cache helps it, and it should cost what a look-up by key costs.
/// </summary>
public static class StarFrequencyLookup
{
    static readonly string Sql = $"""
        select {ViewFreshness.Columns}, f.star_id, f.anomaly_count, f.total_runs, f.frequency_pct, f.mean_anomaly_score, f.run_ids, f.last_updated
        from public.analytics_views v left join public.{AnalyticsViews.StarFrequency.Name} f on f.star_id = $1
        where v.view_name = '{AnalyticsViews.StarFrequency.Name}'
        """;

    /// <returns>no row where no complete anomaly run analysed the star</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<(ViewFreshness Freshness, StarFrequency? Row)> ReadAsync(LedgerDatabase ledger, long starId, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = starId } } };
            await command.PrepareAsync(cancellation);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            if (!await reader.ReadAsync(cancellation)) throw ViewFreshness.Missing(AnalyticsViews.StarFrequency);
            var freshness = ViewFreshness.Of(reader);
            return (freshness, reader.IsDBNull(4) ? null : new StarFrequency
            {
                StarId = reader.GetInt64(4), AnomalyCount = reader.GetInt64(5), TotalRuns = reader.GetInt64(6), FrequencyPct = reader.GetDouble(7),
                MeanAnomalyScore = reader.IsDBNull(8) ? null : reader.GetDouble(8), RunIds = reader.GetFieldValue<Guid[]>(9), LastUpdated = reader.GetDateTime(10),
            });
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }
}
