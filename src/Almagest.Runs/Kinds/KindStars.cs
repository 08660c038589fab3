using Almagest.Contract.Runs;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Runs.Kinds;

/// <summary>What the catalogue says of the stars of kinds.</summary>
internal sealed class KindStars
{
    private readonly Dictionary<long, Row> _rows;

    private KindStars(Dictionary<long, Row> rows) => _rows = rows;

    public static Task<KindStars> ReadAsync(
        LedgerDatabase ledger,
        IReadOnlyCollection<long> starIds,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select star_id, source_id, ra_deg, dec_deg, magnitude, color, parallax_mas from public.stars where star_id = any($1)",
                    connection
                )
                {
                    Parameters = { new() { Value = starIds.ToArray() } },
                };
                var rows = new Dictionary<long, Row>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    double Real(int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);
                    rows[reader.GetInt64(0)] = new Row(reader.GetString(1), Real(2), Real(3), Real(4), Real(5), Real(6));
                }
                return new KindStars(rows);
            },
            cancellationToken
        );

    public string SourceId(long starId) => _rows.TryGetValue(starId, out var row) ? row.SourceId : "";

    public KindPlace Place(IEnumerable<long> starIds)
    {
        Row[] rows = [.. starIds.Where(_rows.ContainsKey).Select(id => _rows[id])];
        double x = 0,
            y = 0,
            z = 0;
        foreach (var row in rows)
        {
            var v = SkyCoordinates.ToUnitVector(row.RaDeg, row.DecDeg);
            (x, y, z) = (x + v.X, y + v.Y, z + v.Z);
        }
        var (ra, dec) = SkyCoordinates.FromVector(new SkyVector(x, y, z));
        return new KindPlace(
            ra,
            dec,
            OrderStatistics.Median([.. rows.Select(r => SkyCoordinates.SeparationDeg(ra, dec, r.RaDeg, r.DecDeg))]),
            Median(rows, r => r.Magnitude),
            Median(rows, r => r.Color),
            Median(rows, r => r.ParallaxMas)
        );
    }

    private static double? Median(Row[] rows, Func<Row, double> of) =>
        OrderStatistics.Median([.. rows.Select(of)]) is var median && double.IsNaN(median) ? null : median;

    private sealed record Row(string SourceId, double RaDeg, double DecDeg, double Magnitude, double Color, double ParallaxMas);
}
