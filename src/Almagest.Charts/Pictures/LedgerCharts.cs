using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Timeline;
using Almagest.Runs.Execution;

namespace Almagest.Charts.Pictures;

/// <summary>What the colours of the map of the sky can say.</summary>
/// <param name="Value">as addresses have it</param>
public sealed record CoverageMeasure(string Value, string Name)
{
    public static IReadOnlyList<CoverageMeasure> All { get; } =
    [new("runs", "runs that analysed a cell"), new("star_analyses", "star analyses"), new("stars", "stars"), new("flags", "flags")];

    /// <summary>The one of that name, or the first.</summary>
    public static CoverageMeasure Of(string? value) => All.FirstOrDefault(m => m.Value == value) ?? All[0];

    internal double Count(CoverageRow cell) =>
        Value switch
        {
            "stars" => cell.Stars,
            "star_analyses" => cell.StarAnalyses,
            "flags" => cell.Flags,
            _ => cell.Runs,
        };
}

/// <summary>The pictures of a whole ledger, and of what helps to start a run.</summary>
public static class LedgerCharts
{
    /// <summary>How much of the sky was looked at; null where no dataset has stars.</summary>
    /// <returns>the picture, and the highest value</returns>
    public static (string? Svg, double Highest) Coverage(IReadOnlyList<CoverageRow> cells, CoverageMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(measure);
        if (cells.Count == 0)
            return (null, 0);
        var values = cells.GroupBy(c => c.Healpix6).ToDictionary(g => g.Key, g => g.Sum(measure.Count));
        // Runs are few and are told apart; the others span orders of magnitude.
        return (CellMap.Draw(values, SkyCell.Order, measure.Value != "runs", measure.Name, "Coverage of the sky"), values.Values.Max());
    }

    /// <summary>Runs by week or month; null where there are none.</summary>
    /// <param name="period"><c>week</c> or <c>month</c></param>
    public static string? Timeline(IReadOnlyList<TimelineRow> rows, string period, double width = RunCharts.UsualWidth)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var isMonth = period == "month";
        return rows.Count == 0
            ? null
            : Bars.Draw(
                [
                    .. rows.GroupBy(p => p.PeriodStart)
                        .OrderBy(g => g.Key)
                        .Select(g => new Bar(
                            g.Key.ToString(isMonth ? "MMM yyyy" : "d MMM", CultureInfo.InvariantCulture),
                            g.Where(p => p.RunType == RunTypes.Anomaly).Sum(p => p.TotalRuns),
                            g.Where(p => p.RunType == RunTypes.Cluster).Sum(p => p.TotalRuns)
                        )),
                ],
                isMonth ? "month" : "week from Monday",
                "runs",
                $"Runs by {period}",
                width,
                legend: ("anomaly runs", "cluster runs")
            );
    }

    /// <summary>Distances to neighbours, by which eps is chosen.</summary>
    public static string Distances(EpsAdvice advice, double width = RunCharts.UsualWidth)
    {
        ArgumentNullException.ThrowIfNull(advice);
        const int Drawn = 400;
        var d = advice.Curve.Distances;
        var step = Math.Max(1, d.Length / Drawn);
        return Curve.Draw(
            [.. Enumerable.Range(0, (d.Length + step - 1) / step).Select(i => d[i * step])],
            advice.Curve.SuggestedEps,
            step == 1 ? "stars, nearest first" : $"stars, nearest first (one in {step} is drawn)",
            "distance",
            "Distances to neighbours, ascending",
            width
        );
    }
}
