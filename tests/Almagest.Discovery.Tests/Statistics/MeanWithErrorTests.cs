using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>Means and their errors; the expected numbers are NumPy's.</summary>
public sealed class MeanWithErrorTests
{
    [Fact]
    public void The_error_of_a_mean_is_the_sample_deviation_over_the_root_of_the_number()
    {
        var found = MeanWithError.Of([7.1, 7.4, 7.9, 6.8, 7.3])!.Value;
        Assert.Equal(7.3, found.Mean, 1e-14);
        Assert.Equal(0.1816590212458496, found.Error!.Value, 1e-14);
    }

    [Fact]
    public void Of_one_value_there_is_a_mean_without_an_error_and_of_none_nothing()
    {
        Assert.Equal(new MeanWithError(3, null), MeanWithError.Of([3.0]));
        Assert.Null(MeanWithError.Of([]));
    }

    [Fact]
    public void Where_the_errors_explain_the_scatter_the_mean_is_weighted_by_them_alone()
    {
        var found = MeanWithError.Of([5.01, 4.99, 5.02, 5.0], [0.02, 0.02, 0.04, 0.01])!.Value;
        Assert.Equal(5.0008, found.Mean, 1e-12);
        Assert.Equal(0.008, found.Error!.Value, 1e-14);
        Assert.Equal(new MeanWithError(4.5, 0.25), MeanWithError.Of([4.5], [0.25]));
    }

    [Fact]
    public void Where_values_scatter_by_more_a_small_error_does_not_decide_the_mean()
    {
        var found = MeanWithError.Of([7.1, 7.4, 7.9, 6.8, 7.3], [0.02, 0.3, 0.15, 0.4, 0.05])!.Value;
        Assert.Equal(7.340206221659998, found.Mean, 1e-12);
        Assert.Equal(0.12134302239857167, found.Error!.Value, 1e-12);
    }

    [Fact]
    public void Large_numbers_that_differ_little_keep_their_digits()
    {
        var found = MeanWithError.Of([1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75])!.Value;
        Assert.Equal(1e9 + 0.5, found.Mean);
        Assert.Equal(0.25 / Math.Sqrt(3), found.Error!.Value, 1e-12);
    }
}
