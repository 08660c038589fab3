using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Annotations;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>A stored run as lists and <c>runs show</c> show it.</summary>
internal sealed class RunView
{
    private readonly DiscoveryRun _run;
    private readonly IReadOnlyList<string> _datasets;
    private readonly string _selectionHash;
    private readonly RunReport _report;
    private readonly int _top;
    private bool _byFlagProbability;

    private RunView(DiscoveryRun run, IReadOnlyList<Dataset> datasets, RunReport report, int top)
    {
        _top = top;
        _run = run;
        _datasets = [.. datasets.Select(d => d.Name)];
        // A run of an older program kept none; the selection is there all the same.
        _selectionHash = run.SelectionHash ?? SelectionHash.Of(datasets, StarFilter.FromJson(run.DatasetFilter));
        _report = report;
    }

    public RunReport Document => _report;

    public static async Task<RunView> LoadAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        int top,
        CancellationToken cancellationToken,
        bool byFlagProbability = false
    )
    {
        var datasets = await new DatasetRepository(ledger).OfAsync(run, cancellationToken);
        var annotations = new RunAnnotations(ledger);
        var report = new RunReport(
            run.ToResource(datasets.ToDictionary(d => d.DatasetId, d => d.Name), withPath: true).WithFilesOf(ledger, run, withPath: true)
        )
        {
            Tags = [.. (await annotations.TagsAsync(run.RunId, cancellationToken)).Select(RunResources.ToResource)],
            RunNotes = [.. (await annotations.NotesAsync(run.RunId, cancellationToken)).Select(RunResources.ToResource)],
            TopAnomalies = [],
            Clusters = [],
        };
        if (!run.IsComplete)
            return new RunView(run, datasets, report, top);
        if (run.RunType == RunTypes.Cluster)
        {
            return new RunView(
                run,
                datasets,
                report with
                {
                    Clusters =
                    [
                        .. (await ClusterResources.LargestAsync(ledger, run, int.MaxValue, cancellationToken)).Select(
                            c => new ClusterDescription(c)
                        ),
                    ],
                },
                top
            );
        }
        if (top == 0)
            return new RunView(run, datasets, report, top);
        var page = await new ResultRepository(ledger).PageAsync(
            run.RunId,
            new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: top) { ByFlagProbability = byFlagProbability },
            cancellationToken
        );
        return new RunView(run, datasets, report with { TopAnomalies = [.. page.Items.Select(RunResources.ToScoredStar)] }, top)
        {
            _byFlagProbability = byFlagProbability,
        };
    }

    /// <param name="datasets">names by id; a column of the list where there are several</param>
    public static void ShowList(IAnsiConsole console, IReadOnlyList<DiscoveryRun> runs, IReadOnlyDictionary<long, string> datasets)
    {
        var several = datasets.Count > 1;
        // On a narrow terminal the number of stars makes room for the dataset's name.
        var counts = !several || console.Profile.Width >= 100;
        var table = ConsoleTables.Of(["run", .. Only(several, "dataset"), .. Only(counts, ">analysed"), "~parameters", "found", "created"]);
        foreach (var r in runs)
        {
            table.Row([
                r.Name is { } name ? $"{ConsoleText.Short(r.RunId)} {ConsoleText.Clip(name, 20)}" : ConsoleText.Short(r.RunId),
                .. Only(several, ConsoleText.Clip(string.Join(" + ", RunDatasets.Names(r, datasets)), 14)),
                .. Only(counts, r.TotalStars > 0 ? ConsoleText.Count(r.TotalStars) : "–"),
                ParameterText.WithDetector(r.Algorithm, ParameterText.Short(r.Algorithm, r.Parameters)),
                RunSummaryText.ShortFound(r),
                ConsoleText.When(r.CreatedAt),
            ]);
        }
        console.Write(table);
    }

    private static string[] Only(bool wanted, string cell) => wanted ? [cell] : [];

    // A run that was lost says nothing of where it was.
    private string Status() =>
        _run.Error is not null ? $"{_run.Status}: {_run.Error}"
        : _run is { Status: RunStatus.Running, ProgressStage: { } stage } ? $"{_run.Status}: {RunStages.Describe(stage)}"
        : _run.Status;

    private string? InFiles() =>
        _report.ResultsInFiles is { } files
            ? $"{ConsoleText.Count(files.Rows)} in files of {ConsoleText.Bytes(files.Bytes)} at {files.Path}; those of the "
                + $"{RunRows.Kept(_run)} in the ledger, too"
                + (files.Trouble is { } trouble ? $". The files are not as they were written: {trouble}" : "")
            : null;

    public void Show(IAnsiConsole console)
    {
        var remarks = (_report.ResultsSummary?.Notes ?? []).Select(n => ("note", (string?)n));
        console.Heading($"Run {_run.RunId}");
        console.Facts([
            ("name", _run.Name),
            ("what", _run.RunType == RunTypes.Cluster ? "clusters" : "anomalies"),
            ("algorithm", _run.Algorithm),
            ("parameters", ParameterText.Full(_run.Algorithm, _run.Parameters)),
            ("recipe", _report.FeaturesChosen),
            (
                "stars",
                AnalysedText.Selected(
                    _run.TotalStars,
                    _report.ResultsSummary?.Excluded,
                    string.Join(" + ", _datasets),
                    RunSummaryText.Selection(_run)
                )
            ),
            ("excluded", AnalysedText.NotAnalysed(_report.TotalStars, _report.Excluded)),
            ("filled", AnalysedText.Filled(_report.ResultsSummary)),
            ("draws", _report.ResultsSummary?.Draws?.Sentence(_report.TotalStars)),
            ("selection", _selectionHash),
            ("status", Status()),
            ("found", _run.IsComplete ? RunSummaryText.Found(_run) : null),
            ("results", InFiles()),
            ("created", ConsoleText.When(_run.CreatedAt) + " UTC"),
            ("took", _run is { StartedAt: { } start, CompletedAt: { } end } ? ConsoleText.Duration((end - start).TotalMilliseconds) : null),
            ("program", _run.ProgramVersion),
            ("started by", _run.StartedBy),
            ("hash", _run is { ResultsHash: { } hash, ResultsHashVersion: 1 } ? $"{hash} (of this ledger only)" : _run.ResultsHash),
            ("repeats", _run.RetryOf?.ToString()),
            ("sweep", _run.GroupId?.ToString()),
            ("attempts", _run.Attempts > 1 ? $"{_run.Attempts}" : null),
            ("tags", _report.Tags.Count > 0 ? string.Join(", ", _report.Tags.Select(t => t.Tag)) : null),
            .. remarks,
            .. _report.RunNotes.Select(n => ($"{n.WrittenBy ?? "somebody"}, {ConsoleText.When(n.WrittenAt)}", (string?)n.Text)),
        ]);
        if (_report.TopAnomalies.Count > 0)
        {
            console.Say(
                _byFlagProbability && _report.TopAnomalies.All(s => s.FlagProbability is null)
                    ? "\nThis run has no flag probabilities (its stars have no errors, or it made no draws). The most anomalous first:"
                : _byFlagProbability
                    ? $"\nThe {ConsoleText.Plural(_report.TopAnomalies.Count, "star", "stars")} whose true values are likeliest flagged, "
                        + "of equal chances the most anomalous first:"
                : $"\nThe {ConsoleText.Plural(_report.TopAnomalies.Count, "most anomalous star", "most anomalous stars")} "
                    + "(lower score = more anomalous):"
            );
            StarLines.Show(console, _report.TopAnomalies);
        }
        ClusterLines.ShowLargest(console, _report.Clusters, _top);
        if (_run.IsComplete)
            console.Say(
                RunRows.AreInFiles(_run)
                    ? (
                        _run.RunType == RunTypes.Cluster
                            ? $"The members of clusters: almagest runs export {ConsoleText.Short(_run.RunId)} --clustered -o members.csv"
                            : $"The flagged stars: almagest runs export {ConsoleText.Short(_run.RunId)} --anomalies -o flagged.csv"
                    )
                        + "; every star of "
                        + $"it, as a HATS catalogue: almagest runs export {ConsoleText.Short(_run.RunId)} --format hats -o FOLDER"
                    : $"Every star of it: almagest runs export {ConsoleText.Short(_run.RunId)} -o run.csv"
            );
    }
}
