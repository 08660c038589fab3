using System.Globalization;
using System.Xml.Linq;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Runs.Browsing;
using Almagest.Runs.Requests;
using Almagest.Runs.Sweeps;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>The pictures of a sweep.</summary>
public sealed class SweepChartTests
{
    private static readonly RunMetric s_f1 = RunMetrics.All.Single(m => m.Name == "f1");

    // eps decides, min_samples does not; each setting has two seeds.
    private static SweepTable Table(int seeds = 2) =>
        new(
            new SweepSummary(
                Guid.NewGuid(),
                "dbscan",
                1,
                24,
                new Dictionary<string, int>(),
                DateTime.UnixEpoch,
                DateTime.UnixEpoch,
                "cluster_count",
                null,
                null,
                null
            ),
            ["eps", "min_samples"],
            [s_f1],
            [
                .. from eps in new[] { "0.01", "0.1", "1" }
                from least in new[] { "5", "10", "20", "40" }
                from seed in Enumerable.Range(1, seeds)
                select new SweepRun(
                    Guid.NewGuid(),
                    new Dictionary<string, string?> { ["eps"] = eps, ["min_samples"] = least },
                    seed.ToString(CultureInfo.InvariantCulture),
                    new Dictionary<string, double>
                    {
                        ["f1"] = 0.2 * eps.Length + 0.01 * seed + 0.001 * int.Parse(least, CultureInfo.InvariantCulture),
                    }
                ),
            ]
        );

    private static IEnumerable<XElement> Of(string? svg, string element, string css) =>
        XDocument.Parse(svg!).Descendants().Where(e => e.Name.LocalName == element && (string?)e.Attribute("class") == css);

    [Fact]
    public void Every_run_is_a_line_across_all_axes_and_the_best_stands_out()
    {
        var charts = SweepCharts.Of(Table());
        var (lines, best) = (Of(charts.Parallel, "polyline", "way").ToList(), Of(charts.Parallel, "polyline", "best").ToList());
        Assert.Equal((23, 1), (lines.Count, best.Count));
        Assert.All(lines, l => Assert.Equal(3, ((string)l.Attribute("points")!).Trim().Split(' ').Length));
        foreach (var word in new[] { "eps", "min samples", "F1", "0.01", "40" })
            Assert.Contains($">{word}<", charts.Parallel, StringComparison.Ordinal);
        // On a logarithmic axis the middle of 0.01 and 1 is 0.1.
        var heights = lines.Concat(best).Select(l => ((string)l.Attribute("points")!).Split(' ')[0]).Distinct().ToList();
        var y = heights.Select(h => double.Parse(h.Split(',')[1], CultureInfo.InvariantCulture)).Order().ToList();
        Assert.Equal(3, y.Count);
        Assert.Equal((y[0] + y[2]) / 2, y[1], 0.1);
    }

    [Fact]
    public void The_parameter_that_decides_comes_first_and_is_drawn_with_the_spread_of_its_seeds()
    {
        var charts = SweepCharts.Of(Table());
        Assert.Equal(("eps", "F1"), (charts.Parameter, charts.Metric!.Title));
        Assert.Equal("eps", charts.Effects!.Effects[0].Parameter);
        Assert.True(charts.Effects.IsBalanced);
        Assert.Contains("999 permutations", charts.Effects.Words, StringComparison.Ordinal);
        Assert.Contains("Between seeds alone", charts.Effects.Words, StringComparison.Ordinal);
        Assert.Equal(
            (12, 12),
            (Of(charts.Effect, "circle", "dot").Count(c => c.Attribute("cx") is not null) - 1, Of(charts.Effect, "line", "err").Count())
        );
        Assert.Equal(4, Of(charts.Effect, "polyline", "way").Count());
        // Without repeated seeds there is no spread, and nothing is said of it.
        var single = SweepCharts.Of(Table(1), parameter: "min_samples");
        Assert.Empty(Of(single.Effect, "line", "err"));
        Assert.Null(single.Effects!.SeedShare);
    }

    [Fact]
    public void What_the_runs_do_not_differ_in_is_refused_with_what_there_is()
    {
        Assert.Equal("metric", Assert.Throws<LedgerException>(() => SweepCharts.Of(Table(), "cluster_count")).Field);
        var refused = Assert.Throws<LedgerException>(() => SweepCharts.Of(Table(), parameter: "metric"));
        Assert.Equal(("parameter", "There are: eps, min_samples."), (refused.Field, refused.Remedy));
        // They do differ in the seed.
        var seed = Assert.Throws<LedgerException>(() => SweepCharts.Of(Table(), parameter: "random_state"));
        Assert.StartsWith("parameter is 'random_state': the seed is in the spread", seed.Message, StringComparison.Ordinal);
        Assert.Null(SweepCharts.Of(Table() with { Metrics = [] }).Parallel);
    }
}
