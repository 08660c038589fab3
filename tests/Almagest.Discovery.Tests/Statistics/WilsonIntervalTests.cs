using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

public sealed class WilsonIntervalTests
{
    // astropy.stats.binom_conf_interval(k, n, confidence_level=0.95, interval='wilson'), astropy 5.2.
    [Theory]
    [InlineData(0, 1, 0, 0.7934506856227626)]
    [InlineData(1, 1, 0.20654931437723745, 1)]
    [InlineData(0, 10, 0, 0.2775327998628892)]
    [InlineData(3, 10, 0.10779126740630104, 0.6032218525388546)]
    [InlineData(10, 10, 0.7224672001371109, 1)]
    [InlineData(97, 120, 0.7287884399579754, 0.8687497407504907)]
    [InlineData(1, 100_000, 1.7652477303783126e-06, 5.6647096590409656e-05)]
    [InlineData(50_000, 100_000, 0.49690108435968966, 0.5030989156403103)]
    public void It_is_astropys(int successes, int trials, double low, double high)
    {
        var found = WilsonInterval.Of(successes, trials);
        Assert.Equal((double)successes / trials, found.Share);
        Assert.Equal(low, found.Low, 1e-12);
        Assert.Equal(high, found.High, 1e-12);
    }

    [Fact]
    public void Nothing_is_known_without_a_trial()
    {
        Assert.Equal(new WilsonInterval(0, 0, null, 0, 1), WilsonInterval.Of(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(3, 2));
    }
}
