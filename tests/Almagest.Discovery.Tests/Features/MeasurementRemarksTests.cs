using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

/// <summary>Numbers that are hardly measurements are told of, and those that are not are not.</summary>
public sealed class MeasurementRemarksTests
{
    private static readonly StarColumns s_stars = MadeStars.Random(500);

    private static readonly FeatureRecipe s_recipe = FeatureRecipes.Get("deep");

    [Fact]
    public void Ordinary_stars_give_no_remark() => Assert.Empty(Of(s_stars));

    [Theory]
    [InlineData(-99.99, 3)]
    [InlineData(99.99, 40)]
    [InlineData(-9.99, 12)]
    public void A_value_that_several_stars_have_far_from_all_others_is_told_as_a_mark(double mark, int stars)
    {
        var remark = Assert.Single(Of(s_stars.With(color: Marked(s_stars.Color, mark, stars))));
        Assert.StartsWith(
            FormattableString.Invariant($"{stars} of 500 stars have a color of exactly {mark:R}, far from all others"),
            remark,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Two_marks_and_an_absurd_value_in_one_column_are_all_told()
    {
        var pmra = Marked(s_stars.PmraMasYr, -999.9, 5);
        pmra.AsSpan(5, 4).Fill(9999);
        pmra[9] = 1e12;
        string[] remarks = [.. Of(s_stars.With(pmra: pmra))];
        Assert.Equal(3, remarks.Length);
        Assert.StartsWith("5 of 500 stars have a pmra of exactly -999.9,", remarks[0], StringComparison.Ordinal);
        Assert.StartsWith("4 of 500 stars have a pmra of exactly 9999,", remarks[1], StringComparison.Ordinal);
        Assert.StartsWith(
            "1 of 500 stars has a pmra beyond that of any star known (1E+12 mas/yr): another unit, or an error of the table.",
            remarks[2],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fast_stars_and_values_that_repeat_near_the_others_are_measurements()
    {
        var pmra = Marked(s_stars.PmraMasYr, 60, 50);
        pmra[50] = -4000;
        pmra[51] = 10_393;
        Assert.Empty(Of(s_stars.With(pmra: pmra)));
    }

    [Theory]
    [InlineData(-999)]
    [InlineData(-999.00006103515625)]
    public void A_mark_in_a_column_that_no_feature_uses_is_told_as_what_it_is_shown_as(double mark)
    {
        var remark = Assert.Single(Of(s_stars.With(parallax: Marked(s_stars.ParallaxMas, mark, 7))));
        Assert.StartsWith(
            FormattableString.Invariant($"7 of 500 stars have a parallax_mas of exactly {mark:R}, far from all others: more likely a mark"),
            remark,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "No feature of the run uses it; beside these stars it is shown as it was loaded.",
            remark,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_single_absurd_value_in_a_column_that_no_feature_uses_is_not_told() =>
        Assert.Empty(Of(s_stars.With(parallax: Marked(s_stars.ParallaxMas, 5e9, 1))));

    private static double[] Marked(double[] values, double mark, int stars)
    {
        double[] marked = [.. values];
        marked.AsSpan(0, stars).Fill(mark);
        return marked;
    }

    private static IReadOnlyList<string> Of(StarColumns stars) => FeaturePipeline.Prepare(stars, s_recipe).Remarks;
}
