using Almagest.Discovery.Redraws;
using Xunit;

namespace Almagest.Discovery.Tests.Redraws;

public sealed class PhiloxTests
{
    /// <summary>Known answers of the authors' library Random123 (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0UL, 0U, 0U, 0UL, 0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U)]
    [InlineData(ulong.MaxValue, uint.MaxValue, uint.MaxValue, ulong.MaxValue, 0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU)]
    [InlineData(0x85a308d3243f6a88UL, 0x13198a2eU, 0x03707344U, 0x299f31d0a4093822UL, 0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U)]
    public void The_numbers_are_those_of_the_authors(ulong star, uint draw, uint block, ulong key, uint a, uint b, uint c, uint d) =>
        Assert.Equal((a, b, c, d), Philox.Of((long)key, star, draw, block));

    /// <summary>scipy.stats.norm.ppf.</summary>
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.025, -1.959963984540054)]
    [InlineData(0.9, 1.2815515655446004)]
    [InlineData(1e-5, -4.264890793922825)]
    [InlineData(1e-12, -7.034483825301132)]
    public void The_quantile_is_that_of_the_normal_distribution(double p, double expected) =>
        Assert.Equal(expected, NormalQuantile.Of(p), 12);

    [Fact]
    public void Equal_values_give_equal_keys_whatever_their_sign_of_zero_or_kind_of_gap()
    {
        Assert.Equal(Philox.Mix(1, 0.0), Philox.Mix(1, -0.0));
        Assert.Equal(Philox.Mix(1, double.NaN), Philox.Mix(1, -double.NaN));
        Assert.NotEqual(Philox.Mix(1, 1), Philox.Mix(2, 1));
        Assert.NotEqual(Philox.Mix(1, 1), Philox.Mix(1, Math.BitIncrement(1)));
    }
}
