using Almagest.Discovery.Features;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Recovery;

/// <summary>Outliers made of real stars.</summary>
public sealed class OutlierPlanterTests
{
    private static readonly FeatureRecipe s_population = FeatureRecipes.Get("population");

    private static TrialField Field(StarColumns stars, Func<CatalogStar, bool>? admits = null) =>
        new(stars.With(parallaxError: new double[stars.Count]), admits ?? (_ => true));

    private static OutlierPlan Plan(StarColumns stars, int count, params double[] contrasts) =>
        new([.. OutlierTraits.All.Select(t => TraitSpread.Of(stars, t, s_population))], contrasts, count);

    [Fact]
    public void The_spread_of_a_Gaussian_is_its_standard_deviation_and_outliers_do_not_move_it()
    {
        var random = new Random(3);
        double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] colours = [.. Enumerable.Range(0, 50_000).Select(_ => 1 + 0.4 * Gaussian())];
        var stars = MadeStars.Random(colours.Length).With(color: colours);
        Assert.Equal(0.4, TraitSpread.Of(stars, OutlierTrait.Color, s_population).Spread, 0.01);
        for (var i = 0; i < 50; i++)
            colours[i] = 1e6;
        colours[51] = double.NaN;
        var moved = TraitSpread.Of(stars, OutlierTrait.Color, s_population);
        Assert.Equal(0.4, moved.Spread, 0.01);
        Assert.Equal(("mag", 49_999), (moved.Unit, moved.Stars));
    }

    [Fact]
    public void Motions_are_velocities_where_the_recipe_takes_velocities_and_proper_motions_elsewhere()
    {
        var stars = MadeStars.Random(2000);
        // Of a level distribution the central 68.27 % are 0.6827 of its width.
        var proper = TraitSpread.Of(stars, OutlierTrait.Motion, FeatureRecipes.Get("cluster5d"));
        Assert.Equal(
            ("mas/yr", 0.6827 * 25),
            (proper.Unit, proper.Spread),
            (a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1
        );
        Assert.Equal("km/s", TraitSpread.Of(stars, OutlierTrait.Motion, s_population).Unit);
        // Equally bright stars at 33 to 100 pc differ in absolute magnitude.
        var bright = stars.With(magnitude: [.. Enumerable.Repeat(10.0, 2000)]);
        Assert.InRange(TraitSpread.Of(bright, OutlierTrait.Magnitude, s_population).Spread, 0.3, 1.2);
        Assert.Throws<DiscoveryException>(() => TraitSpread.Of(bright, OutlierTrait.Magnitude, FeatureRecipes.Get("default")));
    }

    [Fact]
    public void Each_is_a_star_of_the_selection_moved_by_its_contrast_in_one_trait_and_in_nothing_else()
    {
        var stars = MadeStars.Random(500);
        var plan = Plan(stars, 90, 0, 2, 5);
        var planted = OutlierPlanter.Plant(Field(stars), plan, 7, 3, out var refused);
        Assert.Equal((90, 0), (planted.Count, refused));
        Assert.All(planted.GroupBy(p => (p.Kind, p.Contrast)), g => Assert.Equal(10, g.Count()));
        foreach (var p in planted)
        {
            var host = Array.IndexOf(stars.RaDeg, p.Star.RaDeg);
            var of = plan.Traits.Single(t => t.Trait == p.Kind);
            var moved = of.Trait switch
            {
                OutlierTrait.Color => Math.Abs(p.Star.Color - stars.Color[host]),
                OutlierTrait.Magnitude => Math.Abs(p.Star.Magnitude - stars.Magnitude[host]),
                _ => 4.740470463533348
                    / p.Star.ParallaxMas
                    * Math.Sqrt(
                        Math.Pow(p.Star.PmraMasYr - stars.PmraMasYr[host], 2) + Math.Pow(p.Star.PmdecMasYr - stars.PmdecMasYr[host], 2)
                    ),
            };
            Assert.Equal(p.Contrast * of.Spread, moved, 1e-9);
            Assert.Equal((stars.DecDeg[host], stars.ParallaxMas[host]), (p.Star.DecDeg, p.Star.ParallaxMas));
            if (of.Trait != OutlierTrait.Color)
                Assert.Equal(stars.Color[host], p.Star.Color);
            if (of.Trait != OutlierTrait.Magnitude)
                Assert.Equal(stars.Magnitude[host], p.Star.Magnitude);
            if (of.Trait != OutlierTrait.Motion)
                Assert.Equal((stars.PmraMasYr[host], stars.PmdecMasYr[host]), (p.Star.PmraMasYr, p.Star.PmdecMasYr));
        }
    }

    [Fact]
    public void The_same_seed_plants_the_same_stars_and_another_seed_or_repetition_others()
    {
        var stars = MadeStars.Random(500);
        IReadOnlyList<PlantedStar> Of(long seed, int repetition) =>
            OutlierPlanter.Plant(Field(stars), Plan(stars, 30, 3), seed, repetition, out _);
        Assert.Equal(Of(1, 0), Of(1, 0));
        Assert.NotEqual(Of(1, 0), Of(2, 0));
        Assert.NotEqual(Of(1, 0), Of(1, 1));
    }

    [Fact]
    public void What_the_selection_would_not_hold_is_drawn_again_or_refused()
    {
        var stars = MadeStars.Random(500);
        var blue = OutlierPlanter.Plant(Field(stars, s => s.Color < 3), Plan(stars, 60, 1), 1, 0, out var none);
        Assert.Equal(0, none);
        Assert.All(blue, p => Assert.True(p.Star.Color < 3));
        Assert.Empty(OutlierPlanter.Plant(Field(stars, _ => false), Plan(stars, 60, 1), 1, 0, out var all));
        Assert.Equal(60, all);
    }

    [Fact]
    public void Planted_stars_stand_behind_the_real_ones_with_ids_that_no_star_has()
    {
        var stars = MadeStars.Random(100);
        var both = Field(stars).With(OutlierPlanter.Plant(Field(stars), Plan(stars, 20, 2), 1, 0, out _));
        Assert.Equal(120, both.Count);
        Assert.Equal(stars.StarId, both.StarId[..100]);
        Assert.Equal(both.StarId.Order(), both.StarId);
        Assert.True(both.StarId[100] > long.MaxValue - 100);
        Assert.Equal(stars.Color, both.Color[..100]);
    }

    [Fact]
    public void A_trait_that_no_star_has_or_in_which_all_are_alike_is_refused()
    {
        var stars = MadeStars.Random(100);
        Assert.Contains(
            "No star",
            Assert
                .Throws<DiscoveryException>(() =>
                    TraitSpread.Of(stars.With(color: MadeStars.AllMissing(100)), OutlierTrait.Color, s_population)
                )
                .Message
        );
        Assert.Contains(
            "alike",
            Assert
                .Throws<DiscoveryException>(() =>
                    TraitSpread.Of(stars.With(color: [.. Enumerable.Repeat(1.0, 100)]), OutlierTrait.Color, s_population)
                )
                .Message
        );
        Assert.Equal([OutlierTrait.Motion], OutlierTraits.SeenBy(FeatureRecipes.Get("cluster5d")));
        Assert.Empty(OutlierTraits.SeenBy(FeatureRecipes.Get("sphere")));
    }
}
