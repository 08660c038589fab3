using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

public sealed class OrderStatisticsTests
{
    private static readonly Gen<double[]> s_values = Gen.OneOf(
        Gen.Double[-1e9, 1e9],
        Gen.Int[-3, 3].Select(i => (double)i),
        Gen.OneOf(double.NaN, 0.0, -0.0, 5e-324, 1e308, -1e308)
    ).Array[1, 5000];

    // numpy.percentile([15, 20, 35, 40, 50, -7.25, 3e5], q)
    [Theory]
    [InlineData(0, -7.25)]
    [InlineData(5, -0.575)]
    [InlineData(40, 27.5 - 1.5)]
    [InlineData(50, 35)]
    [InlineData(99, 282003.0)]
    [InlineData(100, 300000)]
    public void A_percentile_is_the_one_of_numpy(double percent, double expected) =>
        Assert.Equal(expected, OrderStatistics.Percentile([15, 20, 35, 40, 50, -7.25, 3e5], percent), 1e-9);

    [Fact]
    public void Selecting_gives_what_sorting_gives() =>
        s_values.Sample(
            values =>
            {
                var sorted = values.Where(v => !double.IsNaN(v)).Order().ToArray();
                for (var rank = 0; rank < sorted.Length; rank += 1 + sorted.Length / 7)
                    Assert.Equal(sorted[rank], OrderStatistics.Select(values, rank));
                Assert.Throws<ArgumentOutOfRangeException>(() => OrderStatistics.Select(values, sorted.Length));
                Assert.Equal(sorted.Length, OrderStatistics.CountKnown(values));
            },
            iter: 60
        );

    [Fact]
    public void A_percentile_interpolates_between_sorted_neighbours() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 4000], Gen.Double[0, 100])
            .Sample(
                (values, percent) =>
                {
                    var sorted = values.Order().ToArray();
                    var index = (sorted.Length - 1) * percent / 100;
                    var low = sorted[(int)index];
                    var high = sorted[Math.Min((int)index + 1, sorted.Length - 1)];
                    Assert.Equal(low + (high - low) * (index - Math.Floor(index)), OrderStatistics.Percentile(values, percent), 1e-6);
                },
                iter: 60
            );

    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 3.0, 1, double.NaN }, 2)]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 2.0, 2, 2, 9 }, 2)]
    public void A_median_passes_over_missing_values(double[] values, double expected) =>
        Assert.Equal(expected, OrderStatistics.Median(values));

    [Fact]
    public void Nothing_known_has_no_percentile()
    {
        Assert.True(double.IsNaN(OrderStatistics.Percentile([double.NaN], 50)));
        Assert.True(double.IsNaN(OrderStatistics.Median([])));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrderStatistics.Percentile([1], 100.1));
    }
}
