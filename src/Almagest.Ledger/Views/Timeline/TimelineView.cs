using System.Globalization;
using Almagest.Contract.Columns;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.Timeline;

/// <summary>What happened when. Small enough to be computed when it is read: mode incremental has no tables for it.</summary>
internal static class TimelineView
{
    public static ViewFilter PeriodType { get; } =
        new ChoiceFilter("period_type", "weeks from Monday, or months (UTC)", ["week", "month"])
        {
            Option = "--period",
            Default = "week",
            Describe = period => $"by {period}",
        };

    public static AnalyticsView<TimelineRow> View { get; } =
        new()
        {
            Name = "mv_discovery_timeline",
            Description = "Runs by the week and month in which they were asked for, UTC",
            Key = ["period_type", "period_start", "run_type"],
            Columns =
            [
                Date("period_start", "time.start", "Monday of the week, or first day of the month"),
                Text("period_type", "meta.code", "week or month"),
                RunColumns.RunType,
                Integer("total_runs", "meta.number", "runs asked for, whatever became of them"),
                Integer("completed_runs", "meta.number", "runs that were completed"),
                Double("completion_rate", null, "stat.value;arith.ratio", "completed runs over runs asked for, 0 to 1"),
                Integer("total_stars_analyzed", "meta.number", "stars analysed by the complete runs, summed"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the last of the runs was asked for or completed",
                },
            ],
            RunTypes = Model.RunTypes.All,
            EveryChange = true,
            CountSql = "select count(*) from public.mv_discovery_timeline",
            Order = "period_type desc, period_start desc, run_type",
            Filters = [PeriodType, ViewFilters.RunType],
            Route = new("timeline", "getTimeline", "Runs by week or month, newest first") { Limit = new(365, 52) },
            Command = new(
                "timeline",
                "Show how many runs were asked for and completed, by week or month (UTC), newest first",
                "timeline",
                "There are no such runs yet. Start one: almagest discover anomalies"
            )
            {
                Examples = ["almagest analytics timeline --period month --type anomaly"],
                Cells =
                [
                    ViewCell.Of<TimelineRow>("from", r => r.PeriodStart.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                    ViewCell.Of<TimelineRow>("period", r => r.PeriodType),
                    ViewCell.Of<TimelineRow>("type", r => r.RunType),
                    ViewCell.Of<TimelineRow>(">runs", r => r.TotalRuns),
                    ViewCell.Of<TimelineRow>(">completed", r => r.CompletedRuns),
                    ViewCell.Of<TimelineRow>(">share", r => r.CompletionRate),
                    ViewCell.Of<TimelineRow>(">star-analyses", r => r.TotalStarsAnalyzed),
                    ViewCell.Of<TimelineRow>("last change", r => r.LastUpdated),
                ],
            },
        };
}
