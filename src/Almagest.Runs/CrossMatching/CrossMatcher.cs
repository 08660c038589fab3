using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Discovery.Matching;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Sky;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.CrossMatching;

/// <summary>How to join two datasets by position.</summary>
public sealed record CrossMatchRequest
{
    /// <summary>Name or id of the first dataset.</summary>
    public required string Dataset1 { get; init; }

    public required string Dataset2 { get; init; }

    /// <summary>Largest angle of a pair, arc seconds, above 0, at most 36000 (10 degrees).</summary>
    public required double RadiusArcsec { get; init; }

    public MatchFind Find { get; init; } = MatchFind.Best;

    /// <summary>Epoch of the positions of dataset 1, Julian year such as 2016.0; the dataset's own where it is not given. Proper motions
    /// are applied where both epochs are known and differ.</summary>
    public double? Epoch1 { get; init; }

    public double? Epoch2 { get; init; }

    /// <summary>The epoch at which to compare; that of dataset 2 where it is not given.</summary>
    public double? Epoch { get; init; }
}

/// <summary>What a cross-match did.</summary>
/// <param name="Moved1">stars of dataset 1 that have a proper motion and were brought to the common epoch</param>
public sealed record CrossMatchReport(
    CrossMatch Match,
    Dataset Dataset1,
    Dataset Dataset2,
    long Moved1,
    long Moved2,
    double LoadMs,
    double MatchMs,
    double StoreMs
);

/// <summary>Joins two datasets by position and keeps the pairs as links. Positions are read as streams and joined in memory: 40 bytes a
/// star at most.</summary>
public sealed class CrossMatcher(LedgerDatabase ledger)
{
    /// <param name="stage">told what is being done</param>
    /// <exception cref="LedgerException">no such dataset, a value is out of range, or the database has trouble: nothing is
    /// stored</exception>
    public async Task<CrossMatchReport> MatchAsync(
        CrossMatchRequest request,
        Action<string>? stage = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var datasets = new DatasetRepository(ledger);
        var first = await FindAsync(datasets, request.Dataset1, "dataset_1", cancellationToken);
        var second = await FindAsync(datasets, request.Dataset2, "dataset_2", cancellationToken);
        if (first.DatasetId == second.DatasetId)
            throw LedgerException.Invalid(
                "dataset_2",
                $"both datasets are '{first.Name}': every star would match itself",
                "Name two datasets."
            );
        request = AtEpochs(request, first, second);
        var epoch = request.Epoch;
        await DiskSpace.RequireAsync(ledger, 0, cancellationToken);
        return await DatabaseBoundary.AskAsync(async () =>
        {
            var watch = Stopwatch.StartNew();
            stage?.Invoke($"reading {first.Name}");
            var stars1 = await LoadAsync(first, epoch - request.Epoch1, cancellationToken);
            stage?.Invoke($"reading {second.Name}");
            var stars2 = await LoadAsync(second, epoch - request.Epoch2, cancellationToken);
            var load = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            stage?.Invoke("matching");
            var pairs = await Task.Run(
                () =>
                    PositionMatcher.Match(
                        stars1.Positions,
                        stars2.Positions,
                        request.RadiusArcsec / Constants.ArcsecondsPerDegree,
                        request.Find,
                        cancellationToken: cancellationToken
                    ),
                cancellationToken
            );
            var matching = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            stage?.Invoke("storing links");
            var match = await StoreAsync(request, epoch, first, second, stars1.Ids, stars2.Ids, pairs, cancellationToken);
            return new CrossMatchReport(match, first, second, stars1.Moved, stars2.Moved, load, matching, watch.Elapsed.TotalMilliseconds);
        });
    }

    private static void Check(CrossMatchRequest request)
    {
        if (!(request.RadiusArcsec > 0 && request.RadiusArcsec <= PositionMatcher.MostRadiusDeg * Constants.ArcsecondsPerDegree))
            throw LedgerException.Invalid(
                "radius_arcsec",
                $"radius_arcsec is {request.RadiusArcsec}, expected a number above 0, at most "
                    + $"{PositionMatcher.MostRadiusDeg * Constants.ArcsecondsPerDegree}"
            );
        foreach (var (name, value) in new[] { ("epoch_1", request.Epoch1), ("epoch_2", request.Epoch2), ("epoch", request.Epoch) })
            if (value is { } year && !(year is >= 1000 and <= 3000))
                throw LedgerException.Invalid(name, $"{name} is {year}, expected a Julian year from 1000 to 3000, such as 2016.0");
    }

    /// <summary>The request with the epochs that are taken: those that it does not name are the datasets' own; none, where nothing has to
    /// move or nothing is known. Compared as they stand, stars of another epoch are missed, or taken for others.</summary>
    private static CrossMatchRequest AtEpochs(CrossMatchRequest request, Dataset first, Dataset second)
    {
        var (epoch1, epoch2) = (request.Epoch1 ?? first.ReferenceEpoch, request.Epoch2 ?? second.ReferenceEpoch);
        var named = request.Epoch1 is not null || request.Epoch2 is not null || request.Epoch is not null;
        if (!named && (epoch1 is null || epoch2 is null || epoch1 == epoch2))
            return request;
        if (epoch1 is not null && epoch2 is not null)
            return request with { Epoch1 = epoch1, Epoch2 = epoch2, Epoch = request.Epoch ?? epoch2 };
        throw LedgerException.Invalid(
            epoch1 is null ? "epoch_1" : "epoch_2",
            $"proper motions can be applied only where the epochs of both datasets are known, and that of "
                + $"'{(epoch1 is null ? first : second).Name}' is not",
            "Give epoch_1 and epoch_2, or none."
        );
    }

    private static async Task<Dataset> FindAsync(DatasetRepository datasets, string name, string field, CancellationToken cancellationToken)
    {
        try
        {
            return await datasets.FindAsync(name, cancellationToken);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.NotFound)
        {
            throw e.Of(field);
        }
    }

    private async Task<(long[] Ids, SkyPositions Positions, long Moved)> LoadAsync(
        Dataset dataset,
        double? years,
        CancellationToken cancellationToken
    )
    {
        var (ids, ra, dec) = (new List<long>(), new List<double>(), new List<double>());
        long moved = 0;
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select star_id, ra_deg, dec_deg, pmra_mas_yr, pmdec_mas_yr, parallax_mas, radial_velocity_km_s
            from public.stars where dataset_id = $1 order by star_id
            """,
            connection
        )
        {
            Parameters = { new() { Value = dataset.DatasetId } },
            CommandTimeout = 3600,
        };
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
            var (a, d) = (reader.GetDouble(1), reader.GetDouble(2));
            if (years is { } span && span != 0)
            {
                var (pmra, pmdec, parallax, radialVelocity) = (Number(reader, 3), Number(reader, 4), Number(reader, 5), Number(reader, 6));
                (a, d, _, _, _, _) = SpaceMotion.Propagate(a, d, pmra, pmdec, parallax, radialVelocity, span);
                if (!double.IsNaN(pmra) && !double.IsNaN(pmdec))
                    moved++;
            }
            ra.Add(a);
            dec.Add(d);
        }
        return ([.. ids], new SkyPositions([.. ra], [.. dec]), moved);
    }

    private static double Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    /// <summary>The match and its links become visible together.</summary>
    private async Task<CrossMatch> StoreAsync(
        CrossMatchRequest request,
        double? epoch,
        Dataset first,
        Dataset second,
        long[] ids1,
        long[] ids2,
        PositionPair[] pairs,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        var match = new CrossMatch
        {
            Dataset1Id = first.DatasetId,
            Dataset2Id = second.DatasetId,
            RadiusArcsec = request.RadiusArcsec,
            Find = request.Find.ToString().ToLowerInvariant(),
            Epoch1 = epoch is null ? null : request.Epoch1,
            Epoch2 = epoch is null ? null : request.Epoch2,
            Epoch = epoch,
            LinkCount = pairs.Length,
            ProgramVersion = Almagest.Contract.ProgramVersion.Current,
        };
        // On a distributed ledger the links are there first, and nobody sees them before their match.
        if (await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
        {
            match.MatchId = (long)
                (
                    await connection.ScalarAsync(
                        "select nextval(pg_get_serial_sequence('public.cross_matches', 'match_id')::regclass)",
                        cancellationToken
                    )
                )!;
            var unseen = await UnseenRows.HoldAsync(connection, UnseenRows.Links, match.MatchId, cancellationToken);
            try
            {
                await using (var linking = await connection.BeginTransactionAsync(cancellationToken))
                {
                    await unseen.AnnounceAsync(cancellationToken);
                    await CopyLinksAsync(connection, match.MatchId, ids1, ids2, pairs, cancellationToken);
                    await linking.CommitAsync(cancellationToken);
                }
                await using var showing = await connection.BeginTransactionAsync(cancellationToken);
                await unseen.ShowAsync(cancellationToken);
                await InsertAsync(connection, match, "match_id, ", " overriding system value", "$10, ", cancellationToken);
                await showing.CommitAsync(cancellationToken);
            }
            finally
            {
                await unseen.ReleaseAsync();
            }
            return match;
        }
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await InsertAsync(connection, match, "", "", "", cancellationToken);
        await CopyLinksAsync(connection, match.MatchId, ids1, ids2, pairs, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return match;
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection,
        CrossMatch match,
        string key,
        string overriding,
        string value,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into public.cross_matches ({key}dataset_1_id, dataset_2_id, radius_arcsec, find, epoch_1, epoch_2, epoch, link_count,
              program_version){overriding}
            values ({value}$1, $2, $3, $4, $5, $6, $7, $8, $9) returning match_id, created_at
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = match.Dataset1Id },
                new() { Value = match.Dataset2Id },
                new() { Value = match.RadiusArcsec },
                new() { Value = match.Find },
                Year(match.Epoch1),
                Year(match.Epoch2),
                Year(match.Epoch),
                new() { Value = match.LinkCount },
                new() { Value = match.ProgramVersion },
            },
        };
        if (key.Length > 0)
            command.Parameters.Add(new() { Value = match.MatchId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        (match.MatchId, match.CreatedAt) = (reader.GetInt64(0), reader.GetDateTime(1));
    }

    private static async Task CopyLinksAsync(
        NpgsqlConnection connection,
        long matchId,
        long[] ids1,
        long[] ids2,
        PositionPair[] pairs,
        CancellationToken cancellationToken
    )
    {
        await using (
            var writer = await connection.BeginBinaryImportAsync(
                "copy public.star_links (match_id, star_1_id, star_2_id, separation_arcsec) from stdin (format binary)",
                cancellationToken
            )
        )
        {
            foreach (var pair in pairs)
            {
                await writer.StartRowAsync(cancellationToken);
                await writer.WriteAsync(matchId, NpgsqlDbType.Bigint, cancellationToken);
                await writer.WriteAsync(ids1[pair.First], NpgsqlDbType.Bigint, cancellationToken);
                await writer.WriteAsync(ids2[pair.Second], NpgsqlDbType.Bigint, cancellationToken);
                await writer.WriteAsync(pair.SeparationDeg * Constants.ArcsecondsPerDegree, NpgsqlDbType.Double, cancellationToken);
            }
            await writer.CompleteAsync(cancellationToken);
        }
    }

    private static NpgsqlParameter Year(double? year) =>
        new() { Value = year is { } value ? value : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double };
}
