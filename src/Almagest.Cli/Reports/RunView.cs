using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Annotations;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>A stored run as lists and <c>runs show</c> show it.</summary>
internal sealed class RunView
{
    static readonly string[] AnomalyCounts = ["anomaly_count"];
    static readonly string[] ClusterCounts = ["cluster_count", "noise_count"];

    readonly DiscoveryRun run;
    readonly IReadOnlyList<string> datasets;
    readonly string selectionHash;
    readonly IReadOnlyList<RunTag> tags;
    readonly IReadOnlyList<RunNote> notes;
    readonly IReadOnlyList<StarLine> stars;
    readonly IReadOnlyList<(int ClusterId, long Size)> clusters;

    RunView(DiscoveryRun run, IReadOnlyList<Dataset> datasets, IReadOnlyList<RunTag> tags, IReadOnlyList<RunNote> notes, IReadOnlyList<StarLine> stars, IReadOnlyList<(int, long)> clusters)
    {
        this.run = run;
        this.datasets = [.. datasets.Select(d => d.Name)];
        // A run of an older program kept none; the selection is there all the same.
        selectionHash = run.SelectionHash ?? SelectionHash.Of(datasets, StarFilter.FromJson(run.DatasetFilter));
        this.tags = tags;
        this.notes = notes;
        this.stars = stars;
        this.clusters = clusters;
    }

    public static async Task<RunView> LoadAsync(LedgerDatabase ledger, DiscoveryRun run, int top, CancellationToken cancellation)
    {
        var datasets = await new DatasetRepository(ledger).OfAsync(run, cancellation);
        var annotations = new RunAnnotations(ledger);
        var (tags, notes) = (await annotations.TagsAsync(run.RunId, cancellation), await annotations.NotesAsync(run.RunId, cancellation));
        if (!run.IsComplete || top == 0) return new RunView(run, datasets, tags, notes, [], []);
        if (run.RunType == RunTypes.Cluster)
        {
            var sizes = await new AnalyticsQueries(ledger).ClusterSizesAsync(run.RunId, cancellation);
            return new RunView(run, datasets, tags, notes, [], [.. sizes.Take(top).Select(s => (s.ClusterId, s.ClusterSize))]);
        }
        var page = await new ResultRepository(ledger).PageAsync(run.RunId, new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: top), cancellation);
        return new RunView(run, datasets, tags, notes,
            [.. page.Items.Select(r => new StarLine(r.StarId, r.SourceId, r.RaDeg, r.DecDeg, r.Magnitude, r.Color, r.ParallaxMas, r.PmraMasYr, r.PmdecMasYr, r.AnomalyScore))], []);
    }

    /// <param name="datasets">names of its datasets</param>
    public static Dictionary<string, object?> Document(DiscoveryRun run, IReadOnlyList<string> datasets)
    {
        var summary = JsonText.Parse(run.ResultsSummary);
        var document = new Dictionary<string, object?>
        {
            ["run_id"] = run.RunId,
            ["run_type"] = run.RunType,
            ["algorithm"] = run.Algorithm,
            ["parameters"] = JsonText.Parse(run.Parameters),
            ["dataset"] = datasets[0],
            ["datasets"] = datasets,
            ["dataset_id"] = run.DatasetId,
            ["filter"] = JsonText.Parse(run.DatasetFilter),
            ["selection"] = RunWords.Selection(run),
            ["selection_hash"] = run.SelectionHash,
            ["status"] = run.Status,
            ["is_complete"] = run.IsComplete,
            ["error"] = run.Error,
            ["total_stars"] = run.TotalStars,
        };
        foreach (var name in run.RunType == RunTypes.Anomaly ? AnomalyCounts : ClusterCounts) document[name] = RunWords.Long(summary, name);
        document["created_at"] = run.CreatedAt;
        document["started_at"] = run.StartedAt;
        document["completed_at"] = run.CompletedAt;
        document["random_seed"] = run.RandomSeed;
        document["program_version"] = run.ProgramVersion;
        document["results_hash"] = run.ResultsHash;
        document["retry_of"] = run.RetryOf;
        document["group_id"] = run.GroupId;
        document["attempts"] = run.Attempts;
        return document;
    }

    public object FullDocument
    {
        get
        {
            var document = Document(run, datasets);
            document["selection_hash"] = selectionHash;
            document["tags"] = tags.Select(t => new { t.Tag, t.TaggedBy, t.TaggedAt });
            document["run_notes"] = notes.Select(n => new { n.NoteId, n.Text, n.WrittenBy, n.WrittenAt });
            document["results_summary"] = JsonText.Parse(run.ResultsSummary);
            if (run.RunType == RunTypes.Anomaly) document["top_anomalies"] = stars;
            else document["clusters"] = clusters.Select(c => new { c.ClusterId, cluster_size = c.Size });
            return document;
        }
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
        var remarks = (JsonText.Parse(run.ResultsSummary)?["notes"] as JsonArray ?? []).Select(n => ("note", n?.GetValue<string>()));
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
            ("tags", tags.Count > 0 ? string.Join(", ", tags.Select(t => t.Tag)) : null),
            .. remarks,
            .. notes.Select(n => ($"{n.WrittenBy ?? "somebody"}, {n.WrittenAt.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)}", (string?)n.Text))]);
        if (stars.Count > 0)
        {
            console.Say($"\nThe {Words.Plural(stars.Count, "most anomalous star", "most anomalous stars")} (lower score = more anomalous):");
            StarLine.Show(console, stars);
        }
        if (clusters.Count > 0)
        {
            console.Say("\nThe largest clusters:");
            var table = Tables.Of(">cluster", ">stars");
            foreach (var (id, size) in clusters) table.Row(id.ToString(), Words.Count(size));
            console.Write(table);
        }
        if (run.IsComplete) console.Say($"Every star of it: almagest runs export {Words.Short(run.RunId)} -o run.csv");
    }
}
