using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.StarFrequency;
using Npgsql;

namespace Almagest.Ledger.Views.Queries;

/// <summary>
/// The frequency of a star and the freshness of its view in one statement, which is one snapshot. This is the question that is asked of
/// millions of different rows: no cache helps it, and it should cost what a look-up by key costs.
/// </summary>
public static class StarFrequencyLookup
{
    private static readonly string s_sql = Sql($"public.{StarFrequencyView.View.Name} f on f.star_id = $1");

    // The same row by another way, whatever the mode: the view of a distributed ledger is slow to ask for one star.
    private static readonly string s_distributed = Sql("lateral view_summaries.frequency_of($1) f on true");

    private static string Sql(string rows) =>
        $"""
            select {ViewFreshness.Columns}, {string.Join(", ", StarFrequencyView.View.Columns.Select(c => $"f.{c.Name}"))}
            from public.analytics_views v left join {rows}
            where v.view_name = '{StarFrequencyView.View.Name}'
            """;

    /// <summary>What the view says of some stars, each in a statement of its own, all in one round trip. A star that no complete anomaly
    /// run analysed has no row.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<IReadOnlyDictionary<long, VersionedFrequency>> ReadAsync(
        LedgerDatabase ledger,
        IReadOnlyCollection<long> starIds,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(starIds);
        var sql = await ledger.IsDistributedAsync(cancellationToken) ? s_distributed : s_sql;
        return await ledger.AskAsync(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection);
                foreach (var id in starIds)
                    batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<long> { TypedValue = id } } });
                await batch.PrepareAsync(cancellationToken);
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                var found = new Dictionary<long, VersionedFrequency>();
                foreach (var id in starIds)
                {
                    if (!await reader.ReadAsync(cancellationToken))
                        throw ViewFreshness.Missing(StarFrequencyView.View);
                    found[id] = Of(reader);
                    await reader.NextResultAsync(cancellationToken);
                }
                return found;
            },
            cancellationToken
        );
    }

    // Read by their places, which are those of the view's columns behind the four of the freshness.
    private static VersionedFrequency Of(NpgsqlDataReader reader) =>
        new(
            ViewFreshness.Of(reader),
            reader.IsDBNull(4)
                ? null
                : new StarFrequencyRow
                {
                    StarId = reader.GetInt64(4),
                    AnomalyCount = reader.GetInt64(5),
                    TotalRuns = reader.GetInt64(6),
                    FrequencyPct = reader.GetDouble(7),
                    MeanAnomalyScore = reader.IsDBNull(8) ? null : reader.GetDouble(8),
                    RunIds = reader.GetFieldValue<Guid[]>(9),
                    LastUpdated = reader.GetDateTime(10),
                }
        );
}

/// <summary>A star's frequency and the freshness of its view, of one snapshot.</summary>
/// <param name="Row">null where no complete anomaly run analysed the star</param>
public sealed record VersionedFrequency(ViewFreshness Freshness, StarFrequencyRow? Row);
