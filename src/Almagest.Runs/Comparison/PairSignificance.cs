using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Comparison;

/// <summary>Against what a pair's independence is tested.</summary>
public enum OverlapAlternative
{
    /// <summary>The runs have more stars in common than independent ones.</summary>
    Greater,

    /// <summary>They have more or fewer.</summary>
    TwoSided,
}

/// <summary>One pair of a matrix of runs.</summary>
/// <param name="Log10QValue">log10 of the p value adjusted for all pairs of the matrix (Benjamini and Hochberg 1995)</param>
/// <param name="AdjustedRandIndex">of two cluster runs; null for others, and where it was not asked for</param>
public sealed record PairSignificance(
    DiscoveryRun Run1,
    DiscoveryRun Run2,
    MarkOverlap Overlap,
    double Log10PValue,
    double Log10QValue,
    double? AdjustedRandIndex = null
)
{
    /// <summary>Whether they have one fitted detector, as a run and its copy with another threshold: their overlap is no test.</summary>
    public bool SharesDetector => RunOrigin.SharesDetector(Run1, Run2);

    /// <summary>All pairs of some runs, the most significant first. Pairs without a star in common are not tests and are left out of the
    /// adjustment.</summary>
    public static IReadOnlyList<PairSignificance> Matrix(
        IReadOnlyList<DiscoveryRun> runs,
        IReadOnlyList<MarkedRun> marks,
        OverlapAlternative alternative = OverlapAlternative.Greater
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(marks);
        var pairs = new List<(DiscoveryRun A, DiscoveryRun B, MarkOverlap Overlap, double P)>();
        for (var i = 0; i < runs.Count; i++)
        {
            for (var j = i + 1; j < runs.Count; j++)
            {
                var overlap = MarkOverlap.Count(marks[i].Analysed, marks[i].Marked, marks[j].Analysed, marks[j].Marked);
                var p = alternative == OverlapAlternative.TwoSided ? overlap.Log10TwoSidedPValue : overlap.Log10PValue;
                pairs.Add((runs[i], runs[j], overlap, p));
            }
        }
        var tests = pairs.Where(p => p.Overlap.Shared > 0).ToList();
        var q = FalseDiscoveryRate.AdjustLog10([.. tests.Select(p => p.P)]);
        return
        [
            .. tests
                .Select((p, i) => new PairSignificance(p.A, p.B, p.Overlap, p.P, q[i]))
                .Concat(pairs.Where(p => p.Overlap.Shared == 0).Select(p => new PairSignificance(p.A, p.B, p.Overlap, 0, 0)))
                .OrderBy(p => p.Log10PValue)
                .ThenByDescending(p => p.Overlap.Kappa ?? -2)
                .ThenBy(p => p.Run1.RunId)
                .ThenBy(p => p.Run2.RunId),
        ];
    }
}
