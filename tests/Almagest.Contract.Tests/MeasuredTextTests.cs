using Almagest.Contract.Runs;
using Xunit;

namespace Almagest.Contract.Tests;

/// <summary>Measured values as people read them.</summary>
public sealed class MeasuredTextTests
{
    [Theory]
    [InlineData(7.37212, 0.0638, "7.372 ± 0.064", "7.372")]
    [InlineData(1843.7, 123.4, "1840 ± 120", "1840")]
    [InlineData(1843.7, 2345.0, "1800 ± 2300", "1800")]
    [InlineData(135.62, 1.27, "135.6 ± 1.3", "135.6")]
    [InlineData(-0.0001, 0.25, "0.00 ± 0.25", "0.00")]
    [InlineData(135.62, null, "136", "136")]
    [InlineData(135.62, double.NaN, "136", "136")]
    [InlineData(null, 1.0, "–", "–")]
    public void No_digit_is_written_that_the_error_does_not_bear_out(double? value, double? error, string both, string alone)
    {
        Assert.Equal(both, MeasuredText.Of(value, error, "0"));
        Assert.Equal(alone, MeasuredText.Alone(value, error, "0"));
    }

    [Fact]
    public void A_distance_is_told_with_what_the_zero_point_would_change()
    {
        var cluster = new ClusterResource(0, 40, DistancePc: 2000);
        Assert.Equal(1886.8, cluster.ShiftedDistancePc()!.Value, 0.1);
        Assert.Null(new ClusterResource(0, 40).ShiftedDistancePc());
        // 0.03 mas are 5 pc of 413: the digits of a smaller error say nothing.
        Assert.Equal("414", new ClusterResource(0, 40, DistancePc: 413.54, DistanceErrorPc: 0.19).DistanceText());
        Assert.Equal("413 ± 12", new ClusterResource(0, 40, DistancePc: 413.4, DistanceErrorPc: 12).DistanceText());
        Assert.Equal("–", new ClusterResource(0, 40).DistanceText());
    }
}
