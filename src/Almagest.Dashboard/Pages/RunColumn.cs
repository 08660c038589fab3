using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Runs;
using Almagest.Runs.Browsing;

namespace Almagest.Dashboard.Pages;

/// <summary>A column of the list of runs that can be taken away: a parameter or a number that runs found.</summary>
/// <param name="Name">as the address, an order and a condition name it</param>
/// <param name="Metric">null of a parameter</param>
internal sealed record RunColumn(string Name, string Title, string Meaning, RunMetric? Metric)
{
    /// <summary>More parameters than these are not shown unasked; of runs of both types fewer, so that a table fits its place.</summary>
    private const int MostUsual = 5,
        MostOfBoth = 2;

    // What runs of both types are looked through by.
    private static readonly string[] s_ofBoth = ["total_stars", "anomaly_count", "cluster_count"];

    // What every run of these pages has alike, or says in a column of its own.
    private static readonly string[] s_last =
    [
        "distance_without_errors",
        "min_parallax_over_error",
        "missing",
        "n_estimators",
        "max_samples",
    ];

    /// <summary>The columns that there are, parameters first.</summary>
    public static IReadOnlyList<RunColumn> All(RunTablePage page) =>
        [
            .. page.Parameters.Select(p => new RunColumn(p, TitleOf(p), $"the parameter {p}", null)),
            .. RunMetrics
                .All.Where(m => m.RunType is null || page.Types.Contains(m.RunType))
                .Select(m => new RunColumn(m.Name, m.Title, m.Meaning, m)),
        ];

    /// <summary>Those that are shown where nobody has chosen.</summary>
    public static IReadOnlyList<RunColumn> Usual(IReadOnlyList<RunColumn> all, RunTablePage page) =>
        [
            .. all.Where(c => c.Metric is null && page.Differing.Contains(c.Name))
                .OrderBy(c => Array.IndexOf(s_last, c.Name))
                // What runs looked at says most of runs of both types.
                .ThenBy(c => page.Types.Count > 1 && c.Name == "features" ? 0 : 1)
                .Take(page.Types.Count > 1 ? MostOfBoth : MostUsual),
            .. all.Where(c => c.Metric is { IsUsual: true } && !page.Lacking.Contains(c.Name) && IsSeen(c.Name, page)),
        ];

    // A column in which every complete run of the page has nothing says nothing.
    private static bool IsSeen(string metric, RunTablePage page) =>
        page.Types.Count > 1
            ? s_ofBoth.Contains(metric)
            : page.Rows.All(r => r.Metrics.Count == 0) || page.Rows.Any(r => r.Metrics.ContainsKey(metric));

    public string Value(RunTableRow row) =>
        Metric is { } metric
            ? row.Metrics.TryGetValue(Name, out var span)
                ? Written(span, metric)
                : ""
            : row.Parameters.TryGetValue(Name, out var values)
                ? Written(values)
                : "";

    /// <summary>What the value leaves out; null = nothing.</summary>
    public string? Detail(RunTableRow row) =>
        Metric is { } metric && row.IsSweep && row.Metrics.TryGetValue(Name, out var span)
            ? $"{CountText.Of(span.Count, "run", "runs")}, {Number(span.Least, metric)} to {Number(span.Most, metric)}"
            : null;

    public bool IsNumber(RunTablePage page) =>
        Metric is not null || page.Rows.All(r => !r.Parameters.TryGetValue(Name, out var p) || p.IsNumber || p.Least is null);

    private static string Written(MetricSpan span, RunMetric metric) =>
        span.Spread is { } spread && span.Least < span.Most ? Mean(span.Mean, spread, metric) : Number(span.Mean, metric);

    // A spread of 0.4 stars is said; one of runs that are all alike needs no decimals.
    private static string Mean(double mean, double spread, RunMetric metric)
    {
        var digits = metric.Digits == 0 && (spread > 0 && spread < 10 || mean % 1 != 0 && mean < 1000) ? 1 : metric.Digits;
        return $"{Fixed(mean, digits)} ± {Fixed(spread, digits)}";
    }

    private static string Number(double value, RunMetric metric) => Fixed(value, metric.Digits);

    private static string Fixed(double value, int digits) =>
        value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Written(ParameterSpan span) =>
        span.Values <= 1 ? span.Least ?? DisplayText.None
        : span.IsNumber ? $"{span.Least} – {span.Most} ({span.Values})"
        : span.Values == 2 ? $"{span.Least ?? DisplayText.None}, {span.Most ?? DisplayText.None}"
        : $"{span.Values} values";

    private static string TitleOf(string parameter) => parameter.Replace('_', ' ');
}
