using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>Writes what a run says of its stars, in a transaction of the caller's.</summary>
internal static class ResultRows
{
    /// <summary>Appends results by binary COPY.</summary>
    /// <param name="count">stars</param>
    /// <param name="row">what the run says of each, asked for one after the other</param>
    /// <exception cref="LedgerException">a score is not a finite number, or a star occurs twice</exception>
    public static Task CopyAsync(
        NpgsqlConnection connection,
        Guid runId,
        int count,
        Func<int, StoredResult> row,
        CancellationToken cancellationToken
    ) =>
        CopyAsync(
            connection,
            $"copy public.discovery_results (run_id, {StoredResult.Columns}) from stdin (format binary)",
            count,
            (writer, i) =>
            {
                var result = row(i);
                if (result.Score is { } score && !double.IsFinite(score))
                    throw LedgerException.Of(
                        ErrorCode.InvalidValue,
                        $"the score of star {result.StarId} is not a number",
                        "This is a defect of the detector; nothing was stored."
                    );
                writer.Write(runId, NpgsqlDbType.Uuid);
                writer.Write(result.StarId, NpgsqlDbType.Bigint);
                writer.Write(result.IsAnomaly ? 1 : 0, NpgsqlDbType.Integer);
                Write(writer, result.Score);
                if (result.ClusterId is { } cluster)
                    writer.Write(cluster, NpgsqlDbType.Integer);
                else
                    writer.WriteNull();
                Write(writer, result.Strength);
                Write(writer, result.Probability);
                Write(writer, result.FlagProbability);
                Write(writer, result.ScoreSpread);
                Write(writer, result.Stability);
            },
            cancellationToken
        );

    /// <summary>Appends rows of any table by binary COPY.</summary>
    public static async Task CopyAsync(
        NpgsqlConnection connection,
        string sql,
        int rows,
        Action<NpgsqlBinaryImporter, int> write,
        CancellationToken cancellationToken
    )
    {
        await DatabaseBoundary.AskAsync(async () =>
        {
            RunCompletion.AtPoint?.Invoke("before-copy");
            await using var writer = await connection.BeginBinaryImportAsync(sql, cancellationToken);
            // A large run may take long to index its rows at the end of the copy.
            writer.Timeout = TimeSpan.FromHours(1);
            for (var i = 0; i < rows; i++)
            {
                if (i % 16384 == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                writer.StartRow();
                write(writer, i);
            }
            await writer.CompleteAsync(cancellationToken);
            RunCompletion.AtPoint?.Invoke("after-copy");
        });
    }

    /// <summary>Counts the stars of the selection that were not analysed, by reason and place on the sky. They have no results.</summary>
    public static async Task SaveExclusionsAsync(
        NpgsqlConnection connection,
        Guid runId,
        IReadOnlyList<ExcludedStars> excluded,
        CancellationToken cancellationToken
    )
    {
        await DatabaseBoundary.AskAsync(async () =>
        {
            foreach (var (reason, stars) in excluded.SelectMany(Parts))
                await connection.ExecuteAsync(
                    """
                    insert into public.discovery_exclusions (run_id, dataset_id, reason, healpix_6, stars)
                    select $1, s.dataset_id, $2, s.healpix_29 >> 46, count(*)
                    from unnest($3) as star_id join public.stars s using (star_id)
                    group by s.dataset_id, s.healpix_29 >> 46
                    on conflict (run_id, dataset_id, healpix_6, reason)
                    do update set stars = discovery_exclusions.stars + excluded.stars
                    """,
                    cancellationToken,
                    runId,
                    reason,
                    stars
                );
        });
    }

    private static IEnumerable<(string Reason, long[] Stars)> Parts(ExcludedStars excluded)
    {
        const int Most = 1 << 20;
        for (long first = 0; first < excluded.Count; first += Most)
            yield return (excluded.Reason, Part(excluded.Ids, first, (int)Math.Min(Most, excluded.Count - first)));
    }

    private static long[] Part(Sequence<long> ids, long first, int count)
    {
        using var part = ids.Read(first, count);
        return part.Span.ToArray();
    }

    private static void Write(NpgsqlBinaryImporter writer, double? value)
    {
        if (value is { } known)
            writer.Write(known, NpgsqlDbType.Double);
        else
            writer.WriteNull();
    }
}
