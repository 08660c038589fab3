using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

/// <summary>A star that lacks a feature is not analysed, and counts once.</summary>
public sealed class CompleteStarsTests
{
    private const double None = double.NaN;

    private static readonly string[] s_recipes = ["default", "population", "kinematic", "spatial", "classic+photometric"];

    private static CompleteStars Of(StarColumns stars, string recipe) =>
        CompleteStars.Of(stars, FeatureRecipes.Get(recipe), DistanceRule.AnyParallax);

    [Fact]
    public void A_star_counts_under_the_first_feature_in_the_recipes_order_that_it_lacks()
    {
        var stars = MadeStars
            .Random(6)
            .With(
                pmra: [1, None, 1, None, 1, 1],
                pmdec: [1, 1, None, None, 1, 1],
                parallax: [1, 1, 1, None, None, double.PositiveInfinity]
            );
        var complete = Of(stars, "astrometric");
        Assert.Equal([stars.StarId[0]], complete.Stars.StarId);
        Assert.Equal(
            [("no pmra", "1 3"), ("no pmdec", "2"), ("no parallax", "4 5")],
            complete.Excluded.Select(e => (e.Reason, string.Join(' ', e.StarIds.Select(id => Array.IndexOf(stars.StarId, id)))))
        );
    }

    [Fact]
    public void A_parallax_that_is_no_distance_is_missing_where_a_feature_needs_a_distance_and_nowhere_else()
    {
        var stars = MadeStars.Random(7).With(parallax: [-1, 0, 0.0009, 0.001, 5, 6, None], magnitude: [1, 1, 1, 1, 1, None, None]);
        Assert.Equal(
            [("no magnitude", 2), ("parallax below 0.001 mas", 3)],
            Of(stars, "photometric").Excluded.Select(e => (e.Reason, e.StarIds.Length))
        );
        Assert.Equal([("no parallax", 1)], Of(stars, "astrometric").Excluded.Select(e => (e.Reason, e.StarIds.Length)));
    }

    [Fact]
    public void Where_nothing_is_missing_the_selection_itself_is_analysed()
    {
        var stars = MadeStars.Random(40);
        var complete = Of(stars, "cluster5d");
        Assert.Same(stars, complete.Stars);
        Assert.Empty(complete.Excluded);
    }

    [Fact]
    public void A_recipe_that_takes_what_there_is_leaves_out_what_fewer_than_half_of_the_stars_have()
    {
        double[] Known(int n) => [.. Enumerable.Range(0, 10).Select(i => i < n ? i : None)];
        var stars = MadeStars.Random(10).With(color: Known(4), magnitude: Known(5), parallax: Known(0));
        var complete = Of(stars, "default");
        Assert.Equal(["dir_x", "dir_y", "dir_z", "pmra", "pmdec", "magnitude"], complete.Recipe.Features.Select(f => f.Name));
        Assert.Equal(["parallax", "color"], complete.LeftOut.Select(f => f.Name));
        Assert.Equal(["no star has parallax_mas", "4 of 10 stars have color, fewer than half"], complete.LeftOut.Select(f => f.Reason));
        Assert.Equal([("no magnitude", 5)], complete.Excluded.Select(e => (e.Reason, e.StarIds.Length)));
        // Together with a recipe that needs it, it is needed.
        Assert.Equal(10, Of(stars, "default+astrometric").Excluded.Sum(e => e.StarIds.Length));
    }

    [Fact]
    public void The_matrix_holds_the_complete_stars_as_if_the_others_had_never_been_selected()
    {
        var gaps = MadeStars.Random(200);
        for (var i = 0; i < 200; i += 3)
            gaps.PmraMasYr[i] = None;
        var options = new FeatureOptions { ExcludeMissing = true, LeastStars = 5 };
        var prepared = FeaturePipeline.Prepare(gaps, FeatureRecipes.Get("cluster5d"), options);
        var alone = FeaturePipeline.Prepare(prepared.Stars, FeatureRecipes.Get("cluster5d"));
        Assert.Equal(133, prepared.Matrix.Rows);
        Assert.Equal(67, Assert.Single(prepared.Excluded).StarIds.Length);
        Assert.Equal(alone.Matrix.Values, prepared.Matrix.Values);
        Assert.Empty(prepared.Imputed);
        Assert.Empty(prepared.Notes);
    }

    [Fact]
    public void Too_few_that_are_left_are_refused_with_the_reasons_and_their_numbers()
    {
        var stars = MadeStars
            .Random(1200)
            .With(pmra: [.. Enumerable.Range(0, 1200).Select(i => i < 1100 ? None : 1)], parallax: MadeStars.AllMissing(1200));
        var refused = Assert.Throws<TooFewStarsException>(() =>
            FeaturePipeline.Prepare(stars, FeatureRecipes.Get("astrometric"), new FeatureOptions { ExcludeMissing = true, LeastStars = 5 })
        );
        Assert.Equal(
            "the recipe astrometric can use 0 of the 1,200 stars selected, expected at least 5: no pmra 1,100, no parallax 100",
            refused.Message
        );
    }

    [Fact]
    public void Analysed_and_excluded_stars_are_together_the_selection_whatever_is_missing() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 1000], Gen.Int[0, s_recipes.Length - 1])
            .Sample(
                (count, seed, chosen) =>
                {
                    var random = new Random(seed);
                    double[] Column() =>
                        [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? None : random.NextDouble() * 4 - 1)];
                    var stars = MadeStars
                        .Random(count)
                        .With(parallax: Column(), pmra: Column(), pmdec: Column(), magnitude: Column(), color: Column());
                    var complete = Of(stars, s_recipes[chosen]);
                    Assert.Equal(stars.StarId, complete.Stars.StarId.Concat(complete.Excluded.SelectMany(e => e.StarIds)).Order());
                    if (complete.Stars.Count > 0)
                        Assert.Empty(FeaturePipeline.Prepare(complete.Stars, complete.Recipe).Imputed);
                }
            );
}
