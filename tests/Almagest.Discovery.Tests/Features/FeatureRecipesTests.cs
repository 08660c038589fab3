using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

public sealed class FeatureRecipesTests
{
    private static readonly FeatureOptions s_inUnits = new() { Standardise = false };

    [Fact]
    public void Every_recipe_names_its_features_once_and_describes_them() =>
        Assert.All(
            FeatureRecipes.All,
            recipe =>
            {
                Assert.Equal(recipe.Features.Count, recipe.Features.DistinctBy(f => f.Name).Count());
                Assert.All(recipe.Features, f => Assert.True(f.Description.Length > 0 && f.Needs.Count > 0));
                Assert.Same(recipe, FeatureRecipes.Get(recipe.Name));
                Assert.Same(recipe, FeatureRecipes.Get(recipe.Name + "@" + recipe.Version));
            }
        );

    [Fact]
    public void The_advised_recipes_exist()
    {
        Assert.Equal(Enum.GetValues<StarColumn>().Except([StarColumn.RadialVelocity]), FeatureRecipes.Get(FeatureRecipes.Default).Needs);
        Assert.DoesNotContain(FeatureRecipes.Get(FeatureRecipes.ForAnomalies).Needs, c => c is StarColumn.Ra or StarColumn.Dec);
        Assert.Contains(StarColumn.Ra, FeatureRecipes.Get(FeatureRecipes.ForClusters).Needs);
    }

    [Fact]
    public void A_plus_joins_recipes_and_keeps_a_shared_feature_once()
    {
        var joined = FeatureRecipes.Get("photometric + kinematic");
        Assert.Equal(["abs_mag", "color", "v_ra", "v_dec", "pm_total"], joined.Features.Select(f => f.Name));
        Assert.Equal(("photometric+kinematic", "1+1"), (joined.Name, joined.Version));
        Assert.Equal(
            FeatureRecipes.Get("cluster5d").Features.Select(f => f.Name),
            FeatureRecipes.Get("cluster5d+astrometric").Features.Select(f => f.Name)
        );
    }

    [Theory]
    [InlineData("photometry", "photometric")]
    [InlineData("", "classic")]
    [InlineData("classic+", "classic")]
    [InlineData("classic@7", "version 1")]
    public void An_unknown_recipe_or_version_is_refused_with_what_there_is(string name, string hint) =>
        Assert.Contains(hint, Assert.Throws<DiscoveryException>(() => FeatureRecipes.Get(name)).Message);

    [Fact]
    public void Barnard_s_star_has_its_known_velocity_and_absolute_magnitude()
    {
        var stars = MadeStars
            .Random(5)
            .With(
                ra: [269.45, 1, 2, 3, 4],
                dec: [4.69, 1, 2, 3, 4],
                parallax: [546.98, 5, 5, 5, 5],
                pmra: [-801.55, 0, 0, 0, 0],
                pmdec: [10362.39, 0, 0, 0, 0],
                magnitude: [8.19, 5, 5, 5, 5],
                color: [2.83, 1, 1, 1, 1]
            );
        var matrix = FeaturePipeline.Prepare(stars, FeatureRecipes.Get("population+kinematic"), s_inUnits).Matrix;
        Assert.Equal(90.07, matrix.Column("v_tan")[0], 0.02);
        Assert.Equal(-6.947, matrix.Column("v_ra")[0], 0.01);
        Assert.Equal(10393.3, matrix.Column("pm_total")[0], 0.1);
        Assert.Equal(11.88, matrix.Column("abs_mag")[0], 0.01);
    }

    [Theory]
    // The Galactic centre, the north Galactic pole and the direction of rotation (l = 90) in ICRS.
    [InlineData(266.40499, -28.93617, 1, 0, 0)]
    [InlineData(192.85948, 27.12825, 0, 0, 1)]
    [InlineData(318.00438, 48.32964, 0, 1, 0)]
    public void Spatial_coordinates_are_galactic_parsecs(double ra, double dec, double x, double y, double z)
    {
        var stars = MadeStars.Random(1).With(ra: [ra], dec: [dec], parallax: [20]);
        var row = FeaturePipeline.Prepare(stars, FeatureRecipes.Get("spatial"), s_inUnits).Matrix.Row(0);
        Assert.Equal([x * 50, y * 50, z * 50], row.ToArray().Select(v => Math.Round(v, 3)));
    }

    [Fact]
    public void Directions_do_not_break_at_right_ascension_zero()
    {
        var stars = MadeStars.Random(3).With(ra: [359.9, 0.1, 0.3], dec: [10, 10, 10]);
        var matrix = FeaturePipeline.Prepare(stars, FeatureRecipes.Get("sphere"), s_inUnits).Matrix;
        var near = Distance(matrix, 0, 1);
        Assert.Equal(near, Distance(matrix, 1, 2), 1e-12);
        Assert.Equal(0.2 * Math.PI / 180 * Math.Cos(10 * Math.PI / 180), near, 1e-8);
    }

    private static double Distance(FeatureMatrix matrix, int a, int b) =>
        Math.Sqrt(matrix.Row(a).ToArray().Zip(matrix.Row(b).ToArray(), (x, y) => (x - y) * (x - y)).Sum());
}
