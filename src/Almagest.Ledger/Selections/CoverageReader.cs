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

    /// <summary>The finest order that is known of a catalogue which is read where it lies: cells of 55 arc minutes.</summary>
    public const int OrderOfFiles = 6;

    /// <summary>The cells that hold stars of a dataset.</summary>
    /// <param name="order">0 … 29; null = the usual one</param>
    /// <exception cref="LedgerException">it is read where it lies, and of so fine an order nothing is known; the database has
    /// trouble</exception>
    public Task<SkyCoverage> OfDatasetAsync(Dataset dataset, int? order = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.InPlace is not null)
            return CountedAsync(dataset, order, cancellationToken);
        return ReadAsync(
            "select distinct healpix_29 >> $2 as cell from public.stars where dataset_id = $1 order by cell",
            dataset.DatasetId,
            order ?? UsualOrder,
            cancellationToken
        );
    }

    /// <summary>The cells that hold stars which a run analysed.</summary>
    /// <param name="order">0 … 29; null = the usual one</param>
    /// <exception cref="LedgerException">the run is not complete; its results are in files, and of so fine an order nothing is known; the
    /// database has trouble</exception>
    public Task<SkyCoverage> OfRunAsync(DiscoveryRun run, int? order = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs have a coverage.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        if (run.StarSetId is { } set)
            return OfFilesAsync("public.analysed_set_cells where set_id = $1", set, order, cancellationToken);
        return ReadAsync(
            "select distinct s.healpix_29 >> $2 as cell from public.discovery_results r join public.stars s using (star_id) where "
                + "r.run_id = $1 order by cell",
            run.RunId,
            order ?? UsualOrder,
            cancellationToken
        );
    }

    private async Task<SkyCoverage> CountedAsync(Dataset dataset, int? order, CancellationToken cancellationToken)
    {
        var coverage = await OfFilesAsync("public.in_place_cells where dataset_id = $1", dataset.DatasetId, order, cancellationToken);
        return coverage.Cells.Count > 0 || dataset.StarCount == 0
            ? coverage
            : throw LedgerException
                .Of(
                    ErrorCode.DatasetInPlace,
                    $"where the stars of dataset '{dataset.Name}' are was not counted: an older program registered it",
                    "Register it again: its name, its numbers and its runs stay."
                )
                .With("dataset", dataset.Name);
    }

    // The ledger counts the stars of files by cell of one order.
    private Task<SkyCoverage> OfFilesAsync(string cells, long id, int? order, CancellationToken cancellationToken)
    {
        if (order > OrderOfFiles)
            throw LedgerException.Invalid(
                "order",
                $"order is {order}; of a catalogue that is read where it lies cells of order {OrderOfFiles} are the finest that are known",
                $"Give 0 to {OrderOfFiles}, or leave it out."
            );
        return ReadAsync(
            $"select distinct healpix_6 >> ($2 - {2 * (Healpix.MaxOrder - OrderOfFiles)}) as cell from {cells} order by cell",
            id,
            order ?? OrderOfFiles,
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
