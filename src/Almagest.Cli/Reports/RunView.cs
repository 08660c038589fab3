using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Annotations;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>A stored run as lists and <c>runs show</c> show it.</summary>
internal sealed class RunView
{
    readonly DiscoveryRun run;
    readonly IReadOnlyList<string> datasets;
    readonly string selectionHash;
    readonly RunReport report;

    RunView(DiscoveryRun run, IReadOnlyList<Dataset> datasets, RunReport report)
    {
        this.run = run;
        this.datasets = [.. datasets.Select(d => d.Name)];
        // A run of an older program kept none; the selection is there all the same.
        selectionHash = run.SelectionHash ?? SelectionHash.Of(datasets, StarFilter.FromJson(run.DatasetFilter));
        this.report = report;
    }

    public RunReport Document => report;

    public static async Task<RunView> LoadAsync(LedgerDatabase ledger, DiscoveryRun run, int top, CancellationToken cancellation)
    {
        var datasets = await new DatasetRepository(ledger).OfAsync(run, cancellation);
        var annotations = new RunAnnotations(ledger);
        var report = new RunReport(run.ToResource(datasets.ToDictionary(d => d.DatasetId, d => d.Name)))
        {
            Tags = [.. (await annotations.TagsAsync(run.RunId, cancellation)).Select(RunResources.ToResource)],
            RunNotes = [.. (await annotations.NotesAsync(run.RunId, cancellation)).Select(RunResources.ToResource)],
            TopAnomalies = [],
            Clusters = [],
        };
        if (!run.IsComplete || top == 0) return new RunView(run, datasets, report);
        if (run.RunType == RunTypes.Cluster)
        {
            var sizes = await new AnalyticsQueries(ledger).ClusterSizesAsync(run.RunId, cancellation);
            return new RunView(run, datasets, report with { Clusters = [.. sizes.Take(top).Select(s => new ClusterSizeResource(s.ClusterId, s.ClusterSize))] });
        }
        var page = await new ResultRepository(ledger).PageAsync(run.RunId, new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: top), cancellation);
        return new RunView(run, datasets, report with { TopAnomalies = [.. page.Items.Select(RunResources.ToScoredStar)] });
    }

    /// <param name="datasets">names by id; a column of the list where there are several</param>
    public static void ShowList(IAnsiConsole console, IReadOnlyList<DiscoveryRun> runs, IReadOnlyDictionary<long, string> datasets)
    {
        var several = datasets.Count > 1;
        // On a narrow terminal the number of stars makes room for the dataset's name.
        var counts = !several || console.Profile.Width >= 100;
        var table = Tables.Of(["run", .. Only(several, "dataset"), .. Only(counts, ">stars"), "~parameters", "found", "created"]);
        foreach (var r in runs)
        {
            table.Row([Words.Short(r.RunId), .. Only(several, Words.Clip(string.Join(" + ", RunDatasets.Names(r, datasets)), 14)), .. Only(counts, r.TotalStars > 0 ? Words.Count(r.TotalStars) : "–"),
                ParameterText.Short(r.Algorithm, r.Parameters), RunWords.ShortFound(r), r.CreatedAt.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)]);
        }
        console.Write(table);
    }

    static string[] Only(bool wanted, string cell) => wanted ? [cell] : [];

    public void Show(IAnsiConsole console)
    {
        var remarks = (report.ResultsSummary?.Notes ?? []).Select(n => ("note", (string?)n));
        console.Heading($"Run {run.RunId}");
        console.Facts([
            ("what", run.RunType == RunTypes.Cluster ? "clusters" : "anomalies"),
            ("algorithm", run.Algorithm),
            ("parameters", ParameterText.Full(run.Algorithm, run.Parameters)),
            ("stars", $"{(run.TotalStars > 0 ? Words.Count(run.TotalStars) + " of " : "")}{string.Join(" + ", datasets)}: {RunWords.Selection(run)}"),
            ("selection", selectionHash),
            ("status", run.Error is null ? run.Status : $"{run.Status}: {run.Error}"),
            ("found", run.IsComplete ? RunWords.Found(run) : null),
            ("created", Words.When(run.CreatedAt) + " UTC"),
            ("took", run is { StartedAt: { } start, CompletedAt: { } end } ? Words.Duration((end - start).TotalMilliseconds) : null),
            ("program", run.ProgramVersion),
            ("hash", run.ResultsHash),
            ("repeats", run.RetryOf?.ToString()),
            ("sweep", run.GroupId?.ToString()),
            ("attempts", run.Attempts > 1 ? $"{run.Attempts}" : null),
            ("tags", report.Tags.Count > 0 ? string.Join(", ", report.Tags.Select(t => t.Tag)) : null),
            .. remarks,
            .. report.RunNotes.Select(n => ($"{n.WrittenBy ?? "somebody"}, {n.WrittenAt.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)}", (string?)n.Text))]);
        if (report.TopAnomalies.Count > 0)
        {
            console.Say($"\nThe {Words.Plural(report.TopAnomalies.Count, "most anomalous star", "most anomalous stars")} (lower score = more anomalous):");
            StarLines.Show(console, report.TopAnomalies);
        }
        if (report.Clusters.Count > 0)
        {
            console.Say("\nThe largest clusters:");
            var table = Tables.Of(">cluster", ">stars");
            foreach (var (id, size) in report.Clusters) table.Row(id.ToString(), Words.Count(size));
            console.Write(table);
        }
        if (run.IsComplete) console.Say($"Every star of it: almagest runs export {Words.Short(run.RunId)} -o run.csv");
    }
}
