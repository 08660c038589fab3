using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>Which parameter a number goes with.</summary>
public sealed class MainEffectTests
{
    // A grid of 3 x 4 with two seeds: the number follows the first parameter, and the second not at all.
    private static readonly int[] s_first = [.. Enumerable.Range(0, 24).Select(i => i % 3)];
    private static readonly int[] s_second = [.. Enumerable.Range(0, 24).Select(i => i / 3 % 4)];
    private static readonly double[] s_numbers = [.. Enumerable.Range(0, 24).Select(i => 10.0 * s_first[i] + new Random(i).NextDouble())];

    [Fact]
    public void The_parameter_that_decides_has_the_variance_and_the_other_none()
    {
        var first = MainEffect.Of(s_first, s_numbers)!;
        var second = MainEffect.Of(s_second, s_numbers)!;
        Assert.Equal((3, 24), (first.Groups, first.Runs));
        Assert.InRange(first.Share, 0.98, 1);
        Assert.Equal(0.001, first.PValue, 1e-12);
        Assert.Equal(0, second.Share, 0.02);
        Assert.InRange(second.PValue, 0.5, 1);
        // SPSS's example of epsilon squared is of this form: (SSB - dfB MSW) / SST.
        var mean = s_numbers.Average();
        var between = s_first.Zip(s_numbers).GroupBy(z => z.First, z => z.Second).Sum(g => g.Count() * Math.Pow(g.Average() - mean, 2));
        var all = s_numbers.Sum(n => (n - mean) * (n - mean));
        Assert.Equal((between - 2 * (all - between) / 21) / all, first.Share, 1e-12);
    }

    [Fact]
    public void What_chance_gives_is_no_share_and_its_p_values_are_even()
    {
        var random = new Random(4);
        var effects = Enumerable
            .Range(0, 60)
            .Select(_ => MainEffect.Of(s_second, [.. s_numbers.Select(_ => random.NextDouble())])!)
            .ToList();
        Assert.InRange(effects.Average(e => e.Share), 0, 0.1);
        Assert.InRange(effects.Average(e => e.PValue), 0.35, 0.65);
    }

    [Fact]
    public void Nothing_is_said_where_it_would_mean_nothing()
    {
        Assert.Null(MainEffect.Of(s_first[..7], s_numbers[..7]));
        Assert.Null(MainEffect.Of(new int[24], s_numbers));
        Assert.Null(MainEffect.Of([.. Enumerable.Range(0, 24)], s_numbers));
        Assert.Null(MainEffect.Of(s_first, [.. s_numbers.Select(_ => 0.1)]));
        Assert.Null(MainEffect.Of([], []));
    }

    [Fact]
    public void What_seeds_leave_is_the_variance_within_settings()
    {
        // Two of each setting; within one they differ by 1, settings by tens.
        int[] settings = [0, 0, 1, 1, 2, 2];
        double[] numbers = [0, 1, 10, 11, 20, 21];
        Assert.Equal(0.5 / 80.3, MainEffect.Within(settings, numbers)!.Value, 1e-12);
        Assert.Null(MainEffect.Within([0, 1, 2], [1, 2, 3]));
        Assert.Null(MainEffect.Within(settings, [5, 5, 5, 5, 5, 5]));
    }
}
