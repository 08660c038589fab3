using Almagest.Catalog.Mapping;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Execution;

/// <summary>What a run says of each of its clusters, from its members and what the algorithm says of them.</summary>
internal sealed class ClusterSummaries(LedgerDatabase ledger)
{
    /// <param name="dataset">the first of the selection</param>
    /// <returns>by number; the run is left open; empty of an anomaly run</returns>
    public async Task<IReadOnlyList<DiscoveryCluster>> OfAsync(Dataset dataset, StarAnalysis analysis, CancellationToken cancellationToken)
    {
        if (analysis.Clusters is not { ClusterCount: > 0 } found)
            return [];
        var errors = InPlaceStars.Of(dataset) is { } files
            ? await Task.Run(() => ParallaxErrors(files, analysis.Stars, cancellationToken), cancellationToken)
            : await ParallaxErrorsAsync(analysis.Stars, found.OfLabels, cancellationToken);
        return [.. ClusterStatistics.Of(analysis.Stars, found, errors).Select(c => Of(c, found.Clusters?[c.ClusterId]))];
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

    // Of all stars, out of their files.
    private static Sequence<double> ParallaxErrors(InPlaceStars files, StarColumns stars, CancellationToken cancellationToken)
    {
        const int Look = 1 << 16;
        var all = stars.Room.Create<double>(stars.Count);
        var (ids, errors) = (new long[Math.Min(Look, stars.Count)], new double[Math.Min(Look, stars.Count)]);
        var (first, here, at) = (0, 0, 0);
        foreach (var batch in files.Read([StarField.ParallaxErrorMas], cancellationToken))
        {
            for (var i = 0; i < batch.Count && first + at < stars.Count; i++)
            {
                if (at == here)
                    stars.Ids.CopyTo(first, ids.AsSpan(0, here = Math.Min(Look, stars.Count - first)));
                if (ids[at] != files.StarId(batch, i))
                    continue;
                errors[at++] = batch.ParallaxErrorMas[i];
                if (at < here)
                    continue;
                all.Write(first, errors.AsSpan(0, here));
                (first, here, at) = (first + here, 0, 0);
            }
            if (first == stars.Count)
                return all;
        }
        throw files.Changed("they do not hold the stars that were analysed");
    }

    // Of the members; a run does not load them, for no feature needs them.
    private async Task<Sequence<double>> ParallaxErrorsAsync(StarColumns stars, Sequence<int> ofLabels, CancellationToken cancellationToken)
    {
        const int Look = 1 << 17;
        var all = stars.Room.Create<double>(stars.Count);
        for (var first = 0; first < stars.Count; first += Look)
        {
            var count = Math.Min(Look, stars.Count - first);
            var (ids, labels, parallaxes, errors) = (new long[count], new int[count], new double[count], new double[count]);
            stars.Ids.CopyTo(first, ids);
            ofLabels.CopyTo(first, labels);
            stars.Of(StarColumn.Parallax).CopyTo(first, parallaxes);
            Array.Fill(errors, double.NaN);
            var wanted = Enumerable.Range(0, count).Where(i => labels[i] >= 0 && double.IsFinite(parallaxes[i])).ToArray();
            if (wanted.Length > 0)
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
            all.Write(first, errors);
        }
        return all;
    }
}
