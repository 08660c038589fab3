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
        console.Heading($"Run {Words.Short(score.RunId)} against the labels of the set {score.LabelSet}");
        console.Facts([
            ("labelled", $"{Words.Plural(score.LabelledStars, "star", "stars")} of its selection"),
            ("not analysed", score.NotAnalysed == 0 ? null : Words.Count(score.NotAnalysed)),
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
        var table = Tables.Of("labelled cluster", ">members", ">found as", ">stars", ">in common", ">precision", ">recall");
        foreach (var c in clusters)
        {
            table.Row(
                c.Cluster,
                Words.Count(c.Members),
                c.FoundClusterId is { } id ? $"cluster {id}" : "not found",
                c.FoundClusterId is null ? "" : Words.Count(c.FoundSize),
                Words.Count(c.Common),
                c.FoundClusterId is null ? "" : Interval(c.Precision),
                Interval(c.Recall)
            );
        }
        console.Write(table);
    }

    private static void Show(IAnsiConsole console, AnomalyScore score)
    {
        console.WriteLine();
        var table = Tables.Of("stars", ">labelled", ">flagged", ">share");
        table.Row("unusual (recall)", Words.Count(score.Unusual), Words.Count(score.TruePositives), Interval(score.Recall));
        foreach (var kind in score.Kinds.Where(k => k.Kind is not null))
            table.Row($"  {kind.Kind}", Words.Count(kind.Recall.Trials), Words.Count(kind.Recall.Successes), Interval(kind.Recall));
        table.Row(
            "flagged that are unusual (precision)",
            Words.Count(score.Flagged),
            Words.Count(score.TruePositives),
            Interval(score.Precision)
        );
        console.Write(table);
    }

    /// <summary>A share with its interval; the bare counts where there are too few trials for one that means much.</summary>
    private static string Interval(WilsonInterval share) =>
        share.Share is not { } value ? ""
        : share.Trials < RunScoreResource.LeastLabels ? $"{share.Successes} of {share.Trials}"
        : $"{Words.Number(value, "0.000")} ({Words.Number(share.Low, "0.00")}–{Words.Number(share.High, "0.00")})";
}
