using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

public sealed class StarSetTests
{
    [Fact]
    public void What_is_left_without_another_set_is_what_that_does_not_hold()
    {
        var random = new Random(3);
        long[] one = [.. Enumerable.Range(0, 500).Select(_ => random.NextInt64(-200_000, 200_000)).Distinct()];
        long[] other = [.. one.Where((_, i) => i % 3 == 0), 7_000_000];
        var rest = StarSet.Without(new StarSet(one), new StarSet(other));
        Assert.Equal(one.Except(other).Order(), rest);
        Assert.Equal(one.Except(other).LongCount(), rest.Count);
        Assert.Empty(StarSet.Without(new StarSet(one), new StarSet(one)));
    }
}
