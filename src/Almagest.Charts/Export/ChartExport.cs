using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Charts.Selecting;
using Almagest.Contract;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Comparison;
using Almagest.Runs.Results;

namespace Almagest.Charts.Export;

/// <summary>The pictures of the ledger as files: the charts of the pages, from the same services.</summary>
/// <param name="kept">what pictures are drawn from, where a server keeps it; null = it is read for this one</param>
public sealed class ChartExport(LedgerDatabase ledger, PictureStore? kept = null)
{
    /// <summary>Most marked stars of a chart: a file draws more of them than a browser moves.</summary>
    private const int MostMarks = 50_000;

    /// <summary>Units of a sheet of several charts, and of one alone, where no width is wanted.</summary>
    private const double Sheet = 1120,
        Single = 620,
        WholeSky = 800;

    private readonly PictureStore _store = kept ?? new PictureStore(ledger, new SelectionCache(ledger));

    /// <summary>Names by which the pictures of a run can be asked for.</summary>
    public static IReadOnlyList<string> OfRun { get; } = ["scores", "sizes", "cmd", "sky", "motions", "parallaxes"];

    /// <summary>Names by which the pictures of a dataset can be asked for.</summary>
    public static IReadOnlyList<string> OfDataset { get; } = ["sky", "cmd", "magnitudes", "colours", "parallaxes"];

    /// <exception cref="LedgerException">the run is not complete, or has none of the pictures</exception>
    public async Task<Figure> RunAsync(DiscoveryRun run, RunPicture picture, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(picture);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: there is nothing to draw", "Wait until it is complete.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        // A histogram of flagged stars' scores, or another threshold, would be of all that are analysed.
        if (picture.Contamination is not null || picture.Wanted.Contains("scores"))
            RunRows.Require(run);
        var stars = await _store.SelectionAsync(run);
        var isAnomaly = run.RunType == RunTypes.Anomaly;
        string[] names =
            RunRows.AreInFiles(run) && isAnomaly ? ["cmd", "sky"]
            : isAnomaly ? ["scores", "cmd", "sky"]
            : ["sizes", "cmd", "motions", "parallaxes", "sky"];
        Require(names, picture.Wanted);
        var wanted = names.Where(n => picture.Wanted.Count == 0 || picture.Wanted.Contains(n)).ToList();
        var size = picture.Size ?? Usual(wanted, stars.Projection);
        var (width, alone) = FigureSheet.Widths(wanted.Count, size);
        var marks = await _store.MarksAsync(run);
        var (threshold, flagged) = (0.0, (long)marks.Count);
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
        var scores =
            isAnomaly && (wanted.Contains("scores") || picture.Contamination is not null) ? await _store.ScoresAsync(run.RunId) : null;
        if (picture.Contamination is { } share && scores is not null)
        {
            (threshold, flagged) = scores.At(share);
            marks = await _store.MarksBelowAsync(run, threshold);
        }
        var chosen = picture.Selection.IsNone
            ? null
            : await new SelectionReader(ledger, _store).ReadAsync(run, picture.Selection, cancellationToken);
        var charts = RunCharts.Of(
            run,
            stars,
            marks,
            first,
            picture.Cluster,
            MostMarks,
            width,
            stars.Projection.IsWholeSky ? alone : width,
            picture.Zoom,
            chosen
        );
        var parts = new List<(string Key, string Name, string? Svg, string Note)>();
        foreach (var name in wanted)
        {
            var chart = name switch
            {
                "cmd" => charts.Diagram,
                "motions" => charts.Motions,
                "parallaxes" => charts.Parallaxes,
                _ => charts.Sky,
            };
            parts.Add(
                name switch
                {
                    "scores" => (
                        name,
                        "Anomaly scores",
                        Histogram.Of(scores!.Ascending, 80) is { } all ? RunCharts.Scores(all, threshold, width: width) : null,
                        "Negative scores are anomalous; the line is the threshold."
                    ),
                    "sizes" => (
                        name,
                        "Cluster sizes",
                        RunCharts.Sizes(await new AnalyticsQueries(ledger).ClusterSizesAsync(run.RunId, cancellationToken), width),
                        ""
                    ),
                    _ => (name, TitleOf(name, stars), chart?.Svg, chart?.Caption ?? ""),
                }
            );
        }
        var datasets = await new DatasetRepository(ledger).OfAsync(run, cancellationToken);
        var dataset = string.Join(" + ", datasets.Select(d => d.Name));
        var found = picture.Contamination is null
            ? DisplayText.Found(run)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{flagged:N0} flagged at contamination {picture.Contamination:0.######} (score below {threshold:0.0000})"
            );
        var selected = chosen is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Selected: {CountText.Of(chosen.Length, "star", "stars")} ({picture.Selection.Describe()}). "
            );
        var analysed = AnalysedText.Share(run.TotalStars, ResultsSummary.Parse(run.ResultsSummary)?.Excluded);
        var what =
            parts.Count == 1 ? parts[0].Name
            : picture.Cluster is { } one ? $"Cluster {one}"
            : $"{(isAnomaly ? "Anomalies" : "Clusters")} ({DisplayText.Algorithm(run.Algorithm)})";
        var provenance = await new Provenance(ledger).OfAsync(what, string.Join(", ", wanted), run, cancellationToken);
        provenance["picture"] = new JsonObject
        {
            ["charts"] = new JsonArray([.. wanted.Select(w => JsonValue.Create(w))]),
            ["cluster"] = picture.Cluster,
            ["contamination"] = picture.Contamination,
            ["select"] = picture.Selection.ToString(),
            ["zoom"] = ZoomText.Write(picture.Zoom),
        };
        return Compose(
            parts.Count == 1 && picture.Cluster is { } of ? $"{what}, cluster {of}: {dataset}" : $"{what}: {dataset}",
            parts,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Run {DisplayText.Short(run.RunId)}: {DisplayText.Algorithm(run.Algorithm)}, {DisplayText.ShortParameters(run)}; "
                    + $"{dataset}, {DisplayText.Selection(run)}; {analysed}, {found}. "
                    + $"{selected}"
                    + $"Almagest {run.ProgramVersion}, {run.CompletedAt ?? run.CreatedAt:yyyy-MM-dd}."
            ),
            size,
            provenance,
            picture.HasCaption,
            picture.Wanted.Count > 0
        );
    }

    /// <param name="wanted">of <see cref="OfDataset"/>; empty = all</param>
    /// <param name="zoom">parts of charts, by the charts' names</param>
    /// <exception cref="LedgerException">no star is selected, or there is none of the pictures</exception>
    public async Task<Figure> DatasetAsync(
        Dataset dataset,
        StarFilter filter,
        IReadOnlyCollection<string> wanted,
        FigureSize? size = null,
        bool hasCaption = true,
        IReadOnlyDictionary<string, ChartWindow>? zoom = null
    )
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(wanted);
        await new NamedStars(ledger).RequireAsync([dataset], filter);
        var p = await _store.SelectionAsync(dataset.DatasetId, filter);
        if (p.Stars == 0)
            throw LedgerException.Of(ErrorCode.SelectionTooSmall, "the selection holds no star", "Widen the filter.", "filter");
        string[] names = ["cmd", "magnitudes", "colours", "parallaxes", "sky"];
        Require(names, wanted);
        var chosen = names.Where(n => wanted.Count == 0 || wanted.Contains(n)).ToList();
        size ??= Usual(chosen, p.Projection);
        var (width, alone) = FigureSheet.Widths(chosen.Count, size);
        var charts = DatasetCharts.Of(p, dataset.Name, width, p.Projection.IsWholeSky ? alone : width, zoom);
        var parts = chosen.ConvertAll(name =>
            name switch
            {
                "cmd" => (name, TitleOf(name, p), charts.Diagram?.Svg, charts.Diagram?.Caption ?? ""),
                "magnitudes" => (name, "Magnitudes", charts.Magnitudes, ""),
                "colours" => (name, "Colours", charts.Colours, ""),
                "parallaxes" => (name, "Parallaxes", charts.Parallaxes, ""),
                _ => (name, TitleOf(name, p), charts.Sky.Svg, charts.Sky.Caption),
            }
        );
        var title = parts.Count == 1 ? $"{parts[0].Item2}: {dataset.Name}" : dataset.Name;
        return Compose(
            title,
            parts,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{dataset.Name}, {filter.Describe()}: {CountText.Of(p.Stars, "star", "stars")}. "
                    + $"Almagest {ProgramVersion.Current}, loaded {dataset.CreatedAt:yyyy-MM-dd}."
            ),
            size,
            Provenance.Of(title, string.Join(", ", chosen), dataset),
            hasCaption,
            wanted.Count > 0
        );
    }

    /// <summary>The matrix of how far runs agree; of two, also what each marks alone.</summary>
    /// <param name="runs">complete, at least two</param>
    public async Task<Figure> CompareAsync(
        IReadOnlyList<DiscoveryRun> runs,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        var table = await new RunTableReader(ledger).ReadAsync(runs, cancellationToken);
        var (matrix, _) = RunMatrix.Draw(table);
        var isAnomaly = runs[0].RunType == RunTypes.Anomaly;
        var charts = new List<(string, string, string?, string)>();
        if (runs.Count == 2)
            charts.Add(
                (
                    "venn",
                    "Stars that each marks",
                    Venn.Draw(await new RunAgreementReader(ledger).ReadAsync(runs[0], runs[1], cancellationToken)),
                    isAnomaly ? "Areas are numbers of flagged stars." : "Areas are numbers of stars in no cluster."
                )
            );
        charts.Add(
            (
                "matrix",
                isAnomaly ? "Jaccard similarity of flags" : "Adjusted Rand index",
                matrix,
                isAnomaly ? "Stars that both flag over those that either flags." : "1 = the same clusters, 0 = as by chance."
            )
        );
        var dataset = (await new DatasetRepository(ledger).GetAnyAsync(runs[0].DatasetId, cancellationToken)).Name;
        var title = $"How far {runs.Count} runs over {dataset} agree";
        return Compose(
            title,
            charts,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Runs {string.Join("; ", runs.Take(6).Select(r => $"{DisplayText.Short(r.RunId)} ({RunMatrix.Words(r)})"))}"
                    + $"{(runs.Count > 6 ? " and others" : "")} "
                    + $"over {dataset}. Almagest {ProgramVersion.Current}, {runs.Max(r => r.CompletedAt):yyyy-MM-dd}."
            ),
            size ?? FigureSize.Usual(Single),
            await new Provenance(ledger).OfAsync(title, "pairs of runs", runs, cancellationToken),
            hasCaption,
            false
        );
    }

    private static string TitleOf(string chart, SelectionPicture stars) =>
        chart switch
        {
            "cmd" => stars.Diagram is { IsAbsolute: true } ? "Absolute colour–magnitude diagram" : "Colour–magnitude diagram",
            "motions" => "Proper motions",
            "parallaxes" => "Parallaxes",
            _ => "Sky",
        };

    private static FigureSize Usual(List<string> charts, SkyProjection projection) =>
        FigureSize.Usual(
            charts.Count > 1 ? Sheet
            : charts is ["sky"] && projection.IsWholeSky ? WholeSky
            : Single
        );

    private static void Require(string[] names, IReadOnlyCollection<string> wanted)
    {
        if (wanted.FirstOrDefault(w => !names.Contains(w)) is { } missing)
            throw Missing(missing, names);
    }

    internal static LedgerException Missing(string name, IEnumerable<string> there) =>
        there.ToList() is { Count: > 0 } others
            ? LedgerException.Of(
                ErrorCode.UnknownName,
                $"there is no picture '{name}' here",
                $"There are: {string.Join(", ", others)}.",
                "only"
            )
            : LedgerException.Of(
                ErrorCode.UnknownName,
                $"there is nothing yet that '{name}' could show",
                "It takes stars, and runs over them.",
                "only"
            );

    /// <param name="isChosen">whether each of the pictures was asked for; else those that there are are enough</param>
    internal static Figure Compose(
        string title,
        List<(string Key, string Name, string? Svg, string Note)> all,
        string source,
        FigureSize size,
        JsonObject provenance,
        bool hasCaption,
        bool isChosen
    )
    {
        var drawn = all.Where(c => c.Svg is not null).ToList();
        if (drawn.Count == 0 || isChosen && drawn.Count < all.Count)
            throw Missing(all.First(c => c.Svg is null).Key, drawn.Select(c => c.Key));
        return new Figure(title, [.. drawn.Select(c => new FigurePart(c.Name, c.Svg!, c.Note))], source, size, provenance, hasCaption);
    }
}
