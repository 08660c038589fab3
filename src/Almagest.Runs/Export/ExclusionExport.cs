using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Runs.Results;

namespace Almagest.Runs.Export;

/// <summary>The stars that a run did not analyse, as a table to be written.</summary>
public sealed class ExclusionExport(LedgerDatabase ledger)
{
    private static readonly IReadOnlyList<Column> s_columns = [RunColumns.Reason, .. ExportColumns.Star];

    /// <param name="excluded">what <see cref="ExcludedStarReader"/> found of this run</param>
    public async Task<ExportTable> TableAsync(
        DiscoveryRun run,
        IReadOnlyList<ExcludedStars> excluded,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(excluded);
        var provenance = await new Provenance(ledger).OfAsync(
            $"Stars that run {run.RunId} selected and did not analyse",
            "found again from the selection and the recipe; by reason and star_id",
            run,
            cancellationToken
        );
        return ColumnTable.Of("excluded", s_columns, provenance, BatchesAsync(excluded, cancellationToken)) with
        {
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, RunDatasets.Ids(run), cancellationToken),
        };
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        IReadOnlyList<ExcludedStars> excluded,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var batch in new ExcludedStarReader(ledger).ReadAsync(excluded, cancellationToken))
            yield return [.. batch.Select(x => (object?[])[x.Reason, .. ExportColumns.Of(x.Star)])];
    }
}
