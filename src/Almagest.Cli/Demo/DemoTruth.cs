using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Cli.Demo;

/// <summary>How flagged stars compare with the truth, over the stars that have a label. Null where nothing was flagged or nothing is
/// true.</summary>
internal sealed record Accuracy(long TruePositives, long Flagged, long Real)
{
    public double? Precision => Flagged == 0 ? null : (double)TruePositives / Flagged;

    public double? Recall => Real == 0 ? null : (double)TruePositives / Real;
}

/// <summary>One real cluster, and the found cluster that holds most of its members.</summary>
/// <param name="FoundId">null where no found cluster holds any member</param>
internal sealed record ClusterRecovery(string Name, int Members, int? FoundId, int FoundSize, int Common)
{
    public double Recall => Members == 0 ? 0 : (double)Common / Members;

    public double? Precision => FoundSize == 0 ? null : (double)Common / FoundSize;
}

/// <summary>What is known of a dataset's stars beforehand.</summary>
internal sealed class DemoTruth
{
    private readonly Dictionary<long, (int? IsAnomaly, string? Kind, string? Cluster)> _labels;

    private DemoTruth(Dictionary<long, (int?, string?, string?)> labels) => _labels = labels;

    public bool HasOutliers => _labels.Values.Any(l => l.IsAnomaly is not null);

    public bool HasClusters => _labels.Values.Any(l => l.Cluster is not null);

    public static async Task<DemoTruth> LoadAsync(LedgerDatabase ledger, Dataset dataset, CancellationToken cancellationToken)
    {
        await using var context = ledger.CreateContext();
        var rows = await context
            .StarLabels.Where(l => l.LabelSet == "truth")
            .Join(
                context.Stars.Where(s => s.DatasetId == dataset.DatasetId),
                l => l.StarId,
                s => s.StarId,
                (l, _) =>
                    new
                    {
                        l.StarId,
                        l.IsAnomaly,
                        l.Kind,
                        l.Cluster,
                    }
            )
            .ToListAsync(cancellationToken);
        return new DemoTruth(rows.ToDictionary(r => r.StarId, r => (r.IsAnomaly, r.Kind, r.Cluster)));
    }

    /// <summary>The kind or cluster of a star, where it is known to be anything special.</summary>
    public string? WordFor(long starId) => _labels.TryGetValue(starId, out var l) ? l.Kind ?? l.Cluster : null;

    /// <summary>Null where no star is labelled as outlier or ordinary.</summary>
    public Accuracy? Judge(StarAnalysis analysis)
    {
        if (analysis.Anomalies is not { } found || !HasOutliers)
            return null;
        long hits = 0,
            flagged = 0,
            real = 0;
        for (var i = 0; i < analysis.Stars.Count; i++)
        {
            if (!_labels.TryGetValue(analysis.Stars.StarId[i], out var label) || label.IsAnomaly is not { } truth)
                continue;
            var mark = found.IsAnomaly(i);
            flagged += mark ? 1 : 0;
            real += truth;
            hits += mark ? truth : 0;
        }
        // What was not analysed was not found.
        foreach (var star in Excluded(analysis))
            real += _labels.TryGetValue(star, out var label) ? label.IsAnomaly ?? 0 : 0;
        return new Accuracy(hits, flagged, real);
    }

    /// <summary>Each real cluster of the selection, largest first; empty where none is known.</summary>
    public IReadOnlyList<ClusterRecovery> Recover(StarAnalysis analysis)
    {
        if (analysis.Clusters is not { } found || !HasClusters)
            return [];
        var sizes = found.Labels.Where(l => l >= 0).CountBy(l => l).ToDictionary();
        return
        [
            .. Enumerable
                .Range(0, analysis.Stars.Count)
                .Where(i => _labels.TryGetValue(analysis.Stars.StarId[i], out var l) && l.Cluster is not null)
                .Select(i => (Name: _labels[analysis.Stars.StarId[i]].Cluster!, Label: found.Labels[i]))
                .Concat(
                    Excluded(analysis)
                        .Where(star => _labels.TryGetValue(star, out var l) && l.Cluster is not null)
                        .Select(star => (Name: _labels[star].Cluster!, Label: -1))
                )
                .GroupBy(member => member.Name, member => member.Label)
                .Select(g => Best(g.Key, [.. g], sizes))
                .OrderByDescending(c => c.Members)
                .ThenBy(c => c.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<long> Excluded(StarAnalysis analysis) => analysis.Features.Excluded.SelectMany(e => e.StarIds);

    private static ClusterRecovery Best(string name, List<int> memberLabels, Dictionary<int, int> sizes)
    {
        var best = memberLabels
            .Where(l => l >= 0)
            .CountBy(l => l)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key)
            .Select(c => ((int Id, int Common)?)(c.Key, c.Value))
            .FirstOrDefault();
        return best is { } b
            ? new ClusterRecovery(name, memberLabels.Count, b.Id, sizes[b.Id], b.Common)
            : new ClusterRecovery(name, memberLabels.Count, null, 0, 0);
    }
}
