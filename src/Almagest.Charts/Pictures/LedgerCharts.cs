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

    /// <summary>The periods that a timeline shows at most: a year of weeks.</summary>
    private const int MostPeriods = 52;

    /// <summary>The rows that a timeline is drawn from, the newest first: those of its periods, and one that says whether there are older
    /// ones.</summary>
    public const int TimelineRows = 2 * MostPeriods + 1;

    /// <summary>Runs by week or month, up to the newest that has any; null where there are none. Periods without runs keep their
    /// place.</summary>
    /// <param name="rows">the newest <see cref="TimelineRows"/></param>
    /// <param name="period"><c>week</c> or <c>month</c></param>
    /// <returns>the picture, and what it leaves out</returns>
    public static (string? Svg, string? Remark) Timeline(
        IReadOnlyList<TimelineRow> rows,
        string period,
        double width = RunCharts.UsualWidth
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            return (null, null);
        var isMonth = period == "month";
        DateOnly Back(DateOnly from, int periods) => isMonth ? from.AddMonths(-periods) : from.AddDays(-7 * periods);
        var (oldest, newest) = (rows.Min(r => r.PeriodStart), rows.Max(r => r.PeriodStart));
        var starts = Enumerable.Range(0, MostPeriods).Select(i => Back(newest, i)).TakeWhile(s => s >= oldest).Reverse().ToList();
        // A bar that is named 28 Dec may be of any year: where all are of one, the axis says which.
        var isOneYear = starts[0].Year == newest.Year;
        var svg = Bars.Draw(
            [.. starts.Select(s => new Bar(Name(s), Runs(s, RunTypes.Anomaly), Runs(s, RunTypes.Cluster)))],
            (isMonth ? "month" : "week from Monday") + (isOneYear && !isMonth ? $", {Text(newest, "yyyy")}" : ""),
            "runs",
            $"Runs by {period}",
            width,
            legend: ("anomaly runs", "cluster runs")
        );
        return (svg, oldest < starts[0] ? $"Runs before {Text(starts[0], "d MMM yyyy")} are not drawn." : null);

        string Name(DateOnly start) =>
            Text(
                start,
                isMonth ? "MMM yyyy"
                    : isOneYear ? "d MMM"
                    : "d MMM yyyy"
            );
        long Runs(DateOnly start, string type) => rows.Where(r => r.PeriodStart == start && r.RunType == type).Sum(r => r.TotalRuns);
    }

    private static string Text(DateOnly day, string format) => day.ToString(format, CultureInfo.InvariantCulture);

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
