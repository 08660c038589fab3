using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Recovery;
using Almagest.Contract.Runs;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Model;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs recovery</c> answers.</summary>
internal static class RecoveryView
{
    public static void Show(IAnsiConsole console, RecoveryReport r, DiscoveryRun run)
    {
        var s = r.Settings;
        console.Heading($"What run {ConsoleText.Short(r.RunId)} would find of planted {s.Plant}");
        console.Facts([
            ("run", $"{r.Algorithm}, {ParameterText.Full(run.Algorithm, run.Parameters)}"),
            ("stars", AnalysedText.Selected(r.TotalStars, Excluded(r, run), r.Dataset, r.Selection)),
            (
                "planted",
                r.Outliers is null
                    ? $"{ConsoleText.Plural(r.Recovery.Trials, "cluster", "clusters")}, one at a time, seed {s.Seed}"
                    : $"{ConsoleText.Plural(s.Stars!.Value, "star", "stars")} at a time, "
                        + $"{ConsoleText.Plural(s.Repetitions!.Value, "time", "times")}, seed {s.Seed}"
            ),
            ("found", Interval(r.Recovery)),
            ("took", $"{ConsoleText.Plural(r.Runs, "run", "runs")} in {ConsoleText.Duration(1000 * r.Seconds)}"),
            .. r.Notes.Select(n => ("note", (string?)n)),
        ]);
        if (r.Outliers is { } outliers)
            Show(console, outliers, run.RunType == RunTypes.Anomaly ? "flagged" : "in no cluster");
        if (r.Clusters is { } clusters)
            Show(console, clusters);
    }

    // As the run counted them, where it had the stars that the trials had.
    private static IReadOnlyList<ExcludedCount>? Excluded(RecoveryReport r, DiscoveryRun run) =>
        run.TotalStars == r.TotalStars ? ResultsSummary.Parse(run.ResultsSummary)?.Excluded : null;

    private static void Show(IAnsiConsole console, OutlierRecovery outliers, string marked)
    {
        console.Say($"\nShare {marked}, by contrast (in spreads of the trait; 95 % intervals):");
        var traits = outliers.ByContrast.Select(c => c.Trait).Distinct().ToList();
        var table = ConsoleTables.Of([">contrast", .. traits.SelectMany(t => new[] { $">{t}", ">found" })]);
        foreach (var row in outliers.ByContrast.GroupBy(c => c.Contrast))
        {
            table.Row([
                Number(row.Key),
                .. traits
                    .Select(t => row.First(c => c.Trait == t))
                    .SelectMany(c => new[] { $"{ConsoleText.Number(c.Displacement, "0.##")} {c.Unit}", Interval(c.Recovery) }),
            ]);
        }
        console.Write(table);
        Bins(console, "By magnitude, contrast above 0:", "magnitude", outliers.ByMagnitude);
        Bins(console, "By distance, contrast above 0:", "distance (pc)", outliers.ByDistance);
        console.Say("\nFalse positives:");
        console.Facts(
            (
                "ordinary stars",
                outliers.Control is { } control ? $"{Interval(control)} of {ConsoleText.Count(control.Trials)} planted" : null
            ),
            ("real stars", $"{Interval(outliers.Real.Marked)}, an upper limit: some are odd"),
            (
                "by planting",
                $"{ConsoleText.Number(outliers.Real.MeanGained, "0.#")} real stars marked that were not, "
                    + $"{ConsoleText.Number(outliers.Real.MeanLost, "0.#")} no more, of {ConsoleText.Count(outliers.Real.MarkedWithout)}"
            )
        );
    }

    private static void Show(IAnsiConsole console, ClusterRecovery clusters)
    {
        console.Say("\nClusters found (half of the members in one cluster, and half of it), 95 % intervals:");
        var spreads = clusters.ByPlan.Select(p => p.Cluster.SpreadPc).Distinct().Count() > 1;
        var table = ConsoleTables.Of([
            ">pc",
            .. spreads ? [">spread"] : Array.Empty<string>(),
            ">mas/yr",
            ">members",
            ">contrast",
            ">found",
            ">complete",
            ">pure",
        ]);
        foreach (var p in clusters.ByPlan)
        {
            table.Row([
                Number(p.Cluster.DistancePc),
                .. spreads ? [Number(p.Cluster.SpreadPc)] : Array.Empty<string>(),
                Number(p.Cluster.DispersionMasYr),
                ConsoleText.Count(p.Cluster.Members),
                p.MedianContrast is { } c ? ConsoleText.Number(c, "G2") : "∞",
                Interval(p.Recovery),
                ConsoleText.Number(p.Completeness, "0.00"),
                ConsoleText.Number(p.Purity, "0.00"),
            ]);
        }
        console.Write(table);
        Bins(console, "Clusters by contrast (members to field stars around them):", "contrast", clusters.ByContrast);
        Bins(console, "Members by magnitude:", "magnitude", clusters.MembersByMagnitude);
        Bins(console, "Members by observed distance:", "distance (pc)", clusters.MembersByDistance);
        console.Say("\nFalse positives:");
        console.Facts(
            ("without planting", ConsoleText.Plural(clusters.False.ClustersWithout, "cluster", "clusters")),
            (
                "by planting",
                $"{ConsoleText.Number(clusters.False.MeanFalse, "0.##")} clusters a repetition, not planted, not there without; any in "
                    + $"{Interval(clusters.False.Repetitions)}"
            )
        );
    }

    private static void Bins(IAnsiConsole console, string heading, string of, IReadOnlyList<RecoveryBin> bins)
    {
        if (bins.Count == 0)
            return;
        console.Say("\n" + heading);
        var table = ConsoleTables.Of(of, ">planted", ">found");
        foreach (var b in bins)
            table.Row(Range(b), ConsoleText.Count(b.Recovery.Trials), Interval(b.Recovery));
        console.Write(table);
    }

    private static string Range(RecoveryBin b) =>
        b switch
        {
            { IsUnknown: true } => "not known",
            { From: null, To: null } => "all",
            { From: null } => $"below {Number(b.To!.Value)}",
            { To: null } => $"from {Number(b.From!.Value)}",
            _ => $"{Number(b.From!.Value)} to {Number(b.To!.Value)}",
        };

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Interval(WilsonInterval i) =>
        i.Share is not { } share ? "–" : string.Create(CultureInfo.InvariantCulture, $"{share:0.00} ({i.Low:0.00}–{i.High:0.00})");
}
