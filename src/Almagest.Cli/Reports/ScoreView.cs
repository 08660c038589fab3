using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Statistics;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs score</c> answers.</summary>
internal static class ScoreView
{
    public static void Show(IAnsiConsole console, RunScoreResource score)
    {
        console.Heading($"Run {ConsoleText.Short(score.RunId)} against the labels of the set {score.LabelSet}");
        console.Facts([
            ("labelled", $"{ConsoleText.Plural(score.LabelledStars, "star", "stars")} of its selection"),
            ("not analysed", score.NotAnalysed == 0 ? null : ConsoleText.Count(score.NotAnalysed)),
            .. score.Notes.Select(n => ("note", (string?)n)),
        ]);
        if (score.Clusters.Count > 0)
            Show(console, score.Clusters);
        if (score.Anomalies is { } anomalies)
            Show(console, anomalies);
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<ClusterScore> clusters)
    {
        console.WriteLine();
        var table = ConsoleTables.Of("labelled cluster", ">members", ">found as", ">stars", ">in common", ">precision", ">recall");
        foreach (var c in clusters)
        {
            table.Row(
                c.Cluster,
                ConsoleText.Count(c.Members),
                c.FoundClusterId is { } id ? $"cluster {id}" : "not found",
                c.FoundClusterId is null ? "" : ConsoleText.Count(c.FoundSize),
                ConsoleText.Count(c.Common),
                c.FoundClusterId is null ? "" : Interval(c.Precision),
                Interval(c.Recall)
            );
        }
        console.Write(table);
    }

    private static void Show(IAnsiConsole console, AnomalyScore score)
    {
        console.WriteLine();
        var table = ConsoleTables.Of("stars", ">labelled", ">flagged", ">share");
        table.Row("unusual (recall)", ConsoleText.Count(score.Unusual), ConsoleText.Count(score.TruePositives), Interval(score.Recall));
        foreach (var kind in score.Kinds.Where(k => k.Kind is not null))
            table.Row(
                $"  {kind.Kind}",
                ConsoleText.Count(kind.Recall.Trials),
                ConsoleText.Count(kind.Recall.Successes),
                Interval(kind.Recall)
            );
        table.Row(
            "flagged that are unusual (precision)",
            ConsoleText.Count(score.Flagged),
            ConsoleText.Count(score.TruePositives),
            Interval(score.Precision)
        );
        console.Write(table);
    }

    /// <summary>A share with its interval; the bare counts where there are too few trials for one that means much.</summary>
    private static string Interval(WilsonInterval share) =>
        share.Share is not { } value ? ""
        : share.Trials < RunScoreResource.LeastLabels ? $"{share.Successes} of {share.Trials}"
        : $"{ConsoleText.Number(value, "0.000")} ({ConsoleText.Number(share.Low, "0.00")}–{ConsoleText.Number(share.High, "0.00")})";
}
