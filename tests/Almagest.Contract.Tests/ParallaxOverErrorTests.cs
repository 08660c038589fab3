using Almagest.Contract.Runs;
using Xunit;

namespace Almagest.Contract.Tests;

public sealed class ParallaxOverErrorTests
{
    [Theory]
    [InlineData(10.0, 0.5, 20.0)]
    [InlineData(-1.0, 0.5, -2.0)]
    [InlineData(-999.0, 0.03, null)]
    [InlineData(-999.00006103515625, 0.03, null)]
    [InlineData(9999.0, 0.03, null)]
    [InlineData(10.0, 0.0, null)]
    [InlineData(10.0, null, null)]
    [InlineData(null, 0.03, null)]
    public void A_mark_of_missing_values_has_no_signal_to_noise(double? parallax, double? error, double? expected) =>
        Assert.Equal(
            expected,
            new ScoredStar(1, "a", 0, 0, parallax, null, null, null, null, -0.1) { ParallaxErrorMas = error }.ParallaxOverError
        );
}
