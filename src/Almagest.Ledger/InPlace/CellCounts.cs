using Almagest.Ledger.Database;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>How many stars there are in each cell of the sky.</summary>
internal sealed class CellCounts
{
    private readonly long[] _counts = new long[SkyCells];

    /// <summary>HEALPix cells of order 6, nested scheme.</summary>
    private const int SkyCells = 12 << 12;

    /// <summary>The cell of a position, ICRS in degrees, as the column <c>healpix_29</c> of the star has it.</summary>
    public static long CellOf(double raDeg, double decDeg) => Healpix.AngToPix(Healpix.MaxOrder, raDeg, decDeg) >> 46;

    public void Add(long cell) => _counts[cell]++;

    /// <summary>Cells that hold stars.</summary>
    public long[] Numbers => [.. Enumerable.Range(0, SkyCells).Where(cell => _counts[cell] > 0).Select(cell => (long)cell)];

    /// <summary>How many each of <see cref="Numbers"/> holds.</summary>
    public long[] Stars => [.. _counts.Where(count => count > 0)];

    /// <summary>Stores them as those of all stars of a dataset that is read where it lies, in place of what was counted before.</summary>
    public async Task SaveAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("delete from public.in_place_cells where dataset_id = $1", cancellationToken, datasetId);
        await connection.ExecuteAsync(
            "insert into public.in_place_cells (dataset_id, healpix_6, stars) select $1, * from unnest($2::bigint[], $3::bigint[])",
            cancellationToken,
            datasetId,
            Numbers,
            Stars
        );
        await connection.ExecuteAsync("select view_summaries.after_cells($1)", cancellationToken, datasetId);
    }

    /// <summary>Whether the stars of such a dataset were never counted: an older program registered it.</summary>
    public static async Task<bool> AreMissingAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("select 1 from public.in_place_cells where dataset_id = $1 limit 1", cancellationToken, datasetId)
            is null;
}
