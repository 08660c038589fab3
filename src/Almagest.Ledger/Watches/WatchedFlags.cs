using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Npgsql;

namespace Almagest.Ledger.Watches;

/// <summary>A watched star that a run flags.</summary>
/// <param name="AnalysedBefore">how many of the earlier runs analysed it</param>
/// <param name="FlaggedBefore">how many of these flagged it</param>
public sealed record WatchedFlag(string SourceId, long AnalysedBefore, long FlaggedBefore);

/// <summary>Reads what runs say of watched stars.</summary>
public sealed class WatchedFlags(LedgerDatabase ledger)
{
    /// <param name="earlier">the runs to compare with</param>
    /// <returns>how many watched stars the run analysed, and those that it flags, the most anomalous first. Of a run whose results are in
    /// files the ledger has the stars that some run flagged or put into a cluster, and counts those</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<(long Analysed, IReadOnlyList<WatchedFlag> Flags)> ReadAsync(
        WatchResource watch,
        DiscoveryRun run,
        IReadOnlyList<DiscoveryRun> earlier,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(watch);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(earlier);
        var sets = earlier.Select(r => r.StarSetId).OfType<long>().ToArray();
        var withRows = earlier.Where(r => r.StarSetId is null).Select(r => r.RunId).ToArray();
        return ledger.AskAsync<(long, IReadOnlyList<WatchedFlag>)>(
            async connection =>
            {
                long analysed;
                await using (var count = new NpgsqlCommand { Connection = connection, CommandTimeout = 3600 })
                {
                    var stars = Stars(count, watch, run);
                    count.CommandText = run.StarSetId is { } set
                        ? $"select count(*) from ({stars}) s where {AnalysedSets.Holds(Bind(count, set), "s.star_id")}"
                        : $"""
                            select count(*) from public.discovery_results r join ({stars}) s using (star_id)
                            where r.run_id = {Bind(count, run.RunId)}
                            """;
                    analysed = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
                }
                var flags = new List<WatchedFlag>();
                if (analysed == 0)
                    return (0, flags);
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 3600 };
                var watched = Stars(command, watch, run);
                var runs = Bind(command, earlier.Select(r => r.RunId).ToArray());
                var before = sets.Length == 0 ? "" : $" + {InSets(Bind(command, sets))}";
                command.CommandText = $"""
                    with flagged as materialized (
                      select r.star_id, s.source_id, r.anomaly_score
                      from public.discovery_results r join ({watched}) s using (star_id)
                      where r.run_id = {Bind(command, run.RunId)} and r.is_anomaly = 1
                    )
                    select f.source_id, count(e.run_id) filter (where e.run_id = any({Bind(command, withRows)})){before},
                      count(e.run_id) filter (where e.is_anomaly = 1)
                    from flagged f
                    left join public.discovery_results e on e.star_id = f.star_id and e.run_id = any({runs})
                    group by f.star_id, f.source_id, f.anomaly_score
                    order by f.anomaly_score, f.star_id
                    """;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    flags.Add(new WatchedFlag(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
                return (analysed, flags);
            },
            cancellationToken
        );
    }

    private static string Stars(NpgsqlCommand command, WatchResource watch, DiscoveryRun run)
    {
        var region = watch.Region is { } json ? StarFilter.FromJson(json.Text) : StarFilter.All;
        var datasets = watch.DatasetId is { } one ? [one] : RunDatasets.Ids(run);
        var where = StarFilterSql.Where(
            command,
            datasets[0],
            datasets.Count == 1 ? region : region with { AlsoDatasets = new DatasetIds(datasets.Skip(1)) }
        );
        return $"select star_id, source_id from public.stars where {where}"
            + (
                watch.LabelSet is { } labels
                    ? $" and star_id in (select star_id from public.star_labels where label_set = {Bind(command, labels)})"
                    : ""
            );
    }

    // What a run with results in files analysed is in its set.
    private static string InSets(string sets) =>
        $"(select count(*) from unnest({sets}::bigint[]) n (set_id) where {AnalysedSets.Holds("n.set_id", "f.star_id")})";

    private static string Bind(NpgsqlCommand command, object value) => GaiaQuality.Bind(command, value);
}
