using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Runs.Browsing;
using Almagest.Runs.Sweeps;

namespace Almagest.Charts.Pictures;

/// <summary>The pictures of a sweep, as its page and <c>almagest plot sweep</c> draw them.</summary>
/// <param name="Parallel">its runs as lines across what differs and what they found; null where there are none</param>
/// <param name="Importance">which parameter the number goes with; null where none differs</param>
/// <param name="Effect">the number against one parameter; null likewise</param>
/// <param name="Parameter">that one</param>
public sealed record SweepCharts(
    string? Parallel,
    string? Importance,
    string? Effect,
    string? Parameter,
    RunMetric? Metric,
    SweepEffects? Effects
)
{
    /// <summary>More axes than these are not read.</summary>
    private const int MostAxes = 8;

    /// <param name="parameter">null = the one that decides most</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">the runs do not differ in that number or parameter</exception>
    public static SweepCharts Of(SweepTable table, string? metric = null, string? parameter = null, double width = RunCharts.UsualWidth)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.MetricOf(metric) is not { } of)
            return new SweepCharts(null, null, null, null, null, null);
        if (!string.IsNullOrEmpty(parameter) && !table.Parameters.Contains(parameter))
            throw Almagest.Contract.Errors.LedgerException.Invalid(
                "parameter",
                parameter == "random_state"
                    ? "parameter is 'random_state': the seed is in the spread of the runs, and nothing is drawn against it"
                    : $"parameter is '{parameter}', in which the runs of the sweep do not differ",
                table.Parameters.Count == 0 ? "They differ in the seed alone." : $"There are: {string.Join(", ", table.Parameters)}."
            );
        var effects = SweepEffects.Of(table, of);
        var chosen = string.IsNullOrEmpty(parameter) ? effects.Effects.Select(e => e.Parameter).FirstOrDefault() : parameter;
        var runs = table.Runs.Where(r => r.Found.ContainsKey(of.Name)).ToList();
        return new SweepCharts(
            table.Parameters.Count == 0 ? null : DrawParallel(table, runs, effects, of, width),
            effects.Effects.Count == 0
                ? null
                : RankedBars.Draw(
                    [.. effects.Effects.Select(e => new RankedBar(Named(e.Parameter), e.Effect?.Share, Said(e.Effect)))],
                    $"share of the variance of {of.Title}",
                    "Importance of parameters",
                    width
                ),
            chosen is null ? null : DrawEffect(runs, of, chosen, width),
            chosen,
            of,
            effects
        );
    }

    private static string Said(Almagest.Discovery.Statistics.MainEffect? effect) =>
        effect is { } e ? string.Create(CultureInfo.InvariantCulture, $"{100 * e.Share:0} %, p = {e.PValue:0.000}") : "too few runs";

    private static string Named(string parameter) => parameter.Replace('_', ' ');

    private static string DrawParallel(SweepTable table, List<SweepRun> runs, SweepEffects effects, RunMetric metric, double width)
    {
        // Those that decide most, in the order of the table, and what they decide last.
        var shown = effects.Effects.Take(MostAxes - 1).Select(e => e.Parameter).ToHashSet();
        var parameters = table.Parameters.Where(shown.Contains).ToList();
        var places = parameters.ConvertAll(p => PlaceOf(runs.ConvertAll(r => r.Settings[p])));
        var numbers = runs.ConvertAll(r => r.Found[metric.Name]);
        var (low, high) = Scale.Around(numbers, 0);
        var axes = places.Select((p, i) => new ParallelAxis(Named(parameters[i]), p.Ticks)).ToList();
        var scale = new Scale(low, high, 0, 1);
        var ticks = scale.Ticks(4);
        axes.Add(new ParallelAxis(metric.Title, [.. Scale.Labels(ticks).Select((label, i) => (scale.At(ticks[i]), label))]));
        var best = numbers.Max();
        return ParallelCoordinates.Draw(
            axes,
            [
                .. runs.Select(
                    (r, i) =>
                        new ParallelLine(
                            [.. places.Select(p => p.Of(i)), scale.At(numbers[i])],
                            scale.At(numbers[i]),
                            Tip(r, metric),
                            numbers[i] == best
                        )
                ),
            ],
            $"Runs of the sweep across their parameters and {metric.Title}",
            new LegendEntry("best", null, $"greatest {metric.Title}"),
            width
        );
    }

    private static string Words(SweepRun run) => string.Join(", ", run.Settings.Select(s => $"{Named(s.Key)} {s.Value ?? "none"}"));

    private static string Tip(SweepRun run, RunMetric metric) =>
        $"{DisplayText.Short(run.RunId)}: {Words(run)}"
        + (run.Seed is { } seed ? $", seed {seed}" : "")
        + string.Create(CultureInfo.InvariantCulture, $"; {metric.Title} {Math.Round(run.Found[metric.Name], Math.Max(metric.Digits, 2))}");

    // Numbers by their size, on a logarithmic scale where they span much; words in their order.
    private static (Func<int, double> Of, IReadOnlyList<(double Place, string Label)> Ticks) PlaceOf(List<string?> values)
    {
        var (at, labels) = Along(values);
        var known = at.Where(double.IsFinite).ToList();
        var scale = known.Count == 0 || known.Min() == known.Max() ? null : new Scale(known.Min(), known.Max(), 0, 1);
        double Place(double v) => scale?.At(v) ?? 0.5;
        if (labels is null)
        {
            var ticks = scale!.Ticks(4);
            labels = [.. Scale.Labels(ticks).Select((label, i) => (ticks[i], label))];
        }
        return (i => double.IsFinite(at[i]) ? Place(at[i]) : double.NaN, [.. labels.Select(l => (Place(l.Place), l.Label))]);
    }

    /// <summary>Where values stand on an axis, and words for it; null = numbers as they are.</summary>
    private static (double[] At, IReadOnlyList<(double Place, string Label)>? Labels) Along(List<string?> values)
    {
        const int Few = 7;
        var numbers = values.ConvertAll(SweepTable.NumberOf);
        if (numbers.TrueForAll(n => n is not null))
        {
            var distinct = numbers.Select(n => n!.Value).Distinct().Order().ToList();
            var isLogarithmic = distinct[0] > 0 && distinct[^1] >= 30 * distinct[0];
            double Of(double n) => isLogarithmic ? Math.Log10(n) : n;
            var named = isLogarithmic || distinct.Count <= Few ? distinct : null;
            // Of many the first, the last and some between them.
            if (named is { Count: > Few })
                named = [.. Enumerable.Range(0, Few).Select(i => named[i * (named.Count - 1) / (Few - 1)])];
            return (
                [.. numbers.Select(n => Of(n!.Value))],
                named?.ConvertAll(n => (Of(n), n.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '\u2212')))
            );
        }
        var words = values.Select(v => v ?? "none").Distinct().Order(StringComparer.Ordinal).ToList();
        return ([.. values.Select(v => (double)words.IndexOf(v ?? "none"))], [.. words.Select((w, i) => ((double)i, Clip(w)))]);
    }

    private static string Clip(string word) => word.Length <= 18 ? word : word[..17] + "…";

    private static string DrawEffect(List<SweepRun> runs, RunMetric metric, string parameter, double width)
    {
        var (at, labels) = Along(runs.ConvertAll(r => r.Settings[parameter]));
        var points = runs.Select((r, i) => (Run: r, X: at[i]))
            .GroupBy(r => (r.Run.Setting, r.X))
            .Select(g =>
            {
                var numbers = g.Select(r => r.Run.Found[metric.Name]).ToArray();
                var mean = numbers.Average();
                double? spread = numbers.Length > 1 ? Math.Sqrt(numbers.Sum(n => (n - mean) * (n - mean)) / (numbers.Length - 1)) : null;
                var (first, _) = g.First();
                return new SpreadPoint(
                    g.Key.X,
                    mean,
                    spread,
                    first.SettingBut(parameter),
                    numbers.Length == 1
                        ? Tip(first, metric)
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Words(first)}; {numbers.Length} seeds: " + $"{metric.Title} {mean:G4} ± {spread:G2}"
                        )
                );
            })
            .ToList();
        return SpreadPlot.Draw(points, labels, Named(parameter), metric.Title, $"{metric.Title} against {Named(parameter)}", width);
    }
}
