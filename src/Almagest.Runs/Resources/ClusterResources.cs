using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Resources;

/// <summary>Clusters of runs as the API, the command line and the pages give them.</summary>
public static class ClusterResources
{
    public static ClusterResource ToResource(this DiscoveryCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return new ClusterResource(
            cluster.ClusterId,
            cluster.Size,
            cluster.RaDeg,
            cluster.RaErrorDeg,
            cluster.DecDeg,
            cluster.DecErrorDeg,
            cluster.RadiusDeg,
            cluster.ParallaxMas,
            cluster.ParallaxErrorMas,
            cluster.DistancePc,
            cluster.DistanceErrorPc,
            cluster.PmraMasYr,
            cluster.PmraErrorMasYr,
            cluster.PmdecMasYr,
            cluster.PmdecErrorMasYr,
            cluster.Contrast,
            cluster.Significance
        );
    }

    /// <summary>Largest first.</summary>
    public static IReadOnlyList<ClusterDescription> Largest(this IEnumerable<DiscoveryCluster> clusters, int most) =>
        [
            .. clusters
                .OrderByDescending(c => c.Size)
                .ThenBy(c => c.ClusterId)
                .Take(most)
                .Select(c => new ClusterDescription(c.ToResource())),
        ];

    /// <summary>The largest clusters of a stored run; of one that was completed by an older program what is known of them: number and size,
    /// and what was said for them.</summary>
    public static async Task<IReadOnlyList<ClusterResource>> LargestAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        int most,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        var known = await new RunClusters(ledger).OfAsync(run.RunId, most, cancellationToken);
        if (known.Count > 0)
            return await new StoredIdentifications(ledger).NamedAsync(run.RunId, known.ConvertAll(ToResource), cancellationToken);
        var sizes = await new AnalyticsQueries(ledger).ClusterSizesAsync(run.RunId, cancellationToken);
        var judged = ResultsSummary.Parse(run.ResultsSummary)?.Clusters?.ToDictionary(c => c.ClusterId);
        return
        [
            .. sizes
                .Take(most)
                .Select(s => new ClusterResource(s.ClusterId, s.ClusterSize)
                {
                    Contrast = judged?.GetValueOrDefault(s.ClusterId)?.Contrast,
                    Significance = judged?.GetValueOrDefault(s.ClusterId)?.Significance,
                }),
        ];
    }
}
