using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>Agreement of two choices and of two labellings, against SciPy and scikit-learn.</summary>
public sealed class AgreementTests
{
    // scipy.stats.hypergeom.logsf(common - 1, total, first, second) / ln 10
    [Theory]
    [InlineData(2000, 100, 200, 60, -37.05937306130615)]
    [InlineData(50, 10, 12, 3, -0.34742221027891423)]
    [InlineData(50, 10, 12, 0, 0)]
    [InlineData(100_000, 5000, 5000, 250, -0.2926906052534777)]
    [InlineData(100_000, 5000, 5000, 4000, -5126.582056359465)]
    [InlineData(20, 15, 15, 10, 0)]
    [InlineData(1_000_000, 50_000, 50_000, 2600, -1.7323276469675473)]
    public void The_chance_of_an_overlap_is_SciPys(long total, long first, long second, long common, double expected) =>
        Assert.Equal(expected, Hypergeometric.Log10UpperTail(total, first, second, common), 1e-6 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void The_chances_of_every_overlap_add_up_to_certainty()
    {
        double sum = 0,
            mean = 0;
        for (var k = 0; k <= 12; k++)
        {
            var exactly =
                Math.Pow(10, Hypergeometric.Log10UpperTail(40, 12, 17, k))
                - (k < 12 ? Math.Pow(10, Hypergeometric.Log10UpperTail(40, 12, 17, k + 1)) : 0);
            sum += exactly;
            mean += k * exactly;
        }
        Assert.Equal(1, sum, 1e-12);
        Assert.Equal(Hypergeometric.Mean(40, 12, 17), mean, 1e-12);
    }

    [Theory]
    [InlineData(10, 11, 3, 1)]
    [InlineData(10, 4, 3, 4)]
    [InlineData(10, -1, 3, 0)]
    public void Counts_that_contradict_each_other_are_refused(long total, long first, long second, long common) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Hypergeometric.Log10UpperTail(total, first, second, common));

    // sklearn.metrics.adjusted_rand_score
    [Theory]
    [InlineData("0 0 1 1 2 2 -1 -1 0", "0 0 1 2 2 2 -1 0 -1", 0.15625)]
    [InlineData("0 0 0 1 1 1", "0 0 1 1 2 2", 0.24242424242424243)]
    [InlineData("0 1 0 1", "0 0 1 1", -0.5)]
    [InlineData("0 0 1 1", "5 5 3 3", 1)]
    [InlineData("0 0 0 0", "1 1 1 1", 1)]
    [InlineData("0 1 2 3", "3 2 1 0", 1)]
    public void The_adjusted_Rand_index_is_scikit_learns(string first, string second, double expected)
    {
        var pairs = first.Split(' ').Zip(second.Split(' '), (a, b) => (int.Parse(a), int.Parse(b)));

        var table = new ContingencyTable(pairs.CountBy(p => p).Select(p => (p.Key.Item1, p.Key.Item2, (long)p.Value)));

        Assert.Equal(expected, table.AdjustedRandIndex(), 1e-12);
    }
}
