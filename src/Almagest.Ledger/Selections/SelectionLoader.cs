using System.Runtime.InteropServices;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Reads the stars of a selection as columns, in order of star_id.</summary>
public sealed class SelectionLoader(LedgerDatabase ledger)
{
    const string Columns = "ra_deg, dec_deg, parallax_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color";

    public async Task<long> CountAsync(long datasetId, StarFilter filter, CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
            command.CommandText = $"select count(*) from public.stars where {StarFilterSql.Where(command, datasetId, filter)}";
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    /// <param name="progress">told the number of stars read so far</param>
    public async Task<StarColumns> LoadAsync(long datasetId, StarFilter filter, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var ids = new List<long>();
        var values = Enumerable.Range(0, 7).Select(_ => new List<double>()).ToArray();
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 3600 };
            command.CommandText = $"select star_id, {Columns} from public.stars where {StarFilterSql.Where(command, datasetId, filter)} order by star_id";
            await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                ids.Add(reader.GetInt64(0));
                for (var c = 0; c < values.Length; c++)
                    values[c].Add(reader.IsDBNull(c + 1) ? double.NaN : reader.GetDouble(c + 1));
                if (ids.Count % 65536 == 0) progress?.Report(ids.Count);
            }
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
        return new StarColumns
        {
            StarId = ids.ToArray(),
            RaDeg = Take(values, 0),
            DecDeg = Take(values, 1),
            ParallaxMas = Take(values, 2),
            PmraMasYr = Take(values, 3),
            PmdecMasYr = Take(values, 4),
            Magnitude = Take(values, 5),
            Color = Take(values, 6),
        };
    }

    // One column at a time, so that the growing list is freed before the next is copied.
    static double[] Take(List<double>[] columns, int index)
    {
        var array = CollectionsMarshal.AsSpan(columns[index]).ToArray();
        columns[index] = [];
        return array;
    }
}
