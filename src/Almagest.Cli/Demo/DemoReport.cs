using System.Globalization;
using Almagest.Cli.Reports;
using Almagest.Cli.Shell;
using Almagest.Contract.Datasets;
using Almagest.Contract.Runs;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Views;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Demo;

/// <summary>What the demonstration found.</summary>
/// <param name="Loaded">the load as a document</param>
internal sealed record DemoReport(
    IngestReport Ingest,
    IngestResource Loaded,
    IReadOnlyList<DemoRun> Runs,
    IReadOnlyList<ViewRefreshOutcome> Views,
    DemoAnswers Answers,
    DemoTruth Truth,
    ColumnCoverage Columns,
    double ElapsedMs
)
{
    public DemoDocument Document =>
        new(
            Loaded,
            [.. Runs.Select(DemoRunDocument.Of)],
            Views.ToResource(),
            [.. Answers.Persistent.Select(s => s with { Truth = Truth.WordFor(s.StarId) })],
            Answers.Pairs,
            Answers.Timeline,
            ElapsedMs
        );

    public void Show(IAnsiConsole console)
    {
        ShowDataset(console);
        ShowRuns(console);
        ShowKinds(console);
        ShowPersistent(console);
        ShowOverlaps(console);
        ShowClusters(console);
        ShowTimeline(console);
    }

    private void ShowDataset(IAnsiConsole console)
    {
        var dataset = Ingest.Dataset;
        console.Heading(
            $"{dataset.Name}: {ConsoleText.Plural(dataset.StarCount, "star", "stars")}"
                + (Ingest.AlreadyLoaded ? ", loaded before" : $", loaded in {ConsoleText.Duration(Ingest.ElapsedMs)}")
        );
        if (dataset.RejectedCount > 0)
            console.Say(
                $"{ConsoleText.Plural(dataset.RejectedCount, "row", "rows")} could not be loaded: almagest datasets show "
                    + $"{IngestReportView.Quote(dataset.Name)}"
            );
        console.Say(
            "Stars with proper motion "
                + $"{Known(StarColumn.Pmra)}, parallax {Known(StarColumn.Parallax)} (fit for a distance "
                + $"{ConsoleText.Count(Columns.Distances)}), magnitude {Known(StarColumn.Magnitude)}, colour {Known(StarColumn.Color)}."
        );
        if (Runs.Any(r => r.Excluded > 0))
            console.Say("A run leaves out the stars that lack what it needs: almagest runs excluded RUN lists them.");
    }

    private string Known(StarColumn column) => ConsoleText.Count(Columns.Of(column, asDistance: false));

    private void ShowRuns(IAnsiConsole console)
    {
        var truth = Runs.Any(r => r.Score?.Anomalies is not null);
        console.Heading("\nThe runs");
        var table = ConsoleTables.Of([
            "",
            "run",
            "parameters",
            ">analysed",
            "found",
            ">time",
            .. truth ? [">prec.", ">recall", ">at N"] : Array.Empty<string>(),
        ]);
        foreach (var run in Runs)
        {
            table.Row([
                run.Letter,
                run.RunId is { } id ? ConsoleText.Short(id) : "–",
                Parameters(run),
                run.RunId is null ? "–" : ConsoleText.Count(run.Stars),
                run.Failure is not null ? "not possible"
                : run.IsAnomaly ? $"{ConsoleText.Count(run.Found)} flagged"
                : ConsoleText.Plural(run.Found, "cluster", "clusters"),
                run.Timings is { } t ? ConsoleText.Duration(t.Load + t.Compute + t.Persist) : "–",
                .. truth
                    ?
                    [
                        Share(run.Score?.Anomalies?.Precision.Share),
                        Share(run.Score?.Anomalies?.Recall.Share),
                        Share(run.Score?.Anomalies?.PrecisionAtUnusual.Share),
                    ]
                    : Array.Empty<string>(),
            ]);
        }
        console.Write(table);
        foreach (var choice in Runs.Where(r => r.Choice is not null).GroupBy(r => r.Choice!.Reason))
            console.Say($"{string.Join(", ", choice.Select(r => r.Letter))}: {choice.Key}");
        foreach (var run in Runs.Where(r => r.Failure is not null))
            console.Say($"{run.Letter}: {run.Failure}");
        if (Runs.FirstOrDefault(r => r.Score?.Anomalies is not null)?.Score?.Anomalies is { } any)
            console.Say(
                $"Precision and recall of the flags against the {ConsoleText.Plural(any.Unusual, "known outlier", "known outliers")}; "
                    + $"at N: the share of them among the {ConsoleText.Count(any.Unusual)} most anomalous stars."
            );
    }

    /// <summary>What the run with the defaults finds of each kind of star that is known.</summary>
    private void ShowKinds(IAnsiConsole console)
    {
        var run = Runs.FirstOrDefault(r => r.Planned.Parameters.Equals(new IsolationForestParameters()));
        if (run?.Score?.Anomalies is not { } score || score.Kinds.All(k => k.Kind is null))
            return;
        console.Heading($"\nWhat {run.Letter} finds of each kind");
        var table = ConsoleTables.Of(
            "kind",
            ">stars",
            ">not analysed",
            ">flagged",
            $">among the first {ConsoleText.Count(score.PrecisionAtUnusual.Trials)}"
        );
        foreach (var kind in score.Kinds.Where(k => k.Kind is not null))
            table.Row(
                kind.Kind!.Replace('_', ' ') + (kind.IsUnusual ? "" : " (not to be found)"),
                ConsoleText.Count(kind.Recall.Trials),
                ConsoleText.Count(kind.NotAnalysed),
                ConsoleText.Count(kind.Recall.Successes),
                ConsoleText.Count(kind.First)
            );
        console.Write(table);
    }

    private static string Parameters(DemoRun run) => ParameterText.Short(run.Parameters.Algorithm.Name, run.Parameters.ToJson());

    private static string Share(double? value) => value is { } v ? v.ToString("0.00", CultureInfo.InvariantCulture) : "";

    private void ShowPersistent(IAnsiConsole console)
    {
        if (Answers.Persistent.Count == 0)
            return;
        console.Heading("\nThe most persistent anomalies (score: mean over the runs that flag the star; equals as loaded)");
        var truth = Answers.Persistent.Any(s => Truth.WordFor(s.StarId) is not null);
        var table = ConsoleTables.Of([
            "source_id",
            ">RA (°)",
            ">Dec (°)",
            ">mag",
            ">plx (mas)",
            ">RUWE",
            ">flagged",
            ">score",
            .. truth ? ["truth"] : Array.Empty<string>(),
        ]);
        foreach (var s in Answers.Persistent)
        {
            table.Row([
                s.SourceId,
                ConsoleText.RightAscension(s.RaDeg, "0.00"),
                ConsoleText.Number(s.DecDeg, "+0.00;-0.00"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                ConsoleText.Number(s.ParallaxMas, "0.00") + (s.ParallaxErrorMas is { } e ? $" ± {ConsoleText.Number(e, "0.00")}" : ""),
                ConsoleText.Number(s.Ruwe, "0.0"),
                $"{s.AnomalyCount} of {s.TotalRuns}",
                s.MeanAnomalyScore is { } mean ? ConsoleText.Number(mean, "0.000") : "–",
                .. truth ? [Truth.WordFor(s.StarId)?.Replace('_', ' ') ?? ""] : Array.Empty<string>(),
            ]);
        }
        console.Write(table);
        if (Answers.Persistent.Any(s => s.MeanAnomalyScore is null))
            console.Say($"Without a score: {ScoreText.Mixed}.");
    }

    private void ShowOverlaps(IAnsiConsole console)
    {
        var runs = Runs.Where(r => r is { IsAnomaly: true, RunId: not null }).ToList();
        if (runs.Count < 2)
            return;
        console.Heading("\nHow far the anomaly runs agree (Jaccard similarity: 1 = the same stars)");
        var table = ConsoleTables.Of(["", .. runs.Select(r => ">" + r.Letter)]);
        var similarity = Answers
            .Pairs.SelectMany(p => new[] { ((p.Run1Id, p.Run2Id), p.JaccardSimilarity), ((p.Run2Id, p.Run1Id), p.JaccardSimilarity) })
            .ToDictionary();
        foreach (var row in runs)
        {
            table.Row([
                row.Letter,
                .. runs.Select(column =>
                    column == row ? "·"
                    : similarity.TryGetValue((row.RunId!.Value, column.RunId!.Value), out var s)
                        ? s.ToString("0.00", CultureInfo.InvariantCulture)
                    : "–"
                ),
            ]);
        }
        console.Write(table);
    }

    private void ShowClusters(IAnsiConsole console)
    {
        foreach (var run in Runs.Where(r => r is { IsAnomaly: false, RunId: not null }))
        {
            console.Heading(
                $"\nClusters of {run.Letter}: {ConsoleText.Count(run.Found)}, with "
                    + $"{ConsoleText.Plural(run.Stars - run.Noise, "star", "stars")}; "
                    + $"{ConsoleText.Plural(run.Noise, "star", "stars")} in none"
            );
            if (run.Recovered.Count > 0)
            {
                var table = ConsoleTables.Of("real cluster", ">members", ">found as", ">stars", ">precision", ">recall");
                foreach (var c in run.Recovered)
                    table.Row(
                        c.Name,
                        ConsoleText.Count(c.Members),
                        c.FoundId?.ToString(CultureInfo.InvariantCulture) ?? "–",
                        c.FoundId is null ? "–" : ConsoleText.Count(c.FoundSize),
                        Share(c.Precision),
                        Share(c.Recall)
                    );
                console.Write(table);
            }
            else if (run.Clusters.Count > 0)
            {
                ClusterLines.Show(console, [.. run.Clusters.Take(5)]);
            }
        }
    }

    private void ShowTimeline(IAnsiConsole console)
    {
        if (Answers.Timeline.Count == 0)
            return;
        console.Heading("\nTimeline of the ledger");
        var table = ConsoleTables.Of("week from", "type", ">runs", ">completed", ">star-analyses");
        foreach (var t in Answers.Timeline)
            table.Row(
                t.PeriodStart.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                t.RunType,
                ConsoleText.Count(t.TotalRuns),
                ConsoleText.Count(t.CompletedRuns),
                ConsoleText.Count(t.TotalStarsAnalyzed)
            );
        console.Write(table);
        console.Say(
            $"All of it in {ConsoleText.Duration(ElapsedMs)}: "
                + $"load, {ConsoleText.Plural(Runs.Count(r => r.RunId is not null), "run", "runs")}, "
                + $"{ConsoleText.Plural(Views.Count, "view", "views")} refreshed."
        );
    }

    /// <summary>What to do next, where nothing is served.</summary>
    public void ShowNext(IAnsiConsole console)
    {
        var run = Runs.First(r => r.RunId is not null);
        var name = IngestReportView.Quote(Ingest.Dataset.Name);
        console.Heading("\nNext");
        console.Facts([
            ("almagest serve", "the API and its pages on http://127.0.0.1:8000/"),
            ($"almagest runs show {ConsoleText.Short(run.RunId!.Value)}", "one run and its stars"),
            .. Truth.IsThere
                ? Array.Empty<(string, string?)>()
                :
                [
                    ($"almagest ingest --labels members.csv --as NAME --dataset {name}", "a list of members, to judge runs by"),
                    ($"almagest datasets report {name}", "what became of the file's columns and rows"),
                ],
            ("almagest discover --help", "runs of your own"),
            ("almagest ingest FILE", "a catalogue of your own"),
        ]);
    }
}
