using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
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
                c.FoundClusterId is null ? "" : RunScoreResource.Text(c.Precision),
                RunScoreResource.Text(c.Recall)
            );
        }
        console.Write(table);
    }

    private static void Show(IAnsiConsole console, AnomalyScore score)
    {
        console.WriteLine();
        var first = ConsoleText.Count(score.PrecisionAtUnusual.Trials);
        var table = ConsoleTables.Of("stars", ">labelled", ">not analysed", ">flagged", ">share", $">among the first {first}");
        table.Row(
            "unusual (recall)",
            ConsoleText.Count(score.Unusual),
            ConsoleText.Count(score.Kinds.Where(k => k.IsUnusual).Sum(k => k.NotAnalysed)),
            ConsoleText.Count(score.TruePositives),
            RunScoreResource.Text(score.Recall),
            ConsoleText.Count(score.PrecisionAtUnusual.Successes)
        );
        foreach (var kind in score.Kinds.Where(k => k.Kind is not null))
            table.Row(
                $"  {kind.Kind}{(kind.IsUnusual ? "" : " (not unusual)")}",
                ConsoleText.Count(kind.Recall.Trials),
                ConsoleText.Count(kind.NotAnalysed),
                ConsoleText.Count(kind.Recall.Successes),
                RunScoreResource.Text(kind.Recall),
                ConsoleText.Count(kind.First)
            );
        table.Row(
            "flagged that are unusual (precision)",
            ConsoleText.Count(score.Flagged),
            "",
            ConsoleText.Count(score.TruePositives),
            RunScoreResource.Text(score.Precision),
            ""
        );
        console.Write(table);
        console.Say(
            $"Of the {first} most anomalous labelled stars {RunScoreResource.Text(score.PrecisionAtUnusual)} are unusual, whatever the "
                + "threshold."
        );
    }
}
