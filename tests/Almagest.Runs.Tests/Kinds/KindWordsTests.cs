using Almagest.Contract.Runs;
using Almagest.Runs.Kinds;
using Xunit;

namespace Almagest.Runs.Tests.Kinds;

public sealed class KindWordsTests
{
    private static KindFeature Of(string feature, string effect, double median) => new(feature, "mag", effect, false, 0.5, median, 1);

    [Fact]
    public void Kinds_that_would_be_called_alike_are_told_apart_by_a_median_in_which_they_differ()
    {
        KindFeature[] first = [Of("color", "low", 0.2), Of("abs_mag", "high", 14)];
        KindFeature[] second = [Of("color", "low", 0.2), Of("abs_mag", "high", 12.5)];
        KindFeature[] other = [Of("color", "high", 3)];

        var names = KindWords.Names([first, other, second, second]);

        Assert.Equal(["bluer and fainter", "redder", "bluer and fainter (abs_mag 12.50 mag)", "bluer and fainter (3)"], names);
    }

    [Fact]
    public void Kinds_without_leading_features_are_told_apart_by_their_numbers() =>
        Assert.Equal(
            ["unusual in many ways", "unusual in many ways (1)"],
            KindWords.Names([
                [],
                [],
            ])
        );

    [Fact]
    public void A_kind_of_one_star_is_said_so() =>
        Assert.StartsWith("1 star, in the median", KindWords.Sentence(1, [Of("color", "low", 0.2)]), StringComparison.Ordinal);
}
