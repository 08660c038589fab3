using Almagest.Discovery.Changes;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>Some stars with all that is compared of them, and their ids in the catalogue.</summary>
internal sealed class FlipStars
{
    private static readonly string[] s_usual = ["ra_deg", "dec_deg", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr", "magnitude", "color"];

    private FlipStars(StarColumns columns, string[] sourceIds) => (Columns, SourceIds) = (columns, sourceIds);

    /// <summary>In order of star_id.</summary>
    public StarColumns Columns { get; }

    public string[] SourceIds { get; }

    public int RowOf(long star) => Array.BinarySearch(Columns.StarId, star);

    public MeasuredStar Measured(int row) =>
        new()
        {
            [StarColumn.Ra] = Columns.RaDeg[row],
            [StarColumn.Dec] = Columns.DecDeg[row],
            [StarColumn.Parallax] = Columns.ParallaxMas[row],
            [StarColumn.Pmra] = Columns.PmraMasYr[row],
            [StarColumn.Pmdec] = Columns.PmdecMasYr[row],
            [StarColumn.Magnitude] = Columns.Magnitude[row],
            [StarColumn.Color] = Columns.Color[row],
            [StarColumn.RadialVelocity] = Columns.RadialVelocityKmS[row],
            ParallaxError = Columns.ParallaxErrorMas[row],
            PmraError = Columns.PmraErrorMasYr[row],
            PmdecError = Columns.PmdecErrorMasYr[row],
        };

    public static Task<FlipStars> ReadAsync(LedgerDatabase ledger, long[] stars, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                string[] columns = [.. s_usual, .. SideBySide.Further];
                await using var command = new NpgsqlCommand(
                    $"select star_id, source_id, {string.Join(", ", columns)} from public.stars where star_id = any ($1) order by star_id",
                    connection
                )
                {
                    Parameters = { new() { Value = stars } },
                    CommandTimeout = 600,
                };
                var (ids, names) = (new List<long>(), new List<string>());
                var values = columns.Select(_ => new List<double>()).ToArray();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    ids.Add(reader.GetInt64(0));
                    names.Add(reader.GetString(1));
                    for (var c = 0; c < values.Length; c++)
                        values[c].Add(reader.IsDBNull(c + 2) ? double.NaN : reader.GetDouble(c + 2));
                }
                return new FlipStars(
                    new StarColumns
                    {
                        StarId = [.. ids],
                        RaDeg = [.. values[0]],
                        DecDeg = [.. values[1]],
                        ParallaxMas = [.. values[2]],
                        PmraMasYr = [.. values[3]],
                        PmdecMasYr = [.. values[4]],
                        Magnitude = [.. values[5]],
                        Color = [.. values[6]],
                        Further = SideBySide
                            .Further.Select((name, i) => (name, i))
                            .ToDictionary(f => f.name, f => values[s_usual.Length + f.i].ToArray()),
                    },
                    [.. names]
                );
            },
            cancellationToken
        );
}
