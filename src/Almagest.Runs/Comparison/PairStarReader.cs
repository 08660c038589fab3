using System.Globalization;
using Almagest.Contract.Comparison;
using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Results;
using Npgsql;

namespace Almagest.Runs.Comparison;

/// <summary>The stars of a pair of runs: common, only in one, and why each of the latter flipped.</summary>
/// <remarks>
/// <para>A star that run A marks and run B does not has flipped for the first of these reasons that applies:</para>
/// <list type="number">
/// <item><c>data</c>: B did not analyse it.</item>
/// <item><c>threshold</c>: both are anomaly runs, and B's score of it is among the lowest n(A) N(B) / N(A) of B (flagged by A, analysed by
/// either): B, too, would flag it at A's contamination. Only where A flags the larger share.</item>
/// <item><c>in_files</c>: the question of the threshold would have to be asked of B's score, and B's results are in files.</item>
/// <item>What differs between the runs, see <see cref="RunDifference.Cause"/>.</item>
/// </list>
/// </remarks>
public sealed class PairStarReader(LedgerDatabase ledger)
{
    /// <summary>A star is near the threshold of a run if the run would flag it, were it to flag this share more.</summary>
    private const double NearShare = 0.2;

    private const string Columns = """
        select p.star_id, s.source_id, s.ra_deg, s.dec_deg, s.parallax_mas, s.pmra_mas_yr, s.pmdec_mas_yr, s.magnitude, s.color,
               p.score_1, p.score_2, p.cluster_1, p.cluster_2, p.reason, p.near, p.analysed_1, p.analysed_2
        """;

    /// <summary>Most rows of one page.</summary>
    public const int MostRows = 10_000;

    /// <summary>Whether the stars of a pair can be listed with their columns: those that a run leaves in no cluster cannot, where they are
    /// in files alone.</summary>
    public static bool Lists(RunAgreement pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return !RunRows.IsNoiseInFiles(pair.Run1) && !RunRows.IsNoiseInFiles(pair.Run2);
    }

    /// <exception cref="Contract.Errors.LedgerException">they cannot</exception>
    public static void RequireListed(RunAgreement pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        foreach (var run in new[] { pair.Run1, pair.Run2 })
            if (RunRows.IsNoiseInFiles(run))
                RunRows.Require(run);
    }

    /// <summary>One page of stars, by ascending star_id. The next starts after the last one's id.</summary>
    /// <exception cref="Contract.Errors.LedgerException">a run's noise is in files alone</exception>
    public async Task<Page<PairStar>> PageAsync(RunAgreement pair, PairStarQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(query);
        RequireListed(pair);
        var limit = Math.Clamp(query.Limit, 1, MostRows);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                var stars =
                    query.Side == PairSide.Common
                        ? Common(command, pair)
                        : await FlipsAsync(connection, command, pair, query.Side == PairSide.OnlyIn1, cancellationToken);
                command.CommandText = $"""
                    {Columns}
                    from (
                      select * from ({stars}) all_stars
                      where star_id > {Bind(command, query.After)}{(
                        query.Reason is { } reason ? $" and reason = {Bind(command, reason)}" : ""
                    )}
                      order by star_id limit {(limit + 1).ToString(CultureInfo.InvariantCulture)}
                    ) p
                    join public.stars s using (star_id)
                    order by p.star_id
                    """;
                var rows = await ReadAsync(command, cancellationToken);
                if (rows.Count <= limit)
                    return new Page<PairStar>(rows, null);
                rows.RemoveAt(limit);
                return new Page<PairStar>(rows, rows[^1].StarId.ToString(CultureInfo.InvariantCulture));
            },
            cancellationToken
        );
    }

    /// <summary>
    /// The stars that two anomaly runs both flag, the most anomalous first: by the sum of their ranks among these stars in the two runs,
    /// because scores of different detectors have no scale in common.
    /// </summary>
    public Task<List<PairStar>> MostAnomalousAsync(RunAgreement pair, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pair);
        RequireListed(pair);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                command.CommandText = $"""
                    {Columns}
                    from (
                      select c.*, rank() over (order by score_1) + rank() over (order by score_2) as place
                      from ({Common(command, pair)}) c
                      order by place, star_id limit {Bind(command, Math.Clamp(limit, 1, MostRows))}
                    ) p
                    join public.stars s using (star_id)
                    order by p.place, p.star_id
                    """;
                return await ReadAsync(command, cancellationToken);
            },
            cancellationToken
        );
    }

    /// <summary>The first stars that both mark, ascending.</summary>
    public Task<IReadOnlyList<long>> IdsAsync(RunAgreement pair, PairSide side, int limit, CancellationToken cancellationToken = default) =>
        limit == 0 ? Task.FromResult<IReadOnlyList<long>>([])
        : Lists(pair) ? ReadIdsAsync(pair, side, limit, cancellationToken)
        : IdsOfSetsAsync(pair, side, limit, cancellationToken);

    // Which stars a run leaves in no cluster is known, though nothing else of them.
    private async Task<IReadOnlyList<long>> IdsOfSetsAsync(RunAgreement pair, PairSide side, int limit, CancellationToken cancellationToken)
    {
        var marks = await new RunSetReader(ledger).MarksAsync([pair.Run1, pair.Run2], cancellationToken);
        var (a, b) = side == PairSide.OnlyIn2 ? (marks[1].Marked, marks[0].Marked) : (marks[0].Marked, marks[1].Marked);
        return [.. a.Where(star => b.Contains(star) == (side == PairSide.Common)).Take(limit)];
    }

    private async Task<FlipCounts> CountOfSetsAsync(RunAgreement pair, CancellationToken cancellationToken)
    {
        var marks = await new RunSetReader(ledger).MarksAsync([pair.Run1, pair.Run2], cancellationToken);
        var cause = RunDifference.Of(pair.Run1, pair.Run2).Cause;
        IReadOnlyDictionary<string, long> Side(MarkedRun marking, MarkedRun other, long all)
        {
            var data = marking.Marked.Count - StarSet.CountCommon(marking.Marked, other.Analysed);
            var counts = new Dictionary<string, long>();
            foreach (var (reason, stars) in new[] { (FlipReason.Data, data), (cause, all - data) })
                if (stars > 0)
                    counts[reason] = counts.GetValueOrDefault(reason) + stars;
            return counts;
        }
        // A run of clusters has no threshold.
        long? Near(DiscoveryRun other) => other.RunType == RunTypes.Cluster ? 0 : null;
        return new FlipCounts(
            Side(marks[0], marks[1], pair.OnlyIn1),
            Side(marks[1], marks[0], pair.OnlyIn2),
            Near(pair.Run2),
            Near(pair.Run1)
        );
    }

    /// <summary>How many stars flipped for each reason, both ways.</summary>
    public async Task<FlipCounts> CountAsync(RunAgreement pair, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pair);
        if (!Lists(pair))
            return await CountOfSetsAsync(pair, cancellationToken);
        return await ledger.AskAsync(
            async connection =>
            {
                var (first, near1) = await CountSideAsync(connection, pair, true, cancellationToken);
                var (second, near2) = await CountSideAsync(connection, pair, false, cancellationToken);
                return new FlipCounts(
                    first,
                    second,
                    pair.Run2.StarSetId is null ? near1 : null,
                    pair.Run1.StarSetId is null ? near2 : null
                );
            },
            cancellationToken
        );
    }

    private static async Task<(IReadOnlyDictionary<string, long>, long)> CountSideAsync(
        NpgsqlConnection connection,
        RunAgreement pair,
        bool onlyIn1,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
        command.CommandText =
            $"select reason, count(*), count(*) filter (where near) from "
            + $"({await FlipsAsync(connection, command, pair, onlyIn1, cancellationToken)}) f group by 1 order by 2 desc, 1";
        var counts = new Dictionary<string, long>();
        long near = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
            near += reader.GetInt64(2);
        }
        return (counts, near);
    }

    private async Task<IReadOnlyList<long>> ReadIdsAsync(RunAgreement pair, PairSide side, int limit, CancellationToken cancellationToken)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                var (a, b) = side == PairSide.OnlyIn2 ? (pair.Run2, pair.Run1) : (pair.Run1, pair.Run2);
                command.CommandText = $"""
                    select a.star_id from public.discovery_results a
                    where a.run_id = {Bind(command, a.RunId)} and {Marks("a", a)} and {(side == PairSide.Common ? "" : "not ")}exists (
                      select 1 from public.discovery_results b
                      where b.run_id = {Bind(command, b.RunId)} and b.star_id = a.star_id and {Marks(
                        "b",
                        b
                    )})
                    order by a.star_id limit {limit.ToString(CultureInfo.InvariantCulture)}
                    """;
                var ids = new List<long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    ids.Add(reader.GetInt64(0));
                return ids;
            },
            cancellationToken
        );
    }

    private static async Task<List<PairStar>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<PairStar>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(Read(reader));
        return rows;
    }

    private static string Common(NpgsqlCommand command, RunAgreement pair) =>
        $"""
            select a.star_id, a.anomaly_score as score_1, b.anomaly_score as score_2, a.cluster_id as cluster_1, b.cluster_id as cluster_2,
                   null::text as reason, null::boolean as near, true as analysed_1, true as analysed_2
            from public.discovery_results a
            join public.discovery_results b on b.star_id = a.star_id and b.run_id = {Bind(command, pair.Run2.RunId)} and {Marks(
                "b",
                pair.Run2
            )}
            where a.run_id = {Bind(command, pair.Run1.RunId)} and {Marks("a", pair.Run1)}
            """;

    /// <summary>The stars that one run marks and the other does not, with the reason of each.</summary>
    private static async Task<string> FlipsAsync(
        NpgsqlConnection connection,
        NpgsqlCommand command,
        RunAgreement pair,
        bool onlyIn1,
        CancellationToken cancellationToken
    )
    {
        var (marking, other) = onlyIn1 ? (pair.Run1, pair.Run2) : (pair.Run2, pair.Run1);
        var otherMarked = onlyIn1 ? pair.Marked2 : pair.Marked1;
        double? threshold = null,
            near = null;
        if (other.StarSetId is not null)
            return FlipsOfFiles(command, pair, onlyIn1);
        if (marking.RunType == RunTypes.Anomaly && other.RunType == RunTypes.Anomaly)
            threshold = IsOfThreshold(pair, onlyIn1) ? await ScoreAsync(connection, other, AsMany(pair, onlyIn1), cancellationToken) : null;
        if (other.RunType == RunTypes.Anomaly && otherMarked > 0)
            near = await ScoreAsync(connection, other, (long)Math.Ceiling(otherMarked * (1 + NearShare)), cancellationToken);
        // Scores of the run that does not mark the star; below every score where there is no such threshold.
        var (thresholdSql, nearSql) = (Bind(command, threshold ?? double.NegativeInfinity), Bind(command, near ?? double.NegativeInfinity));
        var (a, b) = onlyIn1 ? ("1", "2") : ("2", "1");
        return $"""
            select m.star_id, m.anomaly_score as score_{a}, o.anomaly_score as score_{b}, m.cluster_id as cluster_{a},
              o.cluster_id as cluster_{b},
                   case when o.star_id is null then '{FlipReason.Data}' when o.anomaly_score <= {thresholdSql} then '{FlipReason.Threshold}'
                     else {Bind(
                command,
                RunDifference.Of(pair.Run1, pair.Run2).Cause
            )} end as reason,
                   o.anomaly_score <= {nearSql} as near, true as analysed_{a}, o.star_id is not null as analysed_{b}
            from public.discovery_results m
            left join public.discovery_results o on o.star_id = m.star_id and o.run_id = {Bind(command, other.RunId)}
            where m.run_id = {Bind(command, marking.RunId)} and {Marks("m", marking)} and (o.star_id is null or not {Marks("o", other)})
            """;
    }

    // Of a run with results in files the ledger has no score of a star that it does not flag: whether another threshold would bring it
    // back, or nearly, is not known.
    private static string FlipsOfFiles(NpgsqlCommand command, RunAgreement pair, bool onlyIn1)
    {
        var (marking, other) = onlyIn1 ? (pair.Run1, pair.Run2) : (pair.Run2, pair.Run1);
        var cause = RunDifference.Of(pair.Run1, pair.Run2).Cause;
        // Where nothing but the threshold differs, scores need not be asked; nor where the shares differ by what whole stars make of them.
        var rounding = 1 + (double)other.TotalStars / Math.Max(1, marking.TotalStars);
        if (AsMany(pair, onlyIn1) > (onlyIn1 ? pair.Marked2 : pair.Marked1) + rounding && cause != FlipReason.Threshold)
            cause = FlipReason.InFiles;
        var (a, b) = onlyIn1 ? ("1", "2") : ("2", "1");
        var (set, reason) = (Bind(command, other.StarSetId!.Value), Bind(command, cause));
        return $"""
            select m.star_id, m.anomaly_score as score_{a}, null::double precision as score_{b}, m.cluster_id as cluster_{a},
              null::integer as cluster_{b},
                   case when h.held then {reason} else '{FlipReason.Data}' end as reason,
                   null::boolean as near, true as analysed_{a}, h.held as analysed_{b}
            from public.discovery_results m
            cross join lateral (select {AnalysedSets.Holds(set, "m.star_id")} as held) h
            where m.run_id = {Bind(command, marking.RunId)} and {Marks("m", marking)} and not exists (
              select 1 from public.discovery_results o
              where o.run_id = {Bind(command, other.RunId)} and o.star_id = m.star_id and {Marks("o", other)})
            """;
    }

    // Whether the one that marks a star marks the larger share of its stars, so that the other's threshold may be why it does not.
    private static bool IsOfThreshold(RunAgreement pair, bool onlyIn1) => AsMany(pair, onlyIn1) > (onlyIn1 ? pair.Marked2 : pair.Marked1);

    // How many the other would mark, did it mark the same share.
    private static long AsMany(RunAgreement pair, bool onlyIn1)
    {
        var (marking, other) = onlyIn1 ? (pair.Run1, pair.Run2) : (pair.Run2, pair.Run1);
        var marked = onlyIn1 ? pair.Marked1 : pair.Marked2;
        return (long)Math.Round((double)marked * other.TotalStars / Math.Max(1, marking.TotalStars));
    }

    /// <summary>The score of a rank, 1 = the lowest; the highest where there are fewer.</summary>
    private static async Task<double?> ScoreAsync(
        NpgsqlConnection connection,
        DiscoveryRun run,
        long rank,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            select max(anomaly_score) from (
              select anomaly_score from public.discovery_results where run_id = $1 and anomaly_score is not null order by anomaly_score
                limit $2) lowest
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = run.RunId },
                new() { Value = Math.Max(1, rank) },
            },
            CommandTimeout = 600,
        };
        return await command.ExecuteScalarAsync(cancellationToken) as double?;
    }

    // Literal conditions, so that the planner sees the partial and the composite indexes.
    private static string Marks(string alias, DiscoveryRun run) =>
        run.RunType == RunTypes.Anomaly ? $"{alias}.is_anomaly = 1" : $"{alias}.cluster_id = -1";

    private static PairStar Read(NpgsqlDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetString(1),
            r.GetDouble(2),
            r.GetDouble(3),
            Double(r, 4),
            Double(r, 5),
            Double(r, 6),
            Double(r, 7),
            Double(r, 8),
            Double(r, 9),
            Double(r, 10),
            r.IsDBNull(11) ? null : r.GetInt32(11),
            r.IsDBNull(12) ? null : r.GetInt32(12),
            r.IsDBNull(13) ? null : r.GetString(13),
            r.IsDBNull(14) ? null : r.GetBoolean(14),
            r.GetBoolean(15),
            r.GetBoolean(16)
        );

    private static double? Double(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    private static string Bind<T>(NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
