using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>
/// Where a dataset has stars: cells so large that one of them without a star is no accident. A star that lies elsewhere is not missing from
/// the dataset, nor new.
/// </summary>
internal sealed class CoveredSky
{
    /// <summary>The finest cells, of 51″.</summary>
    private const int Finest = 12;

    /// <summary>Stars that a cell with stars has on the average: of a hundred thousand such cells five are empty by chance.</summary>
    private const double StarsInCell = 10;

    private readonly HashSet<long> _cells;
    private readonly int _order;

    private CoveredSky(HashSet<long> cells, int order) => (_cells, _order) = (cells, order);

    /// <param name="cells">cells of the dataset's stars at the finest order, each once</param>
    /// <param name="stars">how many stars are in them</param>
    internal static CoveredSky Of(IEnumerable<long> cells, long stars)
    {
        var (kept, order) = (cells.ToHashSet(), Finest);
        while (order > 0 && stars < StarsInCell * kept.Count)
        {
            kept = [.. kept.Select(cell => cell >> 2)];
            order--;
        }
        return new CoveredSky(kept, order);
    }

    public static Task<CoveredSky> ReadAsync(LedgerDatabase ledger, Dataset dataset, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"select distinct healpix_29 >> {2 * (Healpix.MaxOrder - Finest)} from public.stars where dataset_id = $1",
                    connection
                )
                {
                    Parameters = { new() { Value = dataset.DatasetId } },
                    CommandTimeout = 600,
                };
                var cells = new List<long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    cells.Add(reader.GetInt64(0));
                return Of(cells, dataset.StarCount);
            },
            cancellationToken
        );

    public bool Holds(double raDeg, double decDeg) => _cells.Contains(Healpix.AngToPix(_order, raDeg, decDeg));
}
