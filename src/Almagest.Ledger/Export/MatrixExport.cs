using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Ledger.Comparing;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Export;

/// <summary>The pairs of a matrix of runs, as a table to be written.</summary>
public sealed class MatrixExport(LedgerDatabase ledger)
{
    static readonly IReadOnlyList<CatalogColumn> Columns =
    [
        new("run_1_id", ColumnType.Text),
        new("run_2_id", ColumnType.Text),
        new("shared", ColumnType.Int64, Description: "stars that both runs analysed"),
        new("marked_1", ColumnType.Int64, Description: "of them, those that run 1 marks"),
        new("marked_2", ColumnType.Int64, Description: "of them, those that run 2 marks"),
        new("common", ColumnType.Int64, Description: "of them, those that both mark"),
        new("expected", ColumnType.Double, Description: "common stars to be expected, were the runs independent"),
        new("jaccard", ColumnType.Double, Description: "common over marked by either"),
        new("kappa", ColumnType.Double, Description: "agreement beyond chance (Cohen 1960)"),
        new("log10_p_value", ColumnType.Double, Description: "log10 of the chance of at least so many common stars (hypergeometric)"),
        new("log10_q_value", ColumnType.Double, Description: "the same adjusted over all pairs (Benjamini and Hochberg 1995)"),
        new("adjusted_rand_index", ColumnType.Double, Description: "of two cluster runs; missing for others"),
    ];

    /// <param name="runs">all runs of the matrix</param>
    /// <param name="pairs">those to be written</param>
    /// <param name="rows">which pairs these are, in words</param>
    public async Task<OutgoingTable> TableAsync(IReadOnlyList<DiscoveryRun> runs, IReadOnlyList<PairSignificance> pairs, string rows = "all pairs, most significant first", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(pairs);
        var provenance = await new Provenance(ledger).OfAsync($"How {runs.Count} runs overlap", rows, runs, cancellation);
        IReadOnlyList<object?[]> batch =
        [
            .. pairs.Select(p => new object?[]
            {
                p.Run1.RunId.ToString(), p.Run2.RunId.ToString(), p.Overlap.Shared, p.Overlap.Marked1, p.Overlap.Marked2, p.Overlap.Common, p.Overlap.Expected,
                p.Overlap.Jaccard, p.Overlap.Kappa, p.Log10PValue, p.Log10QValue, p.AdjustedRandIndex,
            }),
        ];
        return new OutgoingTable(Columns, provenance, new[] { batch }.ToAsyncEnumerable());
    }
}
