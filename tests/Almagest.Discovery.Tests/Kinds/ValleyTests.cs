using Almagest.Discovery.Kinds;
using Almagest.Discovery.Tests.Anomaly;
using Xunit;

namespace Almagest.Discovery.Tests.Kinds;

public sealed class ValleyTests
{
    [Fact]
    public void Values_fall_apart_where_they_have_two_crests_and_a_valley_and_not_where_they_have_one()
    {
        double[] one = [.. MadeMatrix.Gaussian(400, 1).Values];
        Assert.Null(Valley.Of(one));
        // A long tail is no second crest.
        Assert.Null(Valley.Of([.. one.Select(Math.Exp)]));
        var at = Valley.Of([.. one, .. one[..100].Select(v => v + 8)]);
        Assert.InRange(at!.Value, 3, 5.5);
        Assert.Null(Valley.Of([.. one, 8, 8.1, 8.2]));
        Assert.Null(Valley.Of([.. Enumerable.Repeat(1.0, 100)]));
    }
}
