using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Comparison;
using Almagest.Runs.Results;

namespace Almagest.Charts.Export;

/// <summary>The pictures of the ledger for those who have no browser open: the same charts, from the same services.</summary>
public sealed class ChartExport(LedgerDatabase ledger)
{
    /// <summary>Most marked stars of a chart: a file draws more of them than a browser moves.</summary>
    private const int MostMarks = 50_000;

    /// <summary>Names by which the pictures of a run can be asked for.</summary>
    public static IReadOnlyList<string> OfRun { get; } = ["scores", "sizes", "cmd", "sky", "motions", "parallaxes"];

    /// <summary>Names by which the pictures of a dataset can be asked for.</summary>
    public static IReadOnlyList<string> OfDataset { get; } = ["sky", "cmd", "magnitudes", "colours", "parallaxes"];

    /// <param name="wanted">of <see cref="OfRun"/>; empty = the main ones</param>
    /// <param name="cluster">only the members of this one, from near</param>
    /// <returns>an SVG</returns>
    /// <exception cref="LedgerException">the run is not complete, or has none of the pictures</exception>
    public async Task<string> RunAsync(
        DiscoveryRun run,
        IReadOnlyCollection<string> wanted,
        int? cluster = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: there is nothing to draw", "Wait until it is complete.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        var store = new PictureStore(ledger, new SelectionCache(ledger));
        var picture = await store.SelectionAsync(run.DatasetId, StarFilter.FromJson(run.DatasetFilter));
        var isAnomaly = run.RunType == RunTypes.Anomaly;
        // The most anomalous stars come first where not all can be drawn; members have no such order.
        var first = isAnomaly
            ? (
                await new ResultRepository(ledger).PageAsync(
                    run.RunId,
                    new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: StarLayer.MostMarks),
                    cancellationToken
                )
            ).Items
            : [];
        var charts = RunCharts.Of(run, picture, await store.MarksAsync(run), first, cluster, MostMarks);
        var all = new List<(string Key, string Name, string? Svg)>();
        if (isAnomaly)
            all.Add(
                (
                    "scores",
                    "Scores: negative = anomalous",
                    Histogram.Of((await store.ScoresAsync(run.RunId)).Ascending, 80) is { } scores ? RunCharts.Scores(scores, 0) : null
                )
            );
        else
            all.Add(
                (
                    "sizes",
                    "Cluster sizes",
                    RunCharts.Sizes(await new AnalyticsQueries(ledger).ClusterSizesAsync(run.RunId, cancellationToken))
                )
            );
        all.Add(("cmd", Name("Colour–magnitude diagram", charts.Diagram), charts.Diagram?.Svg));
        all.Add(("motions", Name("Proper motions", charts.Motions), charts.Motions?.Svg));
        all.Add(("parallaxes", Name("Parallaxes", charts.Parallaxes), charts.Parallaxes?.Svg));
        all.Add(("sky", Name("Sky", charts.Sky), charts.Sky.Svg));
        return Compose(
            $"Run {DisplayText.Short(run.RunId)}: {DisplayText.Algorithm(run.Algorithm)}, {DisplayText.ShortParameters(run)}; "
                + $"{DisplayText.Count(run.TotalStars)} stars, {DisplayText.Found(run)}",
            all,
            wanted
        );
    }

    private static string Name(string chart, ScatterChart? drawn) => drawn?.Sampled is { } part ? $"{chart} ({part})" : chart;

    /// <param name="wanted">of <see cref="OfDataset"/>; empty = all</param>
    /// <returns>an SVG</returns>
    /// <exception cref="LedgerException">no star is selected, or there is none of the pictures</exception>
    public async Task<string> DatasetAsync(Dataset dataset, StarFilter filter, IReadOnlyCollection<string> wanted)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(filter);
        var p = await new PictureStore(ledger, new SelectionCache(ledger)).SelectionAsync(dataset.DatasetId, filter);
        if (p.Stars == 0)
            throw LedgerException.Of(ErrorCode.SelectionTooSmall, "the selection holds no star", "Widen the filter.", "filter");
        var layer = new StarLayer(p.StarIds);
        return Compose(
            $"{dataset.Name}: {DisplayText.Count(p.Stars)} stars{(filter == StarFilter.All ? "" : $", {filter.Describe()}")}",
            [
                ("cmd", "Colour–magnitude diagram", p.Diagram?.Draw(layer, "Colour–magnitude diagram").Svg),
                ("magnitudes", "Magnitudes", p.Magnitudes?.Draw("magnitude", "mag")),
                ("colours", "Colours", p.Colours?.Draw("colour", "mag")),
                ("parallaxes", "Parallaxes", p.Parallaxes?.Draw("parallax", "mas")),
                ("sky", "Density on the sky", SkyMap.Draw(p.Projection, p.Sky, layer, "Density on the sky").Svg),
            ],
            wanted
        );
    }

    /// <summary>The matrix of how far runs agree; of two, also what each marks alone.</summary>
    /// <param name="runs">complete, at least two</param>
    /// <returns>an SVG</returns>
    public async Task<string> CompareAsync(IReadOnlyList<DiscoveryRun> runs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var table = await new RunTableReader(ledger).ReadAsync(runs, cancellationToken);
        var (matrix, _) = RunMatrix.Draw(table);
        var charts = new List<(string, string, string?)>();
        if (runs.Count == 2)
            charts.Add(
                (
                    "venn",
                    "Stars that each marks",
                    Venn.Draw(await new RunAgreementReader(ledger).ReadAsync(runs[0], runs[1], cancellationToken))
                )
            );
        charts.Add(("matrix", runs[0].RunType == RunTypes.Anomaly ? "Jaccard similarity of flags" : "Adjusted Rand index", matrix));
        return Compose($"How far {runs.Count} runs agree", charts, []);
    }

    private static string Compose(string title, List<(string Key, string Name, string? Svg)> all, IReadOnlyCollection<string> wanted)
    {
        var drawn = all.Where(c => c.Svg is not null).ToList();
        var missing = wanted.Except(drawn.Select(c => c.Key)).ToList();
        if (missing.Count > 0)
            throw LedgerException.Of(
                ErrorCode.UnknownName,
                $"there is no picture '{missing[0]}' here",
                $"There are: {string.Join(", ", drawn.Select(c => c.Key))}.",
                "only"
            );
        return ChartSheet.Compose(title, [.. drawn.Where(c => wanted.Count == 0 || wanted.Contains(c.Key)).Select(c => (c.Name, c.Svg!))]);
    }
}
