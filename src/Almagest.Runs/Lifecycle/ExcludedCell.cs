using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>Stars of a place that a run selected and did not analyse.</summary>
internal sealed record ExcludedCell(string Reason, long DatasetId, long Healpix6, long Stars)
{
    private const int Most = 1 << 20;

    /// <summary>Counts the stars by reason and place on the sky.</summary>
    public static Task<IReadOnlyList<ExcludedCell>> CountAsync(
        LedgerDatabase ledger,
        IReadOnlyList<ExcludedStars> excluded,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync<IReadOnlyList<ExcludedCell>>(
            async connection =>
            {
                var found = new Dictionary<(string, long, long), long>();
                foreach (var (reason, ids) in excluded)
                    for (long first = 0; first < ids.Count; first += Most)
                        await CountAsync(connection, reason, Part(ids, first), found, cancellationToken);
                return [.. found.Select(f => new ExcludedCell(f.Key.Item1, f.Key.Item2, f.Key.Item3, f.Value))];
            },
            cancellationToken
        );

    public static Task SaveAsync(
        NpgsqlConnection connection,
        Guid runId,
        IReadOnlyList<ExcludedCell> cells,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            """
            insert into public.discovery_exclusions (run_id, dataset_id, reason, healpix_6, stars)
            select $1, * from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
            """,
            cancellationToken,
            runId,
            cells.Select(c => c.DatasetId).ToArray(),
            cells.Select(c => c.Reason).ToArray(),
            cells.Select(c => c.Healpix6).ToArray(),
            cells.Select(c => c.Stars).ToArray()
        );

    private static async Task CountAsync(
        NpgsqlConnection connection,
        string reason,
        long[] stars,
        Dictionary<(string, long, long), long> found,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            select s.dataset_id, s.healpix_29 >> 46, count(*)
            from unnest($1) as star_id join public.stars s using (star_id) group by 1, 2
            """,
            connection
        )
        {
            CommandTimeout = 3600,
            Parameters = { new() { Value = stars } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var cell = (reason, reader.GetInt64(0), reader.GetInt64(1));
            found[cell] = found.GetValueOrDefault(cell) + reader.GetInt64(2);
        }
    }

    private static long[] Part(Sequence<long> ids, long first)
    {
        using var part = ids.Read(first, (int)Math.Min(Most, ids.Count - first));
        return part.Span.ToArray();
    }
}
