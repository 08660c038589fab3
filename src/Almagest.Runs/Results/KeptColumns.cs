using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Results;

/// <summary>The stars that a run flags, or puts into clusters, as columns: of a run whose results are in files they are all that the
/// ledger has of its stars.</summary>
public static class KeptColumns
{
    private static readonly string[] s_columns =
    [
        "ra_deg",
        "dec_deg",
        "parallax_mas",
        "pmra_mas_yr",
        "pmdec_mas_yr",
        "magnitude",
        "color",
        StarColumns.ParallaxErrorName,
        StarColumns.PmraErrorName,
        StarColumns.PmdecErrorName,
    ];

    /// <summary>In order of star_id, with the errors of parallax and proper motion.</summary>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public static Task<StarColumns> ReadAsync(LedgerDatabase ledger, DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(run);
        var condition = run.RunType == RunTypes.Cluster ? "cluster_id >= 0" : "is_anomaly = 1";
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select star_id, {string.Join(", ", s_columns.Select(c => $"s.{c}"))}
                    from (select star_id from public.discovery_results where run_id = $1 and {condition}) r
                    join public.stars s using (star_id) order by star_id
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = run.RunId } },
                    CommandTimeout = 600,
                };
                var ids = new List<long>();
                var values = Array.ConvertAll(s_columns, _ => new List<double>());
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    ids.Add(reader.GetInt64(0));
                    for (var c = 0; c < values.Length; c++)
                        values[c].Add(reader.IsDBNull(c + 1) ? double.NaN : reader.GetDouble(c + 1));
                }
                double[] Column(int c) => [.. values[c]];
                return new StarColumns
                {
                    StarId = [.. ids],
                    RaDeg = Column(0),
                    DecDeg = Column(1),
                    ParallaxMas = Column(2),
                    PmraMasYr = Column(3),
                    PmdecMasYr = Column(4),
                    Magnitude = Column(5),
                    Color = Column(6),
                    Further = s_columns.Index().Skip(7).ToDictionary(c => c.Item, c => Column(c.Index)),
                };
            },
            cancellationToken
        );
    }
}
