using System.Text.Json.Nodes;
using Almagest.Contract.Comparison;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Resources;

/// <summary>Runs side by side as the API and the command line give them.</summary>
public static class ComparisonResources
{
    private const int MostCommon = 100_000;

    /// <summary>Complete runs side by side; of two runs every detail.</summary>
    /// <param name="runs">two or more, of two over one dataset</param>
    /// <param name="limit">of two runs: most stars listed of each of the two sides, and most pairs of clusters</param>
    public static async Task<ComparisonResource> ReadAsync(
        LedgerDatabase ledger,
        IReadOnlyList<DiscoveryRun> runs,
        int limit,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        var table = (await new RunTableReader(ledger).ReadAsync(runs, cancellationToken)).ToResource();
        if (runs.Count != 2)
            return table;
        var pair = await new RunAgreementReader(ledger).ReadAsync(runs[0], runs[1], cancellationToken);
        var stars = new PairStarReader(ledger);
        var names = await new DatasetRepository(ledger).NamesAsync(cancellationToken);
        var common = await stars.IdsAsync(pair, PairSide.Common, MostCommon, cancellationToken);
        var only1 = await stars.IdsAsync(pair, PairSide.OnlyIn1, limit, cancellationToken);
        var only2 = await stars.IdsAsync(pair, PairSide.OnlyIn2, limit, cancellationToken);
        return table with
        {
            Run1 = pair.Run1.ToResource(names),
            Run2 = pair.Run2.ToResource(names),
            Run1Count = pair.Marked1,
            Run2Count = pair.Marked2,
            CommonCount = pair.Common,
            CommonStarIds = common,
            OnlyInRun1Count = pair.OnlyIn1,
            OnlyInRun1StarIds = only1,
            OnlyInRun2Count = pair.OnlyIn2,
            OnlyInRun2StarIds = only2,
            JaccardSimilarity = pair.JaccardSimilarity,
            Agreement = pair.ToResource(await stars.CountAsync(pair, cancellationToken)),
            Clusters = [.. pair.Clusters.Take(limit)],
            Truncated =
                common.Count < pair.Common || only1.Count < pair.OnlyIn1 || only2.Count < pair.OnlyIn2 || pair.Clusters.Count > limit,
        };
    }

    /// <summary>Two anomaly runs over two datasets of the same stars.</summary>
    public static async Task<ComparisonResource> ReadAsync(
        LedgerDatabase ledger,
        RunChanges changes,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        var (run1, run2, found) = (changes.Run1, changes.Run2, changes.Resource);
        var names = await new DatasetRepository(ledger).NamesAsync(cancellationToken);
        return (await new RunTableReader(ledger).ReadAsync([run1, run2], cancellationToken)).ToResource() with
        {
            Run1 = run1.ToResource(names),
            Run2 = run2.ToResource(names),
            Run1Count = found.Flagged1,
            Run2Count = found.Flagged2,
            CommonCount = found.Kept,
            OnlyInRun1Count = found.Gone,
            OnlyInRun2Count = found.New,
            JaccardSimilarity = found.JaccardSimilarity,
            Changes = found,
        };
    }

    /// <summary>Several runs; the fields of a pair are null.</summary>
    public static ComparisonResource ToResource(this RunTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new ComparisonResource(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            [.. table.Differing.Select(d => d.Name)],
            [.. table.Runs.Select((r, i) => r.ToResource(table.Differing, i))],
            [.. table.SeedGroups.Select(ToResource)],
            [.. table.Pairs.Select(ToResource)]
        );
    }

    public static PairResource ToResource(this PairSignificance pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var overlap = pair.Overlap;
        return new PairResource(
            pair.Run1.RunId,
            pair.Run2.RunId,
            overlap.Shared,
            overlap.Marked1,
            overlap.Marked2,
            overlap.Common,
            overlap.Expected,
            overlap.Enrichment,
            overlap.Jaccard,
            overlap.Kappa,
            Math.Pow(10, pair.Log10PValue),
            pair.Log10PValue,
            Math.Pow(10, pair.Log10QValue),
            pair.Log10QValue,
            pair.AdjustedRandIndex
        )
        {
            SharesDetector = pair.SharesDetector,
        };
    }

    /// <summary>The alternatives of a test in words, as the API and the command line take them.</summary>
    public const string Greater = "greater",
        TwoSided = "two-sided";

    /// <summary>A page of the pairs of some runs.</summary>
    /// <param name="all">every pair</param>
    /// <param name="wanted">those that the question is about</param>
    /// <param name="start">where in them the page begins</param>
    public static SignificanceResource PageOf(
        IReadOnlyList<DiscoveryRun> runs,
        IReadOnlyList<PairSignificance> all,
        IReadOnlyList<PairSignificance> wanted,
        int start,
        int limit,
        OverlapAlternative alternative = OverlapAlternative.Greater
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(wanted);
        var page = wanted.Skip(start).Take(limit).ToList();
        var more = start + page.Count < wanted.Count;
        return new SignificanceResource(
            [.. runs.Select(r => r.RunId)],
            alternative == OverlapAlternative.TwoSided ? TwoSided : Greater,
            all.Count(p => p.Overlap.Shared > 0),
            page.ConvertAll(ToResource),
            more ? TokenOf(page[^1]) : null,
            more
        );
    }

    /// <summary>Names a pair as the last one of a page.</summary>
    public static string TokenOf(PairSignificance pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return $"{pair.Run1.RunId:N}{pair.Run2.RunId:N}";
    }

    private static AgreementResource ToResource(this RunAgreement pair, FlipCounts flips) =>
        new(
            pair.Overlap.Shared,
            pair.Overlap.Expected,
            pair.Overlap.Enrichment,
            pair.Overlap.Jaccard,
            pair.Overlap.Kappa,
            Math.Pow(10, pair.Overlap.Log10PValue),
            pair.Overlap.Log10PValue,
            pair.AdjustedRandIndex,
            pair.AdjustedMutualInformation,
            pair.NormalizedMutualInformation,
            RunDifference.Of(pair.Run1, pair.Run2).Differences,
            flips.OnlyIn1,
            flips.OnlyIn2,
            flips.NearThreshold1,
            flips.NearThreshold2
        )
        {
            Remark = pair.Remark,
        };

    private static ComparedRunResource ToResource(this ComparedRun compared, IReadOnlyList<DifferingParameter> differing, int place)
    {
        var run = compared.Run;
        var values = new JsonObject();
        foreach (var parameter in differing)
        {
            if (parameter.Values[place] is { } value)
                values[parameter.Name] = JsonNode.Parse(value);
        }
        return new ComparedRunResource(
            run.RunId,
            run.RunType,
            run.Algorithm,
            compared.Dataset,
            new RawJson(values.ToJsonString()),
            run.TotalStars,
            compared.Marked,
            run.TotalStars == 0 ? 0 : 100.0 * compared.Marked / run.TotalStars,
            compared.Stats?.MinAnomalyScore,
            compared.Stats?.AvgAnomalyScore,
            compared.Stats?.ClusterCount,
            compared.Stats?.MaxClusterSize,
            compared.MeanKappa,
            compared.Draw,
            compared.Seconds,
            run.CreatedAt
        );
    }

    private static SeedGroupResource ToResource(this SeedGroup group) =>
        new(
            [.. group.Members.Select(m => m.RunId)],
            group.Seeds,
            group.Marked,
            group.MeanScore,
            group.Clusters,
            group.Kappa,
            group.Jaccard
        );
}
