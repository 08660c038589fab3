using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Execution;
using Almagest.Runs.Sweeps;

namespace Almagest.Charts.Export;

/// <summary>The pictures of stars, sweeps, the sky and the ledger as files: those of their pages, from the same services.</summary>
/// <param name="kept">what pictures are drawn from, where a server keeps it; null = it is read for this one</param>
public sealed class LedgerFigures(LedgerDatabase ledger, PictureStore? kept = null)
{
    private const double Sheet = 1120,
        Single = 620;

    private readonly PictureStore _store = kept ?? new PictureStore(ledger, new SelectionCache(ledger));

    /// <summary>Names by which the pictures of a star can be asked for.</summary>
    public static IReadOnlyList<string> OfStar { get; } = ["finder", "cmd", "parallax", "magnitude"];

    /// <summary>Names by which the pictures of a sweep can be asked for.</summary>
    public static IReadOnlyList<string> OfSweep { get; } = ["parallel", "importance", "effect"];

    /// <param name="wanted">of <see cref="OfStar"/>; empty = all that there are</param>
    /// <exception cref="LedgerException">the star has none of the pictures</exception>
    public async Task<Figure> StarAsync(
        Star star,
        IReadOnlyCollection<string> wanted,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(star);
        var (chosen, sheet, width) = Layout(OfStar, wanted, size);
        var dataset = await new DatasetRepository(ledger).GetAsync(star.DatasetId, cancellationToken);
        var charts = await StarCharts.ReadAsync(ledger, _store, star, dataset.ReferenceEpoch, width, cancellationToken);
        var parts = chosen.ConvertAll(name =>
            name switch
            {
                "finder" => (name, "Finder chart", charts.Finder, $"North is up, east to the left. {charts.Arrows}".TrimEnd()),
                "cmd" => (name, "Colour–magnitude diagram", charts.Diagram, "Grey: the stars of the dataset."),
                "parallax" => (name, "Parallax", charts.Parallax, ""),
                _ => (name, "Magnitude", charts.Magnitude, ""),
            }
        );
        var title = parts.Count == 1 ? $"{parts[0].Item2}: {star.SourceId}" : $"Star {star.SourceId}";
        var provenance = Provenance.Of(title, string.Join(", ", chosen), dataset);
        provenance["source_id"] = star.SourceId;
        return ChartExport.Compose(
            title,
            parts,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{star.SourceId} of {dataset.Name}, RA {star.RaDeg:0.00000}°, Dec {star.DecDeg:+0.00000;−0.00000}° (ICRS, "
                    + $"{FinderChart.EpochText(dataset.ReferenceEpoch)}). "
                    + $"Almagest {ProgramVersion.Current}, loaded {dataset.CreatedAt:yyyy-MM-dd}."
            ),
            sheet,
            provenance,
            hasCaption,
            wanted.Count > 0
        );
    }

    /// <param name="wanted">of <see cref="OfSweep"/>; empty = all that there are</param>
    /// <param name="metric">null = the number that tells most</param>
    /// <param name="parameter">of the effect; null = the one that decides most</param>
    /// <exception cref="LedgerException">there is no such sweep, its runs do not differ in that, or it has none of the pictures</exception>
    public async Task<Figure> SweepAsync(
        Guid groupId,
        IReadOnlyCollection<string> wanted,
        string? metric = null,
        string? parameter = null,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        var (chosen, sheet, width) = Layout(OfSweep, wanted, size);
        var table = await SweepTable.ReadAsync(ledger, groupId, cancellationToken);
        var charts = SweepCharts.Of(table, metric, parameter, width);
        if ((charts.Parallel ?? charts.Importance ?? charts.Effect) is null)
            throw LedgerException.Of(
                ErrorCode.UnknownName,
                $"the complete runs of the sweep ({DisplayText.Count(table.Runs.Count)}) do not differ in a parameter and in what they "
                    + "found",
                "There is nothing to draw until they do.",
                "only"
            );
        var of = charts.Metric?.Title ?? "numbers";
        var parts = chosen.ConvertAll(name =>
            name switch
            {
                "parallel" => (
                    name,
                    "Runs across parameters",
                    charts.Parallel,
                    $"Each line is a run; its colour is its {of}, dark = least."
                ),
                "importance" => (name, "Importance of parameters", charts.Importance, charts.Effects?.Words ?? ""),
                _ => (
                    name,
                    charts.Parameter is null ? "Effect" : $"{of} against {charts.Parameter.Replace('_', ' ')}",
                    charts.Effect,
                    "Bars: standard deviation over seeds where there are several."
                ),
            }
        );
        var dataset = await new DatasetRepository(ledger).GetAnyAsync(table.Sweep.DatasetId, cancellationToken);
        var title =
            parts.Count == 1
                ? $"{parts[0].Item2}: sweep {DisplayText.Short(groupId)}"
                : $"Sweep {DisplayText.Short(groupId)} over {dataset.Name}";
        var provenance = Provenance.Of(title, string.Join(", ", chosen), dataset);
        provenance["group_id"] = groupId.ToString();
        provenance["run_ids"] = new JsonArray([.. table.Runs.Select(r => JsonValue.Create(r.RunId.ToString()))]);
        return ChartExport.Compose(
            title,
            parts,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table.Runs.Count:N0} complete runs of {DisplayText.Algorithm(table.Sweep.Algorithm)} over {dataset.Name}. "
                    + $"Almagest {ProgramVersion.Current}, {table.Sweep.EndedAt ?? table.Sweep.CreatedAt:yyyy-MM-dd}."
            ),
            sheet,
            provenance,
            hasCaption,
            wanted.Count > 0
        );
    }

    /// <param name="dataset">null = all</param>
    /// <exception cref="LedgerException">no dataset has stars</exception>
    public async Task<Figure> CoverageAsync(
        Dataset? dataset,
        CoverageMeasure measure,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(measure);
        var cells = await new AnalyticsQueries(ledger).CoverageAsync(
            dataset?.DatasetId,
            limit: int.MaxValue,
            cancellationToken: cancellationToken
        );
        var (map, highest) = LedgerCharts.Coverage(cells, measure);
        var title = $"Sky: {measure.Name}{(dataset is null ? "" : $", {dataset.Name}")}";
        return ChartExport.Compose(
            title,
            [
                (
                    "coverage",
                    title,
                    map,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"HEALPix cells of order {SkyCell.Order} ({SkyCell.AreaDeg2:0.00} deg²), at most {highest:N0}; "
                            + $"places without stars of "
                            + $"the catalogue are left empty."
                    )
                ),
            ],
            Source(),
            size ?? FigureSize.Usual(800),
            dataset is null ? Provenance.Begin(title, "cells") : Provenance.Of(title, "cells", dataset),
            hasCaption,
            false
        );
    }

    /// <param name="period"><c>week</c> or <c>month</c></param>
    /// <exception cref="LedgerException">there are no runs</exception>
    public async Task<Figure> TimelineAsync(
        string period,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        var rows = await new AnalyticsQueries(ledger).TimelineAsync(
            period,
            limit: LedgerCharts.TimelineRows,
            cancellationToken: cancellationToken
        );
        var title = $"Runs by {period}";
        size ??= FigureSize.Usual(Single);
        var (svg, remark) = LedgerCharts.Timeline(rows, period, size.Units);
        return ChartExport.Compose(
            title,
            [("timeline", title, svg, remark is null ? "Times are UTC." : $"Times are UTC. {remark}")],
            Source(),
            size,
            Provenance.Begin(title, "runs"),
            hasCaption,
            false
        );
    }

    /// <param name="features">null = the recipe that a cluster run would take</param>
    /// <param name="k">DBSCAN's min_samples, the star itself included</param>
    /// <exception cref="LedgerException">no such dataset or recipe, too few stars, or k out of range</exception>
    public async Task<Figure> DistancesAsync(
        Dataset dataset,
        StarFilter filter,
        string? features,
        int k,
        FigureSize? size = null,
        bool hasCaption = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(filter);
        var advice = await new DiscoveryService(ledger).KDistanceAsync(dataset.Name, filter, features, k, cancellationToken);
        var title = $"Distances to neighbour {k}: {dataset.Name}";
        size ??= FigureSize.Usual(Single);
        var provenance = Provenance.Of(title, "distances", dataset);
        provenance["filter"] = JsonNode.Parse(filter.ToJson());
        provenance["features"] = advice.Recipe.Reference;
        provenance["min_samples"] = k;
        return ChartExport.Compose(
            title,
            [
                (
                    "distances",
                    title,
                    LedgerCharts.Distances(advice, size.Units),
                    advice.Curve.SuggestedEps is { } eps
                        ? string.Create(CultureInfo.InvariantCulture, $"The line is at eps {eps:G4}, where near stars part from far ones.")
                        : "All distances are zero: no eps suggests itself."
                ),
            ],
            string.Create(
                CultureInfo.InvariantCulture,
                $"{dataset.Name}, {filter.Describe()}: {AnalysedText.Share(advice.TotalStars, advice.Excluded)} in "
                    + $"{advice.Recipe.Reference}. {Source()}"
            ),
            size,
            provenance,
            hasCaption,
            false
        );
    }

    private static string Source() =>
        string.Create(CultureInfo.InvariantCulture, $"Almagest {ProgramVersion.Current}, {DateTime.UtcNow:yyyy-MM-dd}.");

    private static (List<string> Chosen, FigureSize Sheet, double Width) Layout(
        IReadOnlyList<string> names,
        IReadOnlyCollection<string> wanted,
        FigureSize? size
    )
    {
        if (wanted.FirstOrDefault(w => !names.Contains(w)) is { } missing)
            throw ChartExport.Missing(missing, names);
        var chosen = names.Where(n => wanted.Count == 0 || wanted.Contains(n)).ToList();
        size ??= FigureSize.Usual(chosen.Count > 1 ? Sheet : Single);
        return (chosen, size, FigureSheet.Widths(chosen.Count, size).Chart);
    }
}
