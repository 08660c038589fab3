using Almagest.Discovery.Statistics;
using Almagest.Runs.Browsing;

namespace Almagest.Runs.Sweeps;

/// <summary>What of a sweep's runs decides over a number that they found.</summary>
/// <param name="Effects">of each parameter, the greatest first; null where the runs are too few to tell</param>
/// <param name="SeedShare">share of the variance that is left among runs that differ in the seed alone; null where none do</param>
/// <param name="Runs">runs that have the number</param>
/// <param name="IsBalanced">whether every combination of values has as many runs: the shares then do not overlap</param>
public sealed record SweepEffects(
    RunMetric Metric,
    IReadOnlyList<(string Parameter, MainEffect? Effect)> Effects,
    double? SeedShare,
    int Runs,
    bool IsBalanced
)
{
    /// <summary>Values of a number beyond these are put into as many bins.</summary>
    private const int MostValues = 8,
        Bins = 5;

    public static SweepEffects Of(SweepTable table, RunMetric metric)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(metric);
        var runs = table.Runs.Where(r => r.Found.ContainsKey(metric.Name)).ToList();
        var numbers = runs.ConvertAll(r => r.Found[metric.Name]);
        var settings = runs.GroupBy(r => r.Setting).ToList();
        var combinations = table.Parameters.Aggregate(
            1L,
            (n, p) => Math.Min(n * runs.Select(r => r.Settings[p]).Distinct().Count(), 1 << 30)
        );
        return new SweepEffects(
            metric,
            [
                .. table
                    .Parameters.Select(p => (Parameter: p, Effect: MainEffect.Of(Groups(runs.ConvertAll(r => r.Settings[p])), numbers)))
                    .OrderByDescending(e => e.Effect?.Share ?? -1)
                    .ThenBy(e => e.Parameter, StringComparer.Ordinal),
            ],
            MainEffect.Within(Numbered(runs.ConvertAll(r => r.Setting)), numbers),
            runs.Count,
            settings.Count == combinations && settings.Select(s => s.Count()).Distinct().Count() <= 1
        );
    }

    /// <summary>The method and what it rests on, for the words below it.</summary>
    public string Words =>
        $"Share of the variance of {Metric.Title} over {Runs} runs that goes with one parameter alone: the main effect of an analysis of "
        + "variance (ε², what chance gives is taken off), p by 999 permutations. Interactions are not in it. "
        + (
            Effects.All(e => e.Effect is null)
                ? $"It takes at least {MainEffect.LeastRuns} runs, two more than values, and numbers that differ."
            : IsBalanced ? "All combinations have as many runs: the shares do not overlap."
            : "The combinations have unequal numbers of runs: shares may overlap."
        )
        + (SeedShare is { } seeds ? FormattableString.Invariant($" Between seeds alone {100 * seeds:0} % of the variance are left.") : "");

    // Few values are groups of their own; of many, bins of as many runs each.
    private static int[] Groups(List<string?> values)
    {
        var numbers = values.ConvertAll(SweepTable.NumberOf);
        if (numbers.Contains(null) || numbers.Distinct().Count() <= MostValues)
            return Numbered(values.ConvertAll(v => v ?? ""));
        var sorted = numbers.Select(n => n!.Value).Order().ToArray();
        return
        [
            .. numbers.Select(n =>
                Math.Min(Bins - 1, Array.BinarySearch(sorted, n!.Value) is var at ? First(sorted, at) * Bins / sorted.Length : 0)
            ),
        ];
    }

    private static int First(double[] sorted, int at)
    {
        while (at > 0 && sorted[at - 1] == sorted[at])
            at--;
        return at;
    }

    private static int[] Numbered(List<string> values)
    {
        var numbers = values.Distinct().Index().ToDictionary(v => v.Item, v => v.Index);
        return [.. values.Select(v => numbers[v])];
    }
}
