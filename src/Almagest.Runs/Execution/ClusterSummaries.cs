using Almagest.Discovery.Clustering;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Execution;

/// <summary>What a run says of each of its clusters, from its members and what the algorithm says of them.</summary>
internal sealed class ClusterSummaries(LedgerDatabase ledger)
{
    /// <returns>by number; the run is left open; empty of an anomaly run</returns>
    public async Task<IReadOnlyList<DiscoveryCluster>> OfAsync(StarAnalysis analysis, CancellationToken cancellationToken)
    {
        if (analysis.Clusters is not { ClusterCount: > 0 } found)
            return [];
        var errors = await ParallaxErrorsAsync(analysis, found.Labels, cancellationToken);
        return
        [
            .. ClusterStatistics
                .Of(analysis.Stars, found.Labels, found.ClusterCount, errors)
                .Select(c => Of(c, found.Clusters?[c.ClusterId])),
        ];
    }

    private static DiscoveryCluster Of(ClusterStatistics c, FoundCluster? judged) =>
        new()
        {
            ClusterId = c.ClusterId,
            Size = c.Size,
            RaDeg = c.Position?.RaDeg,
            RaErrorDeg = c.Position?.RaErrorDeg,
            DecDeg = c.Position?.DecDeg,
            DecErrorDeg = c.Position?.DecErrorDeg,
            RadiusDeg = c.Position?.RadiusDeg,
            ParallaxMas = c.Parallax?.Mean,
            ParallaxErrorMas = c.Parallax?.Error,
            DistancePc = c.Distance?.Mean,
            DistanceErrorPc = c.Distance?.Error,
            PmraMasYr = c.Pmra?.Mean,
            PmraErrorMasYr = c.Pmra?.Error,
            PmdecMasYr = c.Pmdec?.Mean,
            PmdecErrorMasYr = c.Pmdec?.Error,
            Contrast = judged?.Contrast,
            Significance = judged?.Significance,
        };

    // Of the members; a run does not load them, for no feature needs them.
    private async Task<double[]> ParallaxErrorsAsync(StarAnalysis analysis, int[] labels, CancellationToken cancellationToken)
    {
        var (ids, parallaxes) = (analysis.Stars.StarId, analysis.Stars.ParallaxMas);
        var wanted = Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0 && double.IsFinite(parallaxes[i])).ToArray();
        if (wanted.Length == 0)
            return [];
        var errors = new double[ids.Length];
        Array.Fill(errors, double.NaN);
        await ledger.AskAsync(
            connection =>
                StarLookup.ReadAsync(
                    connection,
                    "parallax_error_mas",
                    Array.ConvertAll(wanted, i => ids[i]),
                    reader =>
                    {
                        if (!reader.IsDBNull(1) && Array.BinarySearch(ids, reader.GetInt64(0)) is >= 0 and var i)
                            errors[i] = reader.GetDouble(1);
                    },
                    cancellationToken
                ),
            cancellationToken
        );
        return errors;
    }
}
