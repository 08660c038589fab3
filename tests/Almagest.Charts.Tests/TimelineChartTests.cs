using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Charts.Export;
using Almagest.Charts.Pictures;
using Almagest.Ledger.Views.Timeline;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>Runs by week and month, as a picture.</summary>
public sealed class TimelineChartTests
{
    private static TimelineRow Row(string start, string type, long runs) =>
        new()
        {
            PeriodStart = DateOnly.Parse(start, CultureInfo.InvariantCulture),
            PeriodType = "week",
            RunType = type,
            TotalRuns = runs,
        };

    private static IReadOnlyList<string> Tips(string svg) =>
        [.. Regex.Matches(svg, "<title>([^<]*: [^<]*)</title>").Select(m => m.Groups[1].Value)];

    [Fact]
    public void A_week_without_runs_keeps_its_place()
    {
        var (svg, remark) = LedgerCharts.Timeline([Row("2026-11-30", "anomaly", 4), Row("2026-11-09", "cluster", 2)], "week");
        Assert.Equal(
            [
                "9 Nov: anomaly runs 0, cluster runs 2",
                "16 Nov: anomaly runs 0, cluster runs 0",
                "23 Nov: anomaly runs 0, cluster runs 0",
                "30 Nov: anomaly runs 4, cluster runs 0",
            ],
            Tips(svg!).Distinct()
        );
        Assert.Contains("week from Monday, 2026", svg, StringComparison.Ordinal);
        Assert.Null(remark);
    }

    [Fact]
    public void Weeks_of_two_years_say_their_year()
    {
        var (svg, _) = LedgerCharts.Timeline([Row("2021-01-04", "cluster", 1), Row("2020-12-28", "anomaly", 3)], "week");
        Assert.Equal(["28 Dec 2020: anomaly runs 3, cluster runs 0", "4 Jan 2021: anomaly runs 0, cluster runs 1"], Tips(svg!).Distinct());
        Assert.DoesNotContain("from Monday, ", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_without_runs_says_so_instead_of_naming_pictures()
    {
        Assert.Null(LedgerCharts.Timeline([], "week").Svg);
        var error = ChartExport.Missing("timeline", []);
        Assert.Equal("there is nothing yet that 'timeline' could show", error.Message);
        Assert.DoesNotContain("There are", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_month_without_runs_keeps_its_place()
    {
        var (svg, _) = LedgerCharts.Timeline([Row("2021-02-01", "anomaly", 1), Row("2020-12-01", "anomaly", 1)], "month");
        Assert.Equal(
            [
                "Dec 2020: anomaly runs 1, cluster runs 0",
                "Jan 2021: anomaly runs 0, cluster runs 0",
                "Feb 2021: anomaly runs 1, cluster runs 0",
            ],
            Tips(svg!).Distinct()
        );
    }

    [Fact]
    public void Runs_of_more_than_a_year_before_the_newest_are_said_to_be_left_out()
    {
        var (svg, remark) = LedgerCharts.Timeline([Row("2026-11-30", "anomaly", 4), Row("2020-12-28", "anomaly", 2)], "week");
        Assert.Equal(52, Tips(svg!).Select(t => t.Split(':')[0]).Distinct().Count());
        Assert.Equal("Runs before 8 Dec 2025 are not drawn.", remark);
    }
}
