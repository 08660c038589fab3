using Almagest.Discovery.Kinds;
using Xunit;

namespace Almagest.Discovery.Tests.Kinds;

public sealed class FeatureWordsTests
{
    [Theory]
    [InlineData("abs_mag", true, false, "fainter")]
    [InlineData("color", false, false, "bluer")]
    [InlineData("v_tan", true, true, "far faster")]
    [InlineData("pm_significant", true, true, "of far greater proper motion")]
    [InlineData("pmra", false, true, "moving far more to the west")]
    [InlineData("gal_x", true, false, "higher in gal_x")]
    [InlineData("gal_x", false, true, "far lower in gal_x")]
    public void What_stars_are_more_than_others_is_said_in_words(string feature, bool isMore, bool isFar, string words) =>
        Assert.Equal(words, FeatureWords.Of(feature, isMore, isFar));
}
