using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers.</summary>
internal sealed class ComparisonView
{
    readonly RunAgreement agreement;
    readonly PairSide side;
    readonly int top;
    readonly IReadOnlyList<StarLine> stars;
    readonly IReadOnlyList<PairStar> flipped;
    readonly FlipCounts flips;

    ComparisonView(RunAgreement agreement, PairSide side, int top, FlipCounts flips, IReadOnlyList<StarLine> stars, IReadOnlyList<PairStar> flipped)
    {
        this.agreement = agreement;
        this.side = side;
        this.top = top;
        this.flips = flips;
        this.stars = stars;
        this.flipped = flipped;
    }

    public static async Task<ComparisonView> CreateAsync(LedgerDatabase ledger, RunAgreement agreement, PairSide side, string? reason, int top, CancellationToken cancellation)
    {
        var (a, b) = (agreement.Run1, agreement.Run2);
        var reader = new PairStarReader(ledger);
        var flips = await reader.CountAsync(agreement, cancellation);
        if (side != PairSide.Common)
        {
            var page = top == 0 ? [] : (await reader.PageAsync(agreement, new PairStarQuery(side, reason, top), cancellation)).Items;
            return new ComparisonView(agreement, side, top, flips, [], page);
        }
        if (a.RunType != RunTypes.Anomaly || b.RunType != RunTypes.Anomaly || top == 0) return new ComparisonView(agreement, side, top, flips, [], []);
        await using var context = ledger.CreateContext();
        // The most anomalous first: by the mean of the two scores.
        var common = await context.Results.Where(r => r.RunId == a.RunId && r.IsAnomaly == 1)
            .Join(context.Results.Where(r => r.RunId == b.RunId && r.IsAnomaly == 1), r => r.StarId, r => r.StarId,
                (x, y) => new { x.StarId, Score = (x.AnomalyScore + y.AnomalyScore) / 2 })
            .OrderBy(c => c.Score).ThenBy(c => c.StarId).Take(top).ToListAsync(cancellation);
        return new ComparisonView(agreement, side, top, flips, await StarLine.LoadAsync(ledger, [.. common.Select(c => (c.StarId, c.Score))], cancellation), []);
    }

    public object Document => new
    {
        run_1 = Run(agreement.Run1, agreement.Marked1),
        run_2 = Run(agreement.Run2, agreement.Marked2),
        agreement.AnalysedByBoth,
        common_count = agreement.Common,
        only_in_1_count = agreement.OnlyIn1,
        only_in_2_count = agreement.OnlyIn2,
        agreement.JaccardSimilarity,
        agreement.Overlap.Kappa,
        expected_by_chance = agreement.Overlap.Expected,
        agreement.Overlap.Enrichment,
        log10_p_value = agreement.Overlap.Log10PValue,
        agreement.AdjustedRandIndex,
        agreement.AdjustedMutualInformation,
        agreement.NormalizedMutualInformation,
        differences = RunDifference.Of(agreement.Run1, agreement.Run2).Differences,
        only_in_1_reasons = flips.OnlyIn1,
        only_in_2_reasons = flips.OnlyIn2,
        only_in_1_near_threshold = flips.NearThreshold1,
        only_in_2_near_threshold = flips.NearThreshold2,
        common_stars = stars,
        flipped_stars = flipped.Select(f => new
        {
            f.StarId, f.SourceId, f.RaDeg, f.DecDeg, f.Magnitude, f.Color, f.ParallaxMas, f.PmraMasYr, f.PmdecMasYr, score_1 = f.Score1, score_2 = f.Score2, cluster_1 = f.Cluster1,
            cluster_2 = f.Cluster2, f.Reason, f.NearThreshold,
        }),
        clusters = agreement.Clusters.Take(top).Select(c => new { cluster_1 = c.Cluster1, cluster_2 = c.Cluster2, c.Stars }),
    };

    static object Run(DiscoveryRun run, long marked) => new
    {
        run.RunId, run.RunType, run.Algorithm, parameters = JsonText.Parse(run.Parameters), selection = RunWords.Selection(run), run.TotalStars, marked_count = marked,
    };

    public void Show(IAnsiConsole console)
    {
        var (a, b) = (agreement.Run1, agreement.Run2);
        console.Heading($"{Words.Short(a.RunId)} and {Words.Short(b.RunId)}");
        var table = Tables.Of("", "run", "~parameters", ">stars", ">marked");
        foreach (var (name, run, marked) in new[] { ("A", a, agreement.Marked1), ("B", b, agreement.Marked2) })
            table.Row(name, Words.Short(run.RunId), ParameterText.Full(run.Algorithm, run.Parameters), Words.Count(run.TotalStars), $"{Words.Count(marked)} {What(run)}");
        console.Write(table);
        console.Facts(
            ("analysed by both", Words.Count(agreement.AnalysedByBoth)),
            ("marked by both", $"{Words.Count(agreement.Common)} ({Words.Number(agreement.Overlap.Expected, "0.#")} expected by chance{Chance()})"),
            ("only by A", Words.Count(agreement.OnlyIn1) + Reasons(flips.OnlyIn1, flips.NearThreshold1)),
            ("only by B", Words.Count(agreement.OnlyIn2) + Reasons(flips.OnlyIn2, flips.NearThreshold2)),
            ("Jaccard", Words.Number(agreement.JaccardSimilarity, "0.000")),
            ("kappa", Words.Number(agreement.Overlap.Kappa, "0.000") + " (1 = the same marks, 0 = chance)"),
            ("adjusted Rand", agreement.AdjustedRandIndex is { } ari ? Words.Number(ari, "0.000") + " (1 = the same clusters, 0 = chance)" : null));
        if (stars.Count > 0)
        {
            console.Say("\nThe most anomalous of the common stars (mean score):");
            StarLine.Show(console, stars);
        }
        if (flipped.Count > 0) ShowFlipped(console);
        var matches = agreement.Clusters.Where(c => c.Cluster1 >= 0 || c.Cluster2 >= 0).Take(top).ToList();
        if (matches.Count == 0) return;
        console.Say("\nWhere the clusters of A are in B:");
        var clusters = Tables.Of(">cluster in A", ">cluster in B", ">stars");
        foreach (var m in matches) clusters.Row(Name(m.Cluster1), Name(m.Cluster2), Words.Count(m.Stars));
        console.Write(clusters);
    }

    void ShowFlipped(IAnsiConsole console)
    {
        console.Say($"\nStars that only {(side == PairSide.OnlyIn1 ? "A" : "B")} marks:");
        var table = Tables.Of("source_id", ">RA (°)", ">Dec (°)", ">mag", ">in A", ">in B", "reason", "near");
        foreach (var f in flipped)
        {
            table.Row(f.SourceId, Words.Number(f.RaDeg, "0.0000"), Words.Number(f.DecDeg, "+0.0000;-0.0000"), Words.Number(f.Magnitude, "0.00"),
                Said(f.Score1, f.Cluster1), Said(f.Score2, f.Cluster2), f.Reason ?? "", f.NearThreshold == true ? "yes" : "");
        }
        console.Write(table);
    }

    /// <summary>What a run says of a star: its score, or its cluster.</summary>
    static string Said(double? score, int? cluster) => score is { } s ? Words.Number(s, "0.000") : cluster is { } c ? $"cluster {Name(c)}" : "not analysed";

    static string Reasons(IReadOnlyDictionary<string, long> reasons, long near) => reasons.Count == 0 ? ""
        : $" ({string.Join(", ", reasons.Select(r => $"{r.Key} {Words.Count(r.Value)}"))}{(near > 0 ? $"; {Words.Count(near)} near the other's threshold" : "")})";

    string Chance() => agreement.Overlap.Log10PValue switch
    {
        > -0.3 => "; no more than chance",
        > -2 => $"; p = {Math.Pow(10, agreement.Overlap.Log10PValue).ToString("0.000", CultureInfo.InvariantCulture)}",
        var log => $"; p = 10^{log.ToString("0", CultureInfo.InvariantCulture)}",
    };

    static string What(DiscoveryRun run) => run.RunType == RunTypes.Anomaly ? "flagged" : "noise";

    static string Name(int cluster) => cluster < 0 ? "none" : cluster.ToString(CultureInfo.InvariantCulture);
}
