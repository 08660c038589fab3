using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Runs.Results;

/// <summary>Which results of a run: all, its anomalies, or one cluster (-1 = noise).</summary>
/// <param name="ByScore">most anomalous first instead of by star_id</param>
/// <param name="After">the token of the page before</param>
public sealed record ResultQuery(
    bool AnomaliesOnly = false,
    int? ClusterId = null,
    bool ByScore = false,
    int Limit = 100,
    string? After = null
)
{
    /// <summary>Likeliest flagged first, of equal chances the most anomalous; stars without one last.</summary>
    public bool ByFlagProbability { get; init; }

    /// <summary>Whether the order is one of scores.</summary>
    public bool IsByScores => ByScore || ByFlagProbability;

    /// <summary>Whether it asks for flagged stars or for members of a cluster, whose results the ledger has of every run.</summary>
    public bool IsOfKept => AnomaliesOnly || ClusteredOnly || ClusterId >= 0;

    /// <summary>Only members of clusters, whichever.</summary>
    public bool ClusteredOnly { get; init; }

    /// <summary>Only these stars; null = no such condition.</summary>
    public IReadOnlyCollection<long>? StarIds { get; init; }
}

/// <summary>One page, and the token of the next where there is one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Results of complete runs, paged by key so that the last page costs as much as the first. Of a run whose results are in files
/// the flagged stars and the members of clusters alone can be asked for.</summary>
public sealed class ResultRepository(LedgerDatabase ledger)
{
    private const string Columns = """
        r.run_id, r.star_id, r.is_anomaly, r.anomaly_score, r.cluster_id,
        s.source_id, s.ra_deg, s.dec_deg, s.parallax_mas, s.pmra_mas_yr, s.pmdec_mas_yr, s.magnitude, s.color,
        r.membership_probability, r.membership_strength, s.parallax_error_mas, s.ruwe, s.radial_velocity_km_s,
        r.flag_probability, r.score_spread, r.membership_stability
        """;

    /// <summary>Most rows of one page.</summary>
    public const int MostRows = 10_000;

    private const int BatchRows = 5_000;

    /// <exception cref="LedgerException">no such run, it is not complete, or the token is malformed</exception>
    public async Task<Page<StarResult>> PageAsync(Guid runId, ResultQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filled = FilledValues.Of(await RequireAsync(runId, query, cancellationToken));
        var limit = Math.Clamp(query.Limit, 1, MostRows);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 120 };
                command.CommandText = $"""
                    select {Columns}
                    from (
                      select * from public.discovery_results
                      where {Where(command, runId, query)}
                      order by {Order(query)}
                      limit {(limit + 1).ToString(CultureInfo.InvariantCulture)}
                    ) r
                    join public.stars s using (star_id)
                    order by {Order(query)}
                    """;
                var rows = new List<StarResult>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(Read(reader, filled));
                if (rows.Count <= limit)
                    return new Page<StarResult>(rows, null);
                rows.RemoveAt(limit);
                return new Page<StarResult>(rows, Token(query, rows[^1]));
            },
            cancellationToken
        );
    }

    /// <summary>The HEALPix cells, of order 29, of the stars of the results, ascending.</summary>
    /// <param name="query">its order, limit and token do not matter</param>
    /// <exception cref="LedgerException">no such run, or it is not complete</exception>
    public async IAsyncEnumerable<long> PlacesAsync(
        Guid runId,
        ResultQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        await RequireAsync(runId, query, cancellationToken);
        await foreach (var batch in QueryRows.ReadAsync(ledger, command => BySky(command, runId, query, "s.healpix_29"), cancellationToken))
        foreach (var row in batch)
            yield return (long)row[0]!;
    }

    /// <summary>Results in the order of those cells, in batches, of one state of the ledger.</summary>
    /// <inheritdoc cref="PlacesAsync"/>
    public async IAsyncEnumerable<IReadOnlyList<(long Place, StarResult Result)>> BySkyAsync(
        Guid runId,
        ResultQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        var filled = FilledValues.Of(await RequireAsync(runId, query, cancellationToken));
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        BySky(command, runId, query, $"{Columns}, s.healpix_29");
        await using var reader = await DatabaseBoundary.AskAsync(() => command.ExecuteReaderAsync(cancellationToken));
        var batch = new List<(long, StarResult)>(BatchRows);
        while (await DatabaseBoundary.AskAsync(() => reader.ReadAsync(cancellationToken)))
        {
            batch.Add((reader.GetInt64(reader.FieldCount - 1), Read(reader, filled)));
            if (batch.Count < BatchRows)
                continue;
            yield return batch;
            batch = new List<(long, StarResult)>(BatchRows);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private static void BySky(NpgsqlCommand command, Guid runId, ResultQuery query, string columns) =>
        command.CommandText = $"""
            select {columns}
            from (select * from public.discovery_results where {Where(command, runId, query with { After = null })}) r
            join public.stars s using (star_id)
            order by s.healpix_29, r.star_id
            """;

    /// <summary>How many results of a run the query selects.</summary>
    public async Task<long> CountAsync(Guid runId, ResultQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await RequireAsync(runId, query, cancellationToken);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 120 };
                command.CommandText =
                    $"select count(*) from public.discovery_results where {Where(command, runId, query with { After = null })}";
                return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken
        );
    }

    /// <summary>Everything that complete runs say of one star, newest run first. A run whose results are in files, and which did not flag
    /// it, says so without a score; one of clusters that put it into none says that.</summary>
    public async Task<IReadOnlyList<StarHistoryEntry>> HistoryAsync(
        long starId,
        int limit = 1000,
        CancellationToken cancellationToken = default
    )
    {
        var stored = await HistoryAsync(
            """
            select d.run_id, d.run_type, d.algorithm, d.parameters::text, d.created_at, r.is_anomaly, r.anomaly_score,
                   r.cluster_id, r.flag_probability, r.membership_stability, false
            from public.discovery_runs d
            join public.discovery_results r on r.run_id = d.run_id and r.star_id = $1
            where d.is_complete and d.dataset_id = (select dataset_id from public.stars where star_id = $1)
            order by d.run_id desc limit $2
            """,
            starId,
            limit,
            cancellationToken
        );
        // The runs with results in files that analysed it: what they flagged, or put into a cluster, is among the others.
        var analysed = await HistoryAsync(
            $"""
            select d.run_id, d.run_type, d.algorithm, d.parameters::text, d.created_at, 0, null::double precision,
                   case when d.run_type = 'cluster' then -1 end, null::double precision, null::double precision, d.run_type = 'anomaly'
            from public.discovery_runs d
            where d.is_complete and d.star_set_id is not null and {AnalysedSets.Holds("d.star_set_id", "$1::bigint")}
            order by d.run_id desc limit $2
            """,
            starId,
            limit,
            cancellationToken
        );
        var known = stored.Select(e => e.RunId).ToHashSet();
        analysed.RemoveAll(e => known.Contains(e.RunId));
        return analysed.Count == 0
            ? stored
            : [.. stored.Concat(analysed).OrderByDescending(e => e.RunId.ToString(), StringComparer.Ordinal).Take(limit)];
    }

    private Task<List<StarHistoryEntry>> HistoryAsync(string sql, long starId, int limit, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection)
                {
                    Parameters =
                    {
                        new() { Value = starId },
                        new() { Value = limit },
                    },
                };
                var entries = new List<StarHistoryEntry>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    entries.Add(
                        new StarHistoryEntry(
                            reader.GetGuid(0),
                            reader.GetString(1),
                            reader.GetString(2),
                            new RawJson(reader.GetString(3)),
                            reader.GetDateTime(4),
                            reader.GetInt32(5),
                            Double(reader, 6),
                            reader.IsDBNull(7) ? null : reader.GetInt32(7)
                        )
                        {
                            FlagProbability = Double(reader, 8),
                            MembershipStability = Double(reader, 9),
                            ScoreInFiles = reader.GetBoolean(10),
                        }
                    );
                }
                return entries;
            },
            cancellationToken
        );

    /// <exception cref="LedgerException">the ledger has only some of these results: the others are in files</exception>
    public static void Require(DiscoveryRun run, ResultQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!query.IsOfKept)
            RunRows.Require(run);
    }

    private async Task<DiscoveryRun> RequireAsync(Guid runId, ResultQuery query, CancellationToken cancellationToken)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (!run.IsComplete)
            throw LedgerException
                .Of(
                    ErrorCode.RunNotComplete,
                    $"run {runId} is {run.Status}: it has no results" + (run.Error is null ? "" : $" ({run.Error})"),
                    "Only complete runs have results."
                )
                .With("run_id", run.RunId)
                .With("status", run.Status);
        Require(run, query);
        return run;
    }

    // Ascending throughout, so that a page begins after the key of the last one.
    private const string LikeliestFirst = "coalesce(-flag_probability, 'infinity'::double precision)";

    private static string Order(ResultQuery query) =>
        query.ByFlagProbability ? $"{LikeliestFirst}, anomaly_score, star_id"
        : query.ByScore ? "anomaly_score, star_id"
        : "star_id";

    private static string Where(NpgsqlCommand command, Guid runId, ResultQuery query)
    {
        var sql = new StringBuilder("run_id = ").Append(Bind(command, runId));
        if (query.AnomaliesOnly)
            sql.Append(" and is_anomaly = 1");
        if (query.ClusteredOnly)
            sql.Append(" and cluster_id >= 0");
        if (query.ClusterId is { } cluster)
            sql.Append(" and cluster_id = ").Append(Bind(command, cluster));
        if (query.StarIds is { } ids)
            sql.Append(" and star_id = any(").Append(Bind(command, ids.ToArray())).Append(')');
        if (query.IsByScores)
            sql.Append(" and anomaly_score is not null");
        if (query.After is { } token)
        {
            var (chance, score, star) = Parse(query, token);
            sql.Append(
                query.ByFlagProbability
                    ? $" and ({LikeliestFirst}, anomaly_score, star_id) > ({Bind(command, chance)}, {Bind(command, score)}, "
                        + $"{Bind(command, star)})"
                : query.ByScore ? $" and (anomaly_score, star_id) > ({Bind(command, score)}, {Bind(command, star)})"
                : $" and star_id > {Bind(command, star)}"
            );
        }
        return sql.ToString();
    }

    private static string Token(ResultQuery query, StarResult last) =>
        Convert
            .ToBase64String(
                Encoding.ASCII.GetBytes(
                    FormattableString.Invariant(
                        $"{Letter(query)}|{last.StarId}|{last.AnomalyScore ?? 0:R}|{-last.FlagProbability ?? double.PositiveInfinity:R}"
                    )
                )
            )
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');

    private static char Letter(ResultQuery query) =>
        query.ByFlagProbability ? 'p'
        : query.ByScore ? 's'
        : 'i';

    private static (double Chance, double Score, long Star) Parse(ResultQuery query, string token)
    {
        try
        {
            var padded = token.Replace('-', '+').Replace('_', '/') + new string('=', (4 - token.Length % 4) % 4);
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(padded)).Split('|');
            if (parts is [[var order], var star, var score, var chance] && order == Letter(query))
                return (
                    double.Parse(chance, CultureInfo.InvariantCulture),
                    double.Parse(score, CultureInfo.InvariantCulture),
                    long.Parse(star, CultureInfo.InvariantCulture)
                );
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // Reported below, as every other malformed token.
        }
        throw LedgerException.Of(
            ErrorCode.BadPageToken,
            "the page token is malformed, or belongs to another order",
            "Use 'next' of the page before, with the same query.",
            "after"
        );
    }

    private static StarResult Read(NpgsqlDataReader r, FilledValues? filled)
    {
        var star = new StarResult(
            r.GetGuid(0),
            r.GetInt64(1),
            r.GetInt32(2),
            Double(r, 3),
            r.IsDBNull(4) ? null : r.GetInt32(4),
            r.GetString(5),
            r.GetDouble(6),
            r.GetDouble(7),
            Double(r, 8),
            Double(r, 9),
            Double(r, 10),
            Double(r, 11),
            Double(r, 12),
            Double(r, 13),
            Double(r, 14)
        )
        {
            ParallaxErrorMas = Double(r, 15),
            Ruwe = Double(r, 16),
            FlagProbability = Double(r, 18),
            ScoreSpread = Double(r, 19),
            MembershipStability = Double(r, 20),
        };
        var velocity = Double(r, 17);
        return filled is null ? star : star with { Filled = filled.In(star, velocity) };
    }

    private static double? Double(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    private static string Bind<T>(NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
