using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>A row of <c>discovery_results</c>, without its run.</summary>
internal readonly record struct StoredResult(
    long StarId,
    bool IsAnomaly,
    double? Score,
    int? ClusterId,
    double? Strength = null,
    double? Probability = null,
    double? FlagProbability = null,
    double? ScoreSpread = null,
    double? Stability = null
)
{
    /// <summary>In the order of the columns.</summary>
    public const string Columns =
        "star_id, is_anomaly, anomaly_score, cluster_id, membership_strength, membership_probability, flag_probability, score_spread, "
        + "membership_stability";

    /// <summary>What is there, as the hashes of results say it: a bit each.</summary>
    public byte Parts =>
        (byte)(
            (Score is null ? 0 : 1)
            | (ClusterId is null ? 0 : 2)
            | (Strength is null ? 0 : 4)
            | (Probability is null ? 0 : 8)
            | (FlagProbability is null ? 0 : 16)
            | (ScoreSpread is null ? 0 : 32)
            | (Stability is null ? 0 : 64)
        );

    /// <summary>Whether the ledger has it of a run whose results are in files: the star is flagged, or in a cluster.</summary>
    public bool IsKept => IsAnomaly || ClusterId >= 0;
}

/// <summary>Reads a run's rows, all of them, without keeping any.</summary>
internal static class StoredResults
{
    private static readonly string s_columns = $"r.{StoredResult.Columns.Replace(", ", ", r.", StringComparison.Ordinal)}";

    /// <summary>In ascending order of star_id.</summary>
    public static Task ReadAsync(NpgsqlConnection connection, Guid runId, Action<StoredResult> row, CancellationToken cancellationToken) =>
        ReadAsync(
            connection,
            $"select {s_columns} from public.discovery_results r where r.run_id = $1 order by r.star_id",
            runId,
            reader => row(Row(reader)),
            cancellationToken
        );

    /// <summary>The hash of the rows as they are stored, by the rule of <see cref="ResultsHash"/>. A row whose star or dataset is not there
    /// counts as one of no catalogue, under its star_id.</summary>
    public static async Task<string> HashAsync(NpgsqlConnection connection, Guid runId, CancellationToken cancellationToken)
    {
        using var hash = new ResultsHash();
        await ReadAsync(
            connection,
            $"""
            select {s_columns}, convert_to(coalesce(d.checksum, ''), 'UTF8'), convert_to(coalesce(s.source_id, r.star_id::text), 'UTF8')
            from public.discovery_results r
            left join public.stars s using (star_id)
            left join public.datasets d using (dataset_id)
            where r.run_id = $1
            order by 10, 11
            """,
            runId,
            reader => hash.Add(reader.GetFieldValue<byte[]>(9), reader.GetFieldValue<byte[]>(10), Row(reader)),
            cancellationToken
        );
        return hash.Finish();
    }

    private static async Task ReadAsync(
        NpgsqlConnection connection,
        string sql,
        Guid runId,
        Action<NpgsqlDataReader> row,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 3600, Parameters = { new() { Value = runId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            row(reader);
    }

    private static StoredResult Row(NpgsqlDataReader reader) =>
        new(
            reader.GetInt64(0),
            reader.GetInt32(1) != 0,
            Double(reader, 2),
            reader.IsDBNull(3) ? null : reader.GetInt32(3),
            Double(reader, 4),
            Double(reader, 5),
            Double(reader, 6),
            Double(reader, 7),
            Double(reader, 8)
        );

    private static double? Double(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
}
