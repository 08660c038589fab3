using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers.</summary>
internal sealed class ComparisonView
{
    private readonly RunAgreement _agreement;
    private readonly PairSide _side;
    private readonly int _top;
    private readonly IReadOnlyList<PairStar> _stars;
    private readonly FlipCounts _flips;

    private ComparisonView(RunAgreement agreement, PairSide side, int top, FlipCounts flips, IReadOnlyList<PairStar> stars)
    {
        _agreement = agreement;
        _side = side;
        _top = top;
        _flips = flips;
        _stars = stars;
    }

    public static async Task<ComparisonView> CreateAsync(
        LedgerDatabase ledger,
        RunAgreement agreement,
        PairSide side,
        string? reason,
        int top,
        CancellationToken cancellationToken
    )
    {
        var flips = await new PairStarReader(ledger).CountAsync(agreement, cancellationToken);
        return new ComparisonView(agreement, side, top, flips, await StarsAsync(ledger, agreement, side, reason, top, cancellationToken));
    }

    /// <summary>The same as a document, with the stars of the side that was asked for.</summary>
    public static async Task<ComparisonReport> DocumentAsync(
        LedgerDatabase ledger,
        RunAgreement agreement,
        PairSide side,
        string? reason,
        int top,
        CancellationToken cancellationToken
    ) =>
        new(await ComparisonResources.ReadAsync(ledger, [agreement.Run1, agreement.Run2], top, cancellationToken))
        {
            Side = side switch
            {
                PairSide.OnlyIn1 => "only_1",
                PairSide.OnlyIn2 => "only_2",
                _ => "common",
            },
            Stars = await StarsAsync(ledger, agreement, side, reason, top, cancellationToken),
        };

    private static async Task<IReadOnlyList<PairStar>> StarsAsync(
        LedgerDatabase ledger,
        RunAgreement agreement,
        PairSide side,
        string? reason,
        int top,
        CancellationToken cancellationToken
    )
    {
        if (top == 0)
            return [];
        var (a, b) = (agreement.Run1, agreement.Run2);
        if (side != PairSide.Common)
            return (await new PairStarReader(ledger).PageAsync(agreement, new PairStarQuery(side, reason, top), cancellationToken)).Items;
        if (a.RunType != RunTypes.Anomaly || b.RunType != RunTypes.Anomaly)
            return [];
        return await new PairStarReader(ledger).MostAnomalousAsync(agreement, top, cancellationToken);
    }

    public void Show(IAnsiConsole console)
    {
        var (a, b) = (_agreement.Run1, _agreement.Run2);
        console.Heading($"{ConsoleText.Short(a.RunId)} and {ConsoleText.Short(b.RunId)}");
        var table = ConsoleTables.Of("", "run", "~parameters", ">analysed", ">marked");
        foreach (var (name, run, marked) in new[] { ("A", a, _agreement.Marked1), ("B", b, _agreement.Marked2) })
            table.Row(
                name,
                ConsoleText.Short(run.RunId),
                ParameterText.WithDetector(run.Algorithm, ParameterText.Full(run.Algorithm, run.Parameters)),
                ConsoleText.Count(run.TotalStars),
                $"{ConsoleText.Count(marked)} {What(run)}"
            );
        console.Write(table);
        console.Facts(
            ("analysed by both", ConsoleText.Count(_agreement.AnalysedByBoth)),
            (
                "marked by both",
                $"{ConsoleText.Count(_agreement.Common)} "
                    + $"({ConsoleText.Number(_agreement.Overlap.Expected, "0.#")} expected by chance{Chance()})"
            ),
            ("only by A", ConsoleText.Count(_agreement.OnlyIn1) + Reasons(_flips.OnlyIn1, _flips.NearThreshold1)),
            ("only by B", ConsoleText.Count(_agreement.OnlyIn2) + Reasons(_flips.OnlyIn2, _flips.NearThreshold2)),
            ("Jaccard", ConsoleText.Number(_agreement.JaccardSimilarity, "0.000")),
            ("kappa", ConsoleText.Number(_agreement.Overlap.Kappa, "0.000") + " (1 = the same marks, 0 = chance)"),
            (
                "adjusted Rand",
                _agreement.AdjustedRandIndex is { } ari ? ConsoleText.Number(ari, "0.000") + " (1 = the same clusters, 0 = chance)" : null
            )
        );
        if (_agreement.Remark is { } remark)
            console.Say(remark);
        if (_stars.Count > 0)
            ShowStars(console);
        var matches = _agreement.Clusters.Where(c => c.Cluster1 >= 0 || c.Cluster2 >= 0).Take(_top).ToList();
        if (matches.Count == 0)
            return;
        console.Say("\nWhere the clusters of A are in B:");
        var clusters = ConsoleTables.Of(">cluster in A", ">cluster in B", ">stars");
        foreach (var m in matches)
            clusters.Row(Name(m.Cluster1), Name(m.Cluster2), ConsoleText.Count(m.Stars));
        console.Write(clusters);
    }

    private void ShowStars(IAnsiConsole console)
    {
        var isCommon = _side == PairSide.Common;
        console.Say(
            isCommon
                ? "\nThe most anomalous of the common stars (by the sum of their ranks in the two runs):"
                : $"\nStars that only {(_side == PairSide.OnlyIn1 ? "A" : "B")} marks:"
        );
        string[] why = isCommon ? [] : ["reason", "near"];
        var table = ConsoleTables.Of(["source_id", ">RA (°)", ">Dec (°)", ">mag", ">in A", ">in B", .. why]);
        foreach (var f in _stars)
        {
            string[] answer = isCommon
                ? []
                : [f.Reason is { } reason ? FlipReason.Words(reason) : "", f.NearThreshold == true ? "yes" : ""];
            table.Row([
                f.SourceId,
                ConsoleText.RightAscension(f.RaDeg, "0.0000"),
                ConsoleText.Number(f.DecDeg, "+0.0000;-0.0000"),
                ConsoleText.Number(f.Magnitude, "0.00"),
                Said(f.Score1, f.Cluster1, f.Analysed1),
                Said(f.Score2, f.Cluster2, f.Analysed2),
                .. answer,
            ]);
        }
        console.Write(table);
    }

    /// <summary>What a run says of a star: its score, or its cluster. Of a run that analysed it and whose results are in files, the ledger
    /// does not know.</summary>
    private static string Said(double? score, int? cluster, bool analysed) =>
        score is { } s ? ConsoleText.Number(s, "0.000")
        : cluster is { } c ? $"cluster {Name(c)}"
        : analysed ? "in files"
        : "not analysed";

    private static string Reasons(IReadOnlyDictionary<string, long> reasons, long? near) =>
        reasons.Count == 0
            ? ""
            : $" ({string.Join(", ", reasons.Select(r => $"{FlipReason.Words(r.Key)} {ConsoleText.Count(r.Value)}"))}"
                + (near is > 0 and var close ? $"; {ConsoleText.Count(close)} near the other's threshold)" : ")");

    private string Chance() =>
        _agreement.Overlap.Log10PValue switch
        {
            _ when _agreement.Remark is not null => "; no test",
            > -0.3 => "; no more than chance",
            > -2 => $"; p = {Math.Pow(10, _agreement.Overlap.Log10PValue).ToString("0.000", CultureInfo.InvariantCulture)}",
            var log => $"; p = 10^{log.ToString("0", CultureInfo.InvariantCulture)}",
        };

    private static string What(DiscoveryRun run) => run.RunType == RunTypes.Anomaly ? "flagged" : "noise";

    private static string Name(int cluster) => cluster < 0 ? "none" : cluster.ToString(CultureInfo.InvariantCulture);
}
