using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

/// <summary>A parallax is a distance where it is known well enough, and nowhere else.</summary>
public sealed class DistanceRuleTests
{
    private const double None = double.NaN,
        Infinity = double.PositiveInfinity;

    [Theory]
    [InlineData(5, 1, true)]
    [InlineData(4.999, 1, false)]
    [InlineData(0.01, 0.001, true)]
    [InlineData(0.001, 0.0002, true)]
    [InlineData(0.0009, 0.0001, false)]
    [InlineData(-5, 0.1, false)]
    [InlineData(0, 0, false)]
    [InlineData(10, None, false)]
    [InlineData(10, 0, false)]
    [InlineData(10, -1, false)]
    [InlineData(10, Infinity, false)]
    [InlineData(Infinity, 1, false)]
    [InlineData(None, 1, false)]
    [InlineData(1e101, 1, false)]
    public void A_run_that_says_nothing_takes_five_times_the_error(double parallax, double error, bool expected) =>
        Assert.Equal(expected, DistanceRule.Usual.Holds(parallax, error));

    [Theory]
    [InlineData(0.001, None, true)]
    [InlineData(0.0009, None, false)]
    [InlineData(3, 0, true)]
    [InlineData(3, 1, false)]
    [InlineData(3, Infinity, false)]
    public void A_parallax_of_unknown_error_counts_only_where_it_is_asked_for(double parallax, double error, bool expected) =>
        Assert.Equal(expected, new DistanceRule(5, true).Holds(parallax, error));

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.001, None)]
    [InlineData(3, Infinity)]
    public void Runs_from_before_took_any_parallax(double parallax, double error)
    {
        Assert.True(DistanceRule.AnyParallax.Holds(parallax, error));
        Assert.False(DistanceRule.AnyParallax.Holds(0.0009, error));
    }

    [Fact]
    public void A_star_without_a_distance_is_left_out_with_its_own_reason()
    {
        var stars = MadeStars
            .Random(8)
            .With(
                parallax: [10, 10, 10, 10, -3, 0.0001, None, 6],
                parallaxError: [1, 3, None, 0, 1, None, 1, 1],
                color: [1, 1, 1, 1, 1, 1, 1, None]
            );
        IEnumerable<(string, int)> Excluded(DistanceRule rule) =>
            CompleteStars.Of(stars, FeatureRecipes.Get("photometric"), rule).Excluded.Select(e => (e.Reason, e.StarIds.Length));
        Assert.Equal(
            [("no parallax", 1), ("no parallax_error", 3), ("parallax_over_error below 5", 2), ("no color", 1)],
            Excluded(DistanceRule.Usual)
        );
        Assert.Equal(
            [("no parallax", 1), ("parallax_over_error below 2.5", 1), ("parallax below 0.001 mas", 1), ("no color", 1)],
            Excluded(new DistanceRule(2.5, true))
        );
        Assert.Equal([("no parallax", 1), ("parallax below 0.001 mas", 2), ("no color", 1)], Excluded(DistanceRule.AnyParallax));
        // A recipe that takes the parallax as it is leaves nobody out for its error.
        Assert.Equal(
            "no parallax",
            Assert.Single(CompleteStars.Of(stars, FeatureRecipes.Get("astrometric"), DistanceRule.Usual).Excluded).Reason
        );
    }

    [Fact]
    public void Where_gaps_are_filled_the_median_of_the_distances_stands_in_for_what_is_none()
    {
        var stars = MadeStars
            .Random(5)
            .With(parallax: [10, 20, 30, 0.01, 40], parallaxError: [1, 1, 1, 1, None], magnitude: [10, 10, 10, 10, 10]);
        var made = FeaturePipeline.Prepare(
            stars,
            FeatureRecipes.Get("photometric"),
            new FeatureOptions { Distances = DistanceRule.Usual, Standardise = false }
        );
        double AbsoluteMagnitude(double parallax) => 10 + 5 * Math.Log10(parallax) - 10;
        Assert.Equal(
            new[] { 10.0, 20, 30, 20, 20 }.Select(AbsoluteMagnitude),
            made.Matrix.Column("abs_mag"),
            (a, b) => Math.Abs(a - b) < 1e-12
        );
        Assert.Contains(
            "2 of 5 stars have a parallax that is no distance (at least 5 times its error): for distances the median of the others, 20 mas",
            Assert.Single(made.Notes),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(5.0, true, 1, "1 of 3 stars has a distance from a parallax whose error is not known")]
    [InlineData(2.0, false, 1, "1 of 3 stars has a distance from a parallax below 5 times its error")]
    [InlineData(null, true, 2, "1 of 4 stars has a distance from a parallax below 5 times its error")]
    [InlineData(5.0, false, 0, "")]
    public void Distances_of_low_or_unknown_precision_are_said(double? least, bool withoutErrors, int notes, string expected)
    {
        var stars = MadeStars.Random(4).With(parallax: [10, 12, 4, 7], parallaxError: [1, 1, 1, None]);
        stars = stars.With(parallax: [10, 12, 4, 7], parallaxError: [1, 1, 1.5, None]);
        var made = FeaturePipeline.Prepare(
            stars,
            FeatureRecipes.Get("photometric"),
            new FeatureOptions { Distances = new DistanceRule(least, withoutErrors), ExcludeMissing = true }
        );
        Assert.Equal(notes, made.Notes.Count);
        Assert.Contains(made.Notes.Append(""), n => n.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_reduced_proper_motion_never_comes_from_noise()
    {
        double Of(double motion, double error) =>
            FeatureRecipes
                .Get("deep")
                .Features.Single(f => f.Name == "reduced_pm")
                .Formula(new StarValues(0, 0, 0, 0, motion, 0, 20, 1) { ProperMotionError = error });
        // m + 5 log10(pm in arcsec/yr) + 5
        Assert.Equal(20 + 5 * Math.Log10(0.1) + 5, Of(100, 0), 2);
        // What is below three errors, or below 5 mas/yr, is worth 5 mas/yr, whatever it is.
        var least = 20 + 5 * Math.Log10(0.005) + 5;
        Assert.Equal(least, Of(0, 0), 12);
        Assert.Equal(least, Of(0, 7), 12);
        Assert.Equal(least, Of(20, 7), 12);
        Assert.InRange(Of(21.5, 7), least, least + 0.75);
        Assert.InRange(Of(0.001, 0), least, least + 1e-6);
    }

    [Fact]
    public void The_speed_in_space_has_the_radial_velocity_in_it()
    {
        var speed = FeatureRecipes.Get("luminosity3d").Features.Single(f => f.Name == "v_space");
        // 1 arcsec/yr at 1 pc is 4.74 km/s.
        var star = new StarValues(0, 0, 1000, 1000, 600, 800, 10, 1) { RadialVelocity = -3 };
        Assert.Equal(Math.Sqrt(4.740470463533349 * 4.740470463533349 + 9), speed.Formula(star), 9);
        Assert.Contains(StarColumn.RadialVelocity, speed.Needs);
        Assert.True(speed.UsesDistance);
    }
}
