using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Which part of the sky stars of the ledger lie in, as whole HEALPix cells of a chosen order.</summary>
public sealed class CoverageReader(LedgerDatabase ledger)
{
    /// <summary>Cells of 13.7 arc minutes.</summary>
    public const int UsualOrder = 8;

    /// <summary>The cells that hold stars of a dataset.</summary>
    /// <param name="order">0 … 29</param>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<SkyCoverage> OfDatasetAsync(Dataset dataset, int order = UsualOrder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return ReadAsync(
            "select distinct healpix_29 >> $2 as cell from public.stars where dataset_id = $1 order by cell",
            dataset.DatasetId,
            order,
            cancellationToken
        );
    }

    /// <summary>The cells that hold stars which a run analysed.</summary>
    /// <param name="order">0 … 29</param>
    /// <exception cref="LedgerException">the run is not complete, or the database has trouble</exception>
    public Task<SkyCoverage> OfRunAsync(DiscoveryRun run, int order = UsualOrder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs have a coverage.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        return ReadAsync(
            "select distinct s.healpix_29 >> $2 as cell from public.discovery_results r join public.stars s using (star_id) where "
                + "r.run_id = $1 order by cell",
            run.RunId,
            order,
            cancellationToken
        );
    }

    private async Task<SkyCoverage> ReadAsync(string sql, object id, int order, CancellationToken cancellationToken)
    {
        if (order is < 0 or > Healpix.MaxOrder)
            throw LedgerException.Invalid("order", $"order is {order}, expected a whole number from 0 to {Healpix.MaxOrder}");
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection)
                {
                    CommandTimeout = 600,
                    Parameters =
                    {
                        new() { Value = id },
                        new() { Value = 2 * (Healpix.MaxOrder - order) },
                    },
                };
                var cells = new List<long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    cells.Add(reader.GetInt64(0));
                return SkyCoverage.Of(order, cells);
            },
            cancellationToken
        );
    }
}
