using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Export;

/// <summary>The pairs of a matrix of runs, as a table to be written.</summary>
public sealed class MatrixExport(LedgerDatabase ledger)
{
    /// <param name="runs">all runs of the matrix</param>
    /// <param name="pairs">those to be written</param>
    /// <param name="rows">which pairs these are, in words</param>
    public async Task<ExportTable> TableAsync(
        IReadOnlyList<DiscoveryRun> runs,
        IReadOnlyList<PairSignificance> pairs,
        string rows = "all pairs, most significant first",
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(pairs);
        var provenance = await new Provenance(ledger).OfAsync($"How {runs.Count} runs overlap", rows, runs, cancellationToken);
        IReadOnlyList<object?[]> batch =
        [
            .. pairs.Select(p =>
                new object?[]
                {
                    p.Run1.RunId.ToString(),
                    p.Run2.RunId.ToString(),
                    p.Overlap.Shared,
                    p.Overlap.Marked1,
                    p.Overlap.Marked2,
                    p.Overlap.Common,
                    p.Overlap.Expected,
                    p.Overlap.Jaccard,
                    p.Overlap.Kappa,
                    p.Log10PValue,
                    p.Log10QValue,
                    p.AdjustedRandIndex,
                }
            ),
        ];
        return ColumnTable.Of("overlaps", ComparisonColumns.OfMatrix, provenance, new[] { batch }.ToAsyncEnumerable());
    }
}
