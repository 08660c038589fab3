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
        // Where the labels cannot say who is right, nobody is looked for among the first.
        var hasFirst = score.PrecisionAtUnusual.Trials > 0;
        string[] columns = ["stars", ">labelled", ">not analysed", ">flagged", ">share"];
        var table = ConsoleTables.Of(hasFirst ? [.. columns, $">among the first {first}"] : columns);
        void Row(string name, string labelled, string missing, long flagged, WilsonInterval share, string among)
        {
            string[] cells = [name, labelled, missing, ConsoleText.Count(flagged), RunScoreResource.Text(share)];
            table.Row(hasFirst ? [.. cells, among] : cells);
        }
        Row(
            "unusual (recall)",
            ConsoleText.Count(score.Unusual),
            ConsoleText.Count(score.Kinds.Where(k => k.IsUnusual).Sum(k => k.NotAnalysed)),
            score.TruePositives,
            score.Recall,
            ConsoleText.Count(score.PrecisionAtUnusual.Successes)
        );
        foreach (var kind in score.Kinds.Where(k => k.Kind is not null))
            Row(
                $"  {kind.Kind}{(kind.IsUnusual ? "" : " (not unusual)")}",
                ConsoleText.Count(kind.Recall.Trials),
                ConsoleText.Count(kind.NotAnalysed),
                kind.Recall.Successes,
                kind.Recall,
                ConsoleText.Count(kind.First)
            );
        Row("flagged that are unusual (precision)", "", "", score.Flagged, score.Precision, "");
        console.Write(table);
        if (hasFirst)
            console.Say(
                $"Of the {first} most anomalous labelled stars {RunScoreResource.Text(score.PrecisionAtUnusual)} are unusual, whatever the "
                    + "threshold."
            );
    }
}
