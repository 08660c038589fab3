namespace Almagest.Discovery.Statistics;

/// <summary>
/// How much of the variance of a number over runs goes with one parameter: the main effect of a one-way analysis of variance, as ε² (Kelley
/// 1935), which is 0 on average where the parameter does nothing, and its permutation test.
/// </summary>
/// <param name="Groups">different values of the parameter, or bins of them</param>
/// <param name="Runs">runs that have the number</param>
/// <param name="Share">0 to 1; what chance alone gives is taken off</param>
/// <param name="PValue">share of 999 permutations of the numbers among the runs that separate the groups as well, these runs counted
/// in</param>
public sealed record MainEffect(int Groups, int Runs, double Share, double PValue)
{
    /// <summary>Of fewer runs nothing is said: two values with three runs each cannot get a p value below 0.1.</summary>
    public const int LeastRuns = 8;

    private const int Permutations = 999;

    /// <summary>Null where it means nothing: fewer than <see cref="LeastRuns"/> runs, fewer than two runs more than groups, one group, or
    /// numbers that are all alike.</summary>
    /// <param name="groups">of each run, from 0</param>
    public static MainEffect? Of(IReadOnlyList<int> groups, IReadOnlyList<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(numbers);
        var runs = numbers.Count;
        var count = groups.Count == 0 ? 0 : groups.Max() + 1;
        var used = groups.Distinct().Count();
        if (runs < LeastRuns || used < 2 || runs < used + 2)
            return null;
        var mean = numbers.Average();
        var centred = numbers.Select(n => n - mean).ToArray();
        var all = centred.Sum(d => d * d);
        if (!(all > 1e-24 * Math.Max(1e-300, numbers.Sum(n => n * n))))
            return null;
        var sizes = new int[count];
        foreach (var g in groups)
            sizes[g]++;
        var between = Between(groups, centred, sizes);
        // Rounding makes ties of what is the same grouping in another order.
        var least = between * (1 - 1e-12);
        var random = new Random(20261130);
        var asGood = 1;
        for (var i = 0; i < Permutations; i++)
        {
            random.Shuffle(centred);
            if (Between(groups, centred, sizes) >= least)
                asGood++;
        }
        var within = (all - between) / (runs - used);
        return new MainEffect(used, runs, Math.Clamp((between - (used - 1) * within) / all, 0, 1), asGood / (Permutations + 1.0));
    }

    /// <summary>The share of the variance that is left among runs of one group, such as those that differ in the seed alone; null where no
    /// group has two runs, or the numbers are all alike.</summary>
    public static double? Within(IReadOnlyList<int> groups, IReadOnlyList<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(numbers);
        var repeated = groups.Index().GroupBy(g => g.Item, g => numbers[g.Index]).Select(g => g.ToArray()).ToList();
        if (!repeated.Exists(g => g.Length > 1) || numbers.Count < 3)
            return null;
        var mean = numbers.Average();
        var all = numbers.Sum(n => (n - mean) * (n - mean)) / (numbers.Count - 1);
        var freedom = repeated.Sum(g => g.Length - 1);
        var within = repeated.Sum(g => g.Sum(n => (n - g.Average()) * (n - g.Average()))) / freedom;
        return all > 0 ? Math.Min(1, within / all) : null;
    }

    private static double Between(IReadOnlyList<int> groups, double[] centred, int[] sizes)
    {
        var sums = new double[sizes.Length];
        for (var i = 0; i < centred.Length; i++)
            sums[groups[i]] += centred[i];
        var between = 0.0;
        for (var g = 0; g < sums.Length; g++)
            between += sizes[g] == 0 ? 0 : sums[g] * sums[g] / sizes[g];
        return between;
    }
}
