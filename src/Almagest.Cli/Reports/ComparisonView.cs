using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Runs;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers.</summary>
internal sealed class ComparisonView
{
    readonly RunAgreement agreement;
    readonly int top;
    readonly IReadOnlyList<StarLine> stars;

    ComparisonView(RunAgreement agreement, int top, IReadOnlyList<StarLine> stars)
    {
        this.agreement = agreement;
        this.top = top;
        this.stars = stars;
    }

    public static async Task<ComparisonView> CreateAsync(LedgerDatabase ledger, RunAgreement agreement, int top, CancellationToken cancellation)
    {
        var (a, b) = (agreement.Run1, agreement.Run2);
        if (a.RunType != RunTypes.Anomaly || b.RunType != RunTypes.Anomaly || top == 0) return new ComparisonView(agreement, top, []);
        await using var context = ledger.CreateContext();
        // The most anomalous first: by the mean of the two scores.
        var common = await context.Results.Where(r => r.RunId == a.RunId && r.IsAnomaly == 1)
            .Join(context.Results.Where(r => r.RunId == b.RunId && r.IsAnomaly == 1), r => r.StarId, r => r.StarId,
                (x, y) => new { x.StarId, Score = (x.AnomalyScore + y.AnomalyScore) / 2 })
            .OrderBy(c => c.Score).ThenBy(c => c.StarId).Take(top).ToListAsync(cancellation);
        return new ComparisonView(agreement, top, await StarLine.LoadAsync(ledger, [.. common.Select(c => (c.StarId, c.Score))], cancellation));
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
        expected_by_chance = agreement.Expected,
        log10_p_value = agreement.Log10PValue,
        agreement.AdjustedRandIndex,
        common_stars = stars,
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
            table.Row(name, Words.Short(run.RunId), RunWords.Parameters(run.Algorithm, run.Parameters), Words.Count(run.TotalStars), $"{Words.Count(marked)} {What(run)}");
        console.Write(table);
        console.Facts(
            ("analysed by both", Words.Count(agreement.AnalysedByBoth)),
            ("marked by both", $"{Words.Count(agreement.Common)} ({Words.Number(agreement.Expected, "0.#")} expected by chance{Chance()})"),
            ("only by A", Words.Count(agreement.OnlyIn1)),
            ("only by B", Words.Count(agreement.OnlyIn2)),
            ("Jaccard", Words.Number(agreement.JaccardSimilarity, "0.000")),
            ("adjusted Rand", agreement.AdjustedRandIndex is { } ari ? Words.Number(ari, "0.000") + " (1 = the same clusters, 0 = chance)" : null));
        if (stars.Count > 0)
        {
            console.Say("\nThe most anomalous of the common stars (mean score):");
            StarLine.Show(console, stars);
        }
        var matches = agreement.Clusters.Where(c => c.Cluster1 >= 0 || c.Cluster2 >= 0).Take(top).ToList();
        if (matches.Count == 0) return;
        console.Say("\nWhere the clusters of A are in B:");
        var clusters = Tables.Of(">cluster in A", ">cluster in B", ">stars");
        foreach (var m in matches) clusters.Row(Name(m.Cluster1), Name(m.Cluster2), Words.Count(m.Stars));
        console.Write(clusters);
    }

    string Chance() => agreement.Log10PValue switch
    {
        > -0.3 => "; no more than chance",
        > -2 => $"; p = {Math.Pow(10, agreement.Log10PValue).ToString("0.000", CultureInfo.InvariantCulture)}",
        var log => $"; p = 10^{log.ToString("0", CultureInfo.InvariantCulture)}",
    };

    static string What(DiscoveryRun run) => run.RunType == RunTypes.Anomaly ? "flagged" : "noise";

    static string Name(int cluster) => cluster < 0 ? "none" : cluster.ToString(CultureInfo.InvariantCulture);
}
