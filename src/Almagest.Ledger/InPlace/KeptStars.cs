using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.InPlace;

/// <summary>Stars of a catalogue that is read where it lies which the ledger has nevertheless: those that some kept run flagged or put into
/// a cluster. They stay until their dataset goes.</summary>
public static class KeptStars
{
    private const string Numbers =
        "ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color, radial_velocity_km_s, ruwe";

    private static readonly string s_columns =
        $"star_id, dataset_id, source_id, {Numbers}, {string.Concat(FurtherField.All.Select(f => $"{f.Name}, "))}healpix_29, extra";

    /// <summary>Stores those that are not there yet, within a transaction of the caller's.</summary>
    /// <param name="stars">of this dataset, each with everything that its files say of it</param>
    /// <returns>how many were stored</returns>
    /// <exception cref="LedgerException">two stars have one id of the catalogue, or the tables of the ledger are distributed</exception>
    public static async Task<long> SaveAsync(
        NpgsqlConnection connection,
        Dataset dataset,
        IEnumerable<Star> stars,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(stars);
        await RunRows.RequireOneMachineAsync(connection, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            create temporary table if not exists flagged_in_files on commit drop as select {s_columns} from public.stars limit 0;
            truncate flagged_in_files
            """,
            cancellationToken
        );
        await using (
            var copy = await connection.BeginBinaryImportAsync(
                $"copy flagged_in_files ({s_columns}) from stdin (format binary)",
                cancellationToken
            )
        )
        {
            copy.Timeout = TimeSpan.FromHours(1);
            foreach (var star in stars)
                Write(copy, dataset.DatasetId, star);
            await copy.CompleteAsync(cancellationToken);
        }
        await connection.ExecuteAsync("analyze flagged_in_files", cancellationToken);
        await RequireDistinctAsync(connection, dataset, cancellationToken);
        return await connection.ExecuteAsync(
            $"""
            insert into public.stars ({s_columns})
            select {s_columns} from flagged_in_files f
            where not exists (select 1 from public.stars s where s.star_id = f.star_id) order by star_id
            on conflict (star_id) do nothing
            """,
            cancellationToken
        );
    }

    /// <summary>Says that stars were stored, as the last thing before the run is completed: what it locks is held until then.</summary>
    public static Task TellAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("select view_summaries.after_kept_stars()", cancellationToken);

    // Registering does not look for ids that repeat each other; the table has none.
    private static async Task RequireDistinctAsync(NpgsqlConnection connection, Dataset dataset, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select source_id, min(star_id), max(star_id), min(star_id) filter (where not here)
            from (select source_id, star_id, bool_or(here) as here
                  from (select source_id, star_id, true as here from flagged_in_files
                        union all
                        select s.source_id, s.star_id, false
                        from public.stars s join flagged_in_files f on s.dataset_id = f.dataset_id and s.source_id = f.source_id) found
                  group by source_id, star_id) ids
            group by source_id having count(*) > 1 order by min(star_id) limit 1
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return;
        var before = InPlaceCatalogue.Of(dataset)!.FirstStarId - 1;
        var (one, other, id) = (reader.GetInt64(1) - before, reader.GetInt64(2) - before, reader.GetString(0));
        var earlier = reader.IsDBNull(3) ? (long?)null : reader.GetInt64(3) - before;
        throw LedgerException.Invalid(
            "dataset",
            earlier is { } known
                ? FormattableString.Invariant($"the run would keep a star of dataset '{dataset.Name}' with the id '{id}', in row ")
                    + FormattableString.Invariant($"{(known == one ? other : one)} of its files, and an earlier run has kept another with ")
                    + FormattableString.Invariant($"that id, in row {known}")
                : FormattableString.Invariant($"two kept stars of dataset '{dataset.Name}' have the id '{id}', ")
                    + FormattableString.Invariant($"in rows {one} and {other} of its files"),
            "Nothing was stored. The stars of a run that is kept have ids of their own: register the catalogue without repetitions, or "
                + "with another column as its id."
        );
    }

    private static void Write(NpgsqlBinaryImporter copy, long datasetId, Star star)
    {
        copy.StartRow();
        copy.Write(star.StarId, NpgsqlDbType.Bigint);
        copy.Write(datasetId, NpgsqlDbType.Bigint);
        copy.Write(StoredText.WithoutNul(star.SourceId), NpgsqlDbType.Text);
        ReadOnlySpan<double?> numbers =
        [
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.ParallaxErrorMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            star.RadialVelocityKmS,
            star.Ruwe,
            // As FurtherField.All has them.
            star.RaError,
            star.DecError,
            star.PmraError,
            star.PmdecError,
            star.RaDecCorr,
            star.RaParallaxCorr,
            star.RaPmraCorr,
            star.RaPmdecCorr,
            star.DecParallaxCorr,
            star.DecPmraCorr,
            star.DecPmdecCorr,
            star.ParallaxPmraCorr,
            star.ParallaxPmdecCorr,
            star.PmraPmdecCorr,
            star.PhotBpRpExcessFactor,
            star.RadialVelocityError,
        ];
        foreach (var number in numbers)
        {
            if (number is { } value)
                copy.Write(value, NpgsqlDbType.Double);
            else
                copy.WriteNull();
        }
        copy.Write(star.Healpix29, NpgsqlDbType.Bigint);
        if (star.Extra is { } extra)
            copy.Write(extra, NpgsqlDbType.Jsonb);
        else
            copy.WriteNull();
    }
}
