using Almagest.Contract.Runs;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Annotations;

namespace Almagest.Runs.Scoring;

/// <summary>Finds for each labelled cluster the found one that matches it best.</summary>
internal static class ClusterScores
{
    /// <param name="counts">all labelled stars of the selection</param>
    /// <param name="sizes">stars of each found cluster</param>
    public static IReadOnlyList<ClusterScore> Of(IReadOnlyList<LabelledCount> counts, IReadOnlyDictionary<int, long> sizes)
    {
        var labelled = counts
            .Where(c => c.ClusterId >= 0)
            .GroupBy(c => c.ClusterId!.Value)
            .ToDictionary(g => g.Key, g => g.Sum(c => c.Stars));
        var isJudged = NamesOthers(counts);
        return
        [
            .. counts
                .Where(c => c.Cluster is not null)
                .GroupBy(c => c.Cluster!)
                .Select(g => Best(g.Key, [.. g], labelled, sizes, isJudged))
                .OrderByDescending(s => s.Members)
                .ThenBy(s => s.Cluster, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a label says of any star that it is in no cluster. Where none does, no star of a found cluster can be wrong, and
    /// its precision would be 1 whatever it holds.</summary>
    public static bool NamesOthers(IReadOnlyList<LabelledCount> counts) => counts.Any(c => c.Cluster is null && c.Stars > 0);

    private static ClusterScore Best(
        string name,
        IReadOnlyList<LabelledCount> members,
        Dictionary<int, long> labelled,
        IReadOnlyDictionary<int, long> sizes,
        bool isJudged
    )
    {
        var all = members.Sum(m => m.Stars);
        var missing = members.Where(m => !m.Analysed).Sum(m => m.Stars);
        var best = members
            .Where(m => m.ClusterId >= 0)
            .GroupBy(m => m.ClusterId!.Value)
            .Select(g => (Id: g.Key, Common: g.Sum(m => m.Stars)))
            .OrderByDescending(f => F1(f.Common, all, labelled[f.Id]))
            .ThenByDescending(f => f.Common)
            .ThenBy(f => f.Id)
            .Select(f => ((int Id, long Common)?)f)
            .FirstOrDefault();
        if (best is not { } found)
            return new ClusterScore(name, all, missing, null, 0, 0, 0, WilsonInterval.Of(0, 0), WilsonInterval.Of(0, all), 0);
        return new ClusterScore(
            name,
            all,
            missing,
            found.Id,
            sizes.GetValueOrDefault(found.Id),
            labelled[found.Id],
            found.Common,
            isJudged ? WilsonInterval.Of(found.Common, labelled[found.Id]) : WilsonInterval.Of(0, 0),
            WilsonInterval.Of(found.Common, all),
            isJudged ? F1(found.Common, all, labelled[found.Id]) : null
        );
    }

    private static double F1(long common, long members, long found) => 2.0 * common / (members + found);
}
