using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Sky;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Selections;

/// <summary>A star that was looked for.</summary>
/// <param name="SeparationDeg">from the place that was asked for; null where it was found by its id</param>
/// <param name="Neighbours">stars of its dataset within the radius, itself included; 1 where it was found by its id</param>
public sealed record FoundStar(
    long StarId,
    string SourceId,
    string Dataset,
    double RaDeg,
    double DecDeg,
    double? SeparationDeg,
    long Neighbours
)
{
    /// <summary>Whether its dataset is read where it lies, of which only stars that a run flagged can be found.</summary>
    public bool IsInPlace { get; init; }
}

/// <summary>Finds stars in all datasets at once, by the indexes of each. Of a dataset that is read where it lies there are those that a run
/// flagged.</summary>
public sealed class StarFinder(LedgerDatabase ledger)
{
    /// <summary>The stars whose id in their catalogue is one of these, datasets in order of loading.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<FoundStar>> ByIdAsync(
        IReadOnlyList<string> sourceIds,
        int most,
        CancellationToken cancellationToken = default
    ) =>
        ReadAsync(
            """
            select s.star_id, s.source_id, d.name, s.ra_deg, s.dec_deg, null::double precision, 1::bigint,
              d.in_place is not null
            from public.datasets d join public.stars s on s.dataset_id = d.dataset_id and s.source_id = any($1)
            order by d.dataset_id limit $2
            """,
            command =>
            {
                command.Parameters.Add(new() { Value = sourceIds.ToArray() });
                command.Parameters.Add(new() { Value = most });
            },
            cancellationToken
        );

    /// <summary>The star with this number of the ledger's own; none where there is none.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<FoundStar>> ByNumberAsync(long starId, CancellationToken cancellationToken = default) =>
        ReadAsync(
            """
            select s.star_id, s.source_id, d.name, s.ra_deg, s.dec_deg, null::double precision, 1::bigint,
              d.in_place is not null
            from public.stars s join public.datasets d using (dataset_id) where s.star_id = $1
            """,
            command => command.Parameters.Add(new() { Value = starId }),
            cancellationToken
        );

    /// <summary>Of each dataset the star next to a place, the nearest first; datasets without a star within the radius are left
    /// out.</summary>
    /// <param name="raDeg">ICRS</param>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<FoundStar>> NearAsync(
        double raDeg,
        double decDeg,
        double radiusDeg,
        int most,
        CancellationToken cancellationToken = default
    )
    {
        // Whole HEALPix cells by the index, then the exact distance: haversine, stable for small radii.
        var cells = Healpix.ConeRanges(raDeg, decDeg, radiusDeg);
        return ReadAsync(
            """
            with cells as (select * from unnest($4::bigint[], $5::bigint[]) c (low, high)),
            near as (
              select d.dataset_id, d.name, d.in_place is not null as in_place, s.star_id, s.source_id, s.ra_deg, s.dec_deg,
                2 * asind(least(1, sqrt(power(sind((s.dec_deg - $2) / 2), 2)
                  + cosd(s.dec_deg) * cosd($2) * power(sind((s.ra_deg - $1) / 2), 2)))) as separation
              from public.datasets d cross join cells c
              join public.stars s on s.dataset_id = d.dataset_id and s.healpix_29 between c.low and c.high),
            ranked as (
              select *, row_number() over (partition by dataset_id order by separation, star_id) as place,
                count(*) over (partition by dataset_id) as neighbours
              from near where separation <= $3)
            select star_id, source_id, name, ra_deg, dec_deg, separation, neighbours, in_place from ranked where place = 1
            order by separation, dataset_id limit $6
            """,
            command =>
            {
                command.Parameters.Add(new() { Value = raDeg });
                command.Parameters.Add(new() { Value = decDeg });
                command.Parameters.Add(new() { Value = radiusDeg });
                command.Parameters.Add(
                    new() { Value = cells.Select(c => c.Low).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }
                );
                command.Parameters.Add(
                    new() { Value = cells.Select(c => c.High).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }
                );
                command.Parameters.Add(new() { Value = most });
            },
            cancellationToken
        );
    }

    private Task<IReadOnlyList<FoundStar>> ReadAsync(string sql, Action<NpgsqlCommand> bind, CancellationToken cancellationToken) =>
        ledger.AskAsync<IReadOnlyList<FoundStar>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                bind(command);
                var found = new List<FoundStar>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(
                        new FoundStar(
                            reader.GetInt64(0),
                            reader.GetString(1),
                            reader.GetString(2),
                            reader.GetDouble(3),
                            reader.GetDouble(4),
                            reader.IsDBNull(5) ? null : reader.GetDouble(5),
                            reader.GetInt64(6)
                        )
                        {
                            IsInPlace = reader.GetBoolean(7),
                        }
                    );
                return found;
            },
            cancellationToken
        );
}
