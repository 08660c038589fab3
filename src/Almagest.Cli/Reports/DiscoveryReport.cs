using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>discover</c> answers: what was run on what, what had to be changed on the way, what was found, where the time went.</summary>
internal sealed class DiscoveryReport
{
    readonly RunOutcome outcome;
    readonly IReadOnlyList<StarLine> stars;
    readonly IReadOnlyList<ClusterLine> clusters;

    DiscoveryReport(RunOutcome outcome, IReadOnlyList<StarLine> stars, IReadOnlyList<ClusterLine> clusters)
    {
        this.outcome = outcome;
        this.stars = stars;
        this.clusters = clusters;
    }

    /// <param name="top">how many stars or clusters to show</param>
    public static async Task<DiscoveryReport> CreateAsync(LedgerDatabase ledger, RunOutcome outcome, int top, CancellationToken cancellation)
    {
        var analysis = outcome.Analysis;
        if (analysis.Clusters is { } found)
            return new DiscoveryReport(outcome, [], ClusterLine.Describe(analysis.Stars, found.Labels, top));
        var scores = analysis.Scores();
        var worst = Enumerable.Range(0, scores.Length).Where(i => scores[i] < 0)
            .OrderBy(i => scores[i]).ThenBy(i => analysis.Stars.StarId[i]).Take(top)
            .Select(i => (analysis.Stars.StarId[i], (double?)scores[i])).ToList();
        return new DiscoveryReport(outcome, await StarLine.LoadAsync(ledger, worst, cancellation), []);
    }

    public RunOutcome Outcome => outcome;

    /// <summary>The recipe with its version, and what became of it.</summary>
    public static string Features(StarAnalysis analysis) => $"{analysis.Features.Recipe.Reference}: {string.Join(", ", analysis.Features.Matrix.Names)}";

    public object Document
    {
        get
        {
            var (run, analysis) = (outcome.Request, outcome.Analysis);
            var document = new Dictionary<string, object?>
            {
                ["run_id"] = outcome.RunId,
                ["saved"] = outcome.RunId is not null,
                ["run_type"] = run.Parameters.Algorithm.RunType,
                ["algorithm"] = run.Parameters.Algorithm.Name,
                ["dataset"] = outcome.Dataset.Name,
                ["datasets"] = outcome.Datasets,
                ["dataset_id"] = outcome.Dataset.DatasetId,
                ["filter"] = JsonText.Parse(run.Filter.ToJson()),
                ["selection"] = run.Filter.Describe(),
                ["parameters"] = JsonText.Parse(run.Parameters.ToJson()),
                ["total_stars"] = analysis.Stars.Count,
            };
            if (analysis.Clusters is { } found)
            {
                document["cluster_count"] = found.ClusterCount;
                document["noise_count"] = found.NoiseCount;
                document["clusters"] = clusters;
            }
            else
            {
                document["anomaly_count"] = analysis.AnomalyCount;
                document["top_anomalies"] = stars;
            }
            document["features_chosen"] = outcome.RecipeChoice?.Reason;
            document["imputed"] = analysis.Features.Imputed.Select(i => new { column = i.Column, count = i.Count, median = i.Median });
            document["notes"] = analysis.Features.Notes;
            document["timings"] = new { outcome.Timings.Load, outcome.Timings.Compute, outcome.Timings.Persist, outcome.Timings.Views };
            return document;
        }
    }

    public void Show(IAnsiConsole console)
    {
        var (run, analysis) = (outcome.Request, outcome.Analysis);
        console.Heading(outcome.RunId is { } id ? $"Run {id}" : "Not saved");
        console.Facts([
            ("what", $"{(run.Parameters.Algorithm.RunType == RunTypes.Cluster ? "clusters" : "anomalies")}, {run.Parameters.Algorithm.Title}"),
            ("parameters", ParameterText.Full(run.Parameters.Algorithm.Name, run.Parameters.ToJson())),
            ("features", Features(analysis)),
            .. outcome.RecipeChoice is { } choice ? new[] { ("", (string?)choice.Reason) } : [],
            ("stars", $"{Words.Count(analysis.Stars.Count)} of {string.Join(" + ", outcome.Datasets)}: {run.Filter.Describe()}"),
            ("found", Found()),
            ("time", Time()),
            .. analysis.Features.Notes.Select(n => ("note", (string?)n))]);
        if (stars.Count > 0)
        {
            console.Say($"\nThe {Words.Plural(stars.Count, "most anomalous star", "most anomalous stars")} (lower score = more anomalous):");
            StarLine.Show(console, stars);
        }
        if (clusters.Count > 0)
        {
            console.Say(clusters.Count < analysis.Clusters!.ClusterCount ? $"\nThe {clusters.Count} largest of {analysis.Clusters.ClusterCount} clusters:" : "\nThe clusters:");
            ClusterLine.Show(console, clusters);
        }
        if (outcome.RunId is { } saved) console.Say($"See it again: almagest runs show {Words.Short(saved)}");
    }

    string Found()
    {
        var total = Math.Max(1, outcome.Analysis.Stars.Count);
        return outcome.Analysis.Clusters is { } c
            ? $"{Words.Plural(c.ClusterCount, "cluster", "clusters")}; {Words.Count(c.NoiseCount)} stars in none ({Words.Percent((double)c.NoiseCount / total)})"
            : $"{Words.Plural(outcome.Analysis.AnomalyCount, "star", "stars")} flagged ({Words.Percent((double)outcome.Analysis.AnomalyCount / total)})";
    }

    string Time()
    {
        var t = outcome.Timings;
        var text = $"load {Words.Duration(t.Load)}, compute {Words.Duration(t.Compute)}";
        return outcome.RunId is null ? text : $"{text}, persist {Words.Duration(t.Persist)}, views {Words.Duration(t.Views)}";
    }
}
