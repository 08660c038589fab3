using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>discover</c> answers: what was run on what, what had to be changed on the way, what was found, where the time
/// went.</summary>
internal sealed class DiscoveryReport
{
    private readonly RunOutcome _outcome;
    private readonly IReadOnlyList<ScoredStar> _stars;
    private readonly IReadOnlyList<ClusterDescription> _clusters;
    private readonly int _top;

    private DiscoveryReport(RunOutcome outcome, IReadOnlyList<ScoredStar> stars, IReadOnlyList<ClusterDescription> clusters, int top)
    {
        _outcome = outcome;
        _stars = stars;
        _clusters = clusters;
        _top = top;
    }

    /// <param name="top">how many stars or clusters to show; the document has all clusters</param>
    public static async Task<DiscoveryReport> CreateAsync(
        LedgerDatabase ledger,
        RunOutcome outcome,
        int top,
        CancellationToken cancellationToken
    )
    {
        var analysis = outcome.Analysis;
        if (analysis.Clusters is not null)
            return new DiscoveryReport(outcome, [], outcome.Clusters.Largest(int.MaxValue), top);
        var worst = analysis.MostAnomalous(top);
        var filled = FilledValues.Of(outcome.Request.Parameters);
        // Of a kept run they are in the ledger.
        var stars =
            outcome.RunId is null && InPlaceStars.Of(outcome.Dataset) is { } files
                ? await InFilesAsync(files, worst, filled, cancellationToken)
                : await StarLines.LoadAsync(ledger, [.. worst.Select(s => (s.StarId, (double?)s.Score))], filled, cancellationToken);
        var rows = worst.ToDictionary(s => s.StarId);
        return new DiscoveryReport(
            outcome,
            [.. stars.Select(s => s with { FlagProbability = rows[s.StarId].FlagProbability, ScoreSpread = rows[s.StarId].ScoreSpread })],
            [],
            top
        );
    }

    private static async Task<IReadOnlyList<ScoredStar>> InFilesAsync(
        InPlaceStars files,
        IReadOnlyList<FlaggedStar> wanted,
        FilledValues? filled,
        CancellationToken cancellationToken
    )
    {
        var found = await Task.Run(() => files.Find([.. wanted.Select(s => s.StarId)], cancellationToken), cancellationToken);
        var stars = found.ToDictionary(s => s.StarId);
        return [.. wanted.Select(s => stars[s.StarId].ToScoredStar(s.Score, filled))];
    }

    public RunOutcome Outcome => _outcome;

    /// <summary>The recipe with its version, and what became of it.</summary>
    public static string Features(StarAnalysis analysis) =>
        $"{analysis.Features.Recipe.Reference}: {string.Join(", ", analysis.Features.Matrix.Names)}";

    public DiscoveryResource Document => _outcome.ToResource(_stars, _clusters);

    public void Show(IAnsiConsole console)
    {
        var (run, analysis) = (_outcome.Request, _outcome.Analysis);
        console.Heading(_outcome.RunId is { } id ? $"Run {id}" : "Not saved");
        console.Facts([
            (
                "what",
                $"{(run.Parameters.Algorithm.RunType == RunTypes.Cluster ? "clusters" : "anomalies")}, {run.Parameters.Algorithm.Title}"
            ),
            ("parameters", ParameterText.Full(run.Parameters.Algorithm.Name, run.Parameters.ToJson())),
            ("features", Features(analysis)),
            .. _outcome.RecipeChoice is { } choice ? new[] { ("", (string?)choice.Reason) } : [],
            (
                "stars",
                AnalysedText.Selected(analysis.Stars.Count, analysis.Excluded, string.Join(" + ", _outcome.Datasets), run.Filter.Describe())
            ),
            ("excluded", AnalysedText.NotAnalysed(analysis.Stars.Count, analysis.Excluded)),
            ("found", Found()),
            ("draws", analysis.Summary().Draws?.Sentence(analysis.Stars.Count)),
            ("time", Time()),
            .. analysis.Notes.Select(n => ("note", (string?)n)),
        ]);
        if (_stars.Count > 0)
        {
            console.Say(
                $"\nThe {ConsoleText.Plural(_stars.Count, "most anomalous star", "most anomalous stars")} (lower score = more anomalous):"
            );
            StarLines.Show(console, _stars);
        }
        ClusterLines.ShowLargest(console, _clusters, _top);
        if (_outcome.RunId is { } saved)
            console.Say($"See it again: almagest runs show {ConsoleText.Short(saved)}");
    }

    private string Found()
    {
        var total = Math.Max(1, _outcome.Analysis.Stars.Count);
        return _outcome.Analysis.Clusters is { } c
            ? $"{ConsoleText.Plural(c.ClusterCount, "cluster", "clusters")}; {ConsoleText.Plural(c.NoiseCount, "star", "stars")} in none "
                + $"({ConsoleText.SharePercent((double)c.NoiseCount / total)})"
            : $"{ConsoleText.Plural(_outcome.Analysis.AnomalyCount, "star", "stars")} flagged "
                + $"({ConsoleText.SharePercent((double)_outcome.Analysis.AnomalyCount / total)})";
    }

    private string Time()
    {
        var t = _outcome.Timings;
        var text = $"load {ConsoleText.Duration(t.Load)}, compute {ConsoleText.Duration(t.Compute)}";
        return _outcome.RunId is null ? text : $"{text}, persist {ConsoleText.Duration(t.Persist)}, views {ConsoleText.Duration(t.Views)}";
    }
}
