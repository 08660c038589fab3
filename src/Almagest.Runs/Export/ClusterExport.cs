using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;

namespace Almagest.Runs.Export;

/// <summary>What a complete run says of its clusters: a list, or a table to be written.</summary>
public sealed class ClusterExport(LedgerDatabase ledger)
{
    /// <summary>Largest first.</summary>
    /// <exception cref="LedgerException">the run is not complete, or has no clusters by its type</exception>
    public async Task<ClusterList> ListAsync(DiscoveryRun run, int most, CancellationToken cancellationToken = default)
    {
        RunClusters.Require(run);
        var clusters = new RunClusters(ledger);
        var found = await clusters.OfAsync(run.RunId, most, cancellationToken);
        var total = found.Count < most ? found.Count : await clusters.CountAsync(run.RunId, cancellationToken);
        var named = await new StoredIdentifications(ledger).NamedAsync(
            run.RunId,
            found.ConvertAll(ClusterResources.ToResource),
            cancellationToken
        );
        return new ClusterList(run.RunId, named, total, found.Count < total);
    }

    /// <inheritdoc cref="ListAsync"/>
    public async Task<ExportTable> TableAsync(DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        var list = await ListAsync(run, int.MaxValue, cancellationToken);
        var provenance = await new Provenance(ledger).OfAsync(
            $"The clusters of run {run.RunId}",
            "one row a cluster, largest first",
            run,
            cancellationToken
        );
        IReadOnlyList<object?[]> rows = [.. list.Items.Select(Row)];
        return ColumnTable.Of(
            "clusters",
            [.. ClusterColumns.All, .. ClusterColumns.OfName],
            provenance,
            new[] { rows }.ToAsyncEnumerable()
        );
    }

    private static object?[] Row(ClusterResource c) =>
        [
            (long)c.ClusterId,
            c.Size,
            c.RaDeg,
            c.RaErrorDeg,
            c.DecDeg,
            c.DecErrorDeg,
            c.RadiusDeg,
            c.ParallaxMas,
            c.ParallaxErrorMas,
            c.DistancePc,
            c.DistanceErrorPc,
            c.PmraMasYr,
            c.PmraErrorMasYr,
            c.PmdecMasYr,
            c.PmdecErrorMasYr,
            c.Contrast,
            c.Significance,
            // The newest identification.
            c.KnownAs?[0].Name,
            c.KnownAs?[0].Verdict,
            c.KnownAs?[0].Dataset,
        ];
}
