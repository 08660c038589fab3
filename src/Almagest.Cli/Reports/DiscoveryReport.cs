using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>discover</c> answers: what was run on what, what had to be changed on the way, what was found, where the time went.</summary>
internal sealed class DiscoveryReport
{
    readonly RunOutcome outcome;
    readonly IReadOnlyList<ScoredStar> stars;
    readonly IReadOnlyList<ClusterDescription> clusters;

    DiscoveryReport(RunOutcome outcome, IReadOnlyList<ScoredStar> stars, IReadOnlyList<ClusterDescription> clusters)
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
            return new DiscoveryReport(outcome, [], ClusterLines.Describe(analysis.Stars, found.Labels, top));
        var scores = analysis.Scores();
        var worst = Enumerable.Range(0, scores.Length).Where(i => scores[i] < 0)
            .OrderBy(i => scores[i]).ThenBy(i => analysis.Stars.StarId[i]).Take(top)
            .Select(i => (analysis.Stars.StarId[i], (double?)scores[i])).ToList();
        return new DiscoveryReport(outcome, await StarLines.LoadAsync(ledger, worst, cancellation), []);
    }

    public RunOutcome Outcome => outcome;

    /// <summary>The recipe with its version, and what became of it.</summary>
    public static string Features(StarAnalysis analysis) => $"{analysis.Features.Recipe.Reference}: {string.Join(", ", analysis.Features.Matrix.Names)}";

    public DiscoveryResource Document => outcome.ToResource(stars, clusters);

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
            StarLines.Show(console, stars);
        }
        if (clusters.Count > 0)
        {
            console.Say(clusters.Count < analysis.Clusters!.ClusterCount ? $"\nThe {clusters.Count} largest of {analysis.Clusters.ClusterCount} clusters:" : "\nThe clusters:");
            ClusterLines.Show(console, clusters);
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
