using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers.</summary>
internal sealed class ComparisonView
{
    readonly RunAgreement agreement;
    readonly PairSide side;
    readonly int top;
    readonly IReadOnlyList<PairStar> stars;
    readonly FlipCounts flips;

    ComparisonView(RunAgreement agreement, PairSide side, int top, FlipCounts flips, IReadOnlyList<PairStar> stars)
    {
        this.agreement = agreement;
        this.side = side;
        this.top = top;
        this.flips = flips;
        this.stars = stars;
    }

    public static async Task<ComparisonView> CreateAsync(LedgerDatabase ledger, RunAgreement agreement, PairSide side, string? reason, int top, CancellationToken cancellation)
    {
        var flips = await new PairStarReader(ledger).CountAsync(agreement, cancellation);
        return new ComparisonView(agreement, side, top, flips, await StarsAsync(ledger, agreement, side, reason, top, cancellation));
    }

    /// <summary>The same as a document, with the stars of the side that was asked for.</summary>
    public static async Task<ComparisonReport> DocumentAsync(
        LedgerDatabase ledger, RunAgreement agreement, PairSide side, string? reason, int top, CancellationToken cancellation) =>
        new(await ComparisonResources.ReadAsync(ledger, [agreement.Run1, agreement.Run2], top, cancellation))
        {
            Side = side switch { PairSide.OnlyIn1 => "only_1", PairSide.OnlyIn2 => "only_2", _ => "common" },
            Stars = await StarsAsync(ledger, agreement, side, reason, top, cancellation),
        };

    static async Task<IReadOnlyList<PairStar>> StarsAsync(LedgerDatabase ledger, RunAgreement agreement, PairSide side, string? reason, int top, CancellationToken cancellation)
    {
        if (top == 0) return [];
        var (a, b) = (agreement.Run1, agreement.Run2);
        if (side != PairSide.Common) return (await new PairStarReader(ledger).PageAsync(agreement, new PairStarQuery(side, reason, top), cancellation)).Items;
        if (a.RunType != RunTypes.Anomaly || b.RunType != RunTypes.Anomaly) return [];
        await using var context = ledger.CreateContext();
        // The most anomalous first: by the mean of the two scores.
        var common = await context.Results.Where(r => r.RunId == a.RunId && r.IsAnomaly == 1)
            .Join(context.Results.Where(r => r.RunId == b.RunId && r.IsAnomaly == 1), r => r.StarId, r => r.StarId, (x, y) => new { x.StarId, Score1 = x.AnomalyScore, Score2 = y.AnomalyScore })
            .OrderBy(c => (c.Score1 + c.Score2) / 2).ThenBy(c => c.StarId).Take(top)
            .Join(context.Stars, c => c.StarId, s => s.StarId, (c, s) => new { c.Score1, c.Score2, Star = s })
            .ToListAsync(cancellation);
        return
        [
            .. common.OrderBy(c => (c.Score1 + c.Score2) / 2).ThenBy(c => c.Star.StarId).Select(c => new PairStar(
                c.Star.StarId, c.Star.SourceId, c.Star.RaDeg, c.Star.DecDeg, c.Star.ParallaxMas, c.Star.PmraMasYr, c.Star.PmdecMasYr, c.Star.Magnitude, c.Star.Color,
                c.Score1, c.Score2, null, null, null, null)),
        ];
    }

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
        if (stars.Count > 0 && side != PairSide.Common) ShowFlipped(console);
        else if (stars.Count > 0)
        {
            console.Say("\nThe most anomalous of the common stars (mean score):");
            StarLines.Show(console, [.. stars.Select(s => new ScoredStar(
                s.StarId, s.SourceId, s.RaDeg, s.DecDeg, s.ParallaxMas, s.PmraMasYr, s.PmdecMasYr, s.Magnitude, s.Color, (s.Score1 + s.Score2) / 2))]);
        }
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
        foreach (var f in stars)
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
