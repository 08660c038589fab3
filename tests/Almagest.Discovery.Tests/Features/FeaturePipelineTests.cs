using Almagest.Discovery.Features;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

public sealed class FeaturePipelineTests
{
    private static readonly FeatureOptions s_inUnits = new() { Standardise = false };

    private static PreparedFeatures Prepare(StarColumns stars, string recipe, FeatureOptions? options = null) =>
        FeaturePipeline.Prepare(stars, FeatureRecipes.Get(recipe), options);

    [Fact]
    public void Plain_features_have_mean_zero_and_population_deviation_one()
    {
        var prepared = Prepare(MadeStars.Random(40_000), "classic");
        Assert.All(
            prepared.Matrix.Names,
            name =>
            {
                var column = prepared.Matrix.Column(name);
                Assert.Equal(0, column.Average(), 1e-12);
                Assert.Equal(1, column.Average(v => v * v), 1e-9);
            }
        );
        Assert.Empty(prepared.Notes);
    }

    [Fact]
    public void Statistics_describe_the_feature_in_its_unit()
    {
        var stars = MadeStars.Random(4).With(magnitude: [1, 2, 3, 10]);
        var prepared = Prepare(stars, "classic");
        var s = prepared.Statistics[2];
        Assert.Equal(("magnitude", "mag", 4.0, 2.5, 1.0, 10.0), (s.Name, s.Unit, s.Mean, s.Median, s.Min, s.Max));
        Assert.Equal(Math.Sqrt((9 + 4 + 1 + 36) / 4.0), s.StdDev, 1e-12);
        for (var row = 0; row < 4; row++)
            Assert.Equal(stars.Magnitude[row], prepared.InUnits(row, 2), 1e-12);
    }

    [Fact]
    public void Standardising_a_direction_keeps_the_angles_between_stars()
    {
        var stars = MadeStars
            .Random(500)
            .With(
                ra: [.. Enumerable.Range(0, 500).Select(i => i % 25 * 0.1)],
                dec: [.. Enumerable.Range(0, 500).Select(i => i / 25 * 0.1)]
            );
        var plain = Prepare(stars, "sphere", s_inUnits).Matrix;
        var scaled = Prepare(stars, "sphere").Matrix;
        Assert.Equal(2, Enumerable.Range(0, 3).Sum(c => scaled.Column(scaled.Names[c]).Average(v => v * v)), 1e-9);
        var ratio = Distance(scaled, 0, 499) / Distance(plain, 0, 499);
        for (var i = 1; i < 499; i += 7)
            Assert.Equal(ratio, Distance(scaled, i, i + 1) / Distance(plain, i, i + 1), 1e-6 * ratio);
    }

    [Fact]
    public void Missing_values_become_the_median_of_the_known_ones_before_features_are_derived()
    {
        var stars = MadeStars
            .Random(5)
            .With(parallax: [10, double.NaN, 20, 30, double.PositiveInfinity], pmra: [0, 0, 0, 0, 0], pmdec: [100, 100, 100, 100, 100]);
        var prepared = Prepare(stars, "kinematic", s_inUnits);
        Assert.Equal(4.740470463533348 * 100 / 20, prepared.Matrix.Column("v_dec")[1], 1e-9);
        Assert.Equal(prepared.Matrix.Column("v_dec")[1], prepared.Matrix.Column("v_dec")[4]);
        var imputed = Assert.Single(prepared.Imputed, i => i.Column == "parallax_mas");
        Assert.Equal((2, 5, 20.0), (imputed.Count, imputed.Of, imputed.Median));
        Assert.Equal(2, prepared.Statistics.Single(s => s.Name == "v_dec").Missing);
        Assert.Contains(prepared.Notes, n => n.Contains("2 of 5 stars have no parallax_mas"));
    }

    [Fact]
    public void A_parallax_that_is_not_positive_stays_as_a_value_but_is_no_distance()
    {
        var stars = MadeStars.Random(5).With(parallax: [-3, 0, 10, 20, 30], magnitude: [10, 10, 10, 10, 10]);
        Assert.Equal([-3, 0, 10, 20, 30], Prepare(stars, "astrometric", s_inUnits).Matrix.Column("parallax"));
        var photometric = Prepare(stars, "photometric", s_inUnits);
        var expected = 10 + 5 * Math.Log10(20) - 10;
        Assert.Equal([expected, expected], photometric.Matrix.Column("abs_mag")[..2]);
        Assert.Contains(photometric.Notes, n => n.Contains("2 of 5 stars have a parallax that is no distance (at least 0.001 mas)"));
    }

    [Fact]
    public void An_empty_column_leaves_out_the_features_that_need_it()
    {
        var prepared = Prepare(MadeStars.Random(50).With(parallax: MadeStars.AllMissing(50)), "population");
        Assert.Equal(["color"], prepared.Matrix.Names);
        Assert.Equal(["abs_mag", "v_tan"], prepared.LeftOut.Select(f => f.Name));
        Assert.All(prepared.LeftOut, f => Assert.Contains("parallax_mas", f.Reason));
    }

    [Fact]
    public void Default_works_on_positions_alone()
    {
        var none = MadeStars.AllMissing(50);
        var stars = MadeStars.Random(50).With(parallax: none, pmra: none, pmdec: none, magnitude: none, color: none);
        Assert.Equal(["dir_x", "dir_y", "dir_z"], Prepare(stars, "default").Matrix.Names);
    }

    [Fact]
    public void A_recipe_without_any_usable_column_is_refused()
    {
        var stars = MadeStars.Random(9).With(parallax: [-1, -1, -1, -1, -1, -1, -1, 0, -2]);
        Assert.Contains("no star has a distance", Assert.Throws<DiscoveryException>(() => Prepare(stars, "spatial")).Message);
    }

    [Fact]
    public void A_constant_feature_becomes_zeros_and_is_reported()
    {
        var prepared = Prepare(MadeStars.Random(100).With(magnitude: [.. Enumerable.Repeat(12.3, 100)]), "classic");
        Assert.All(prepared.Matrix.Column("magnitude"), v => Assert.Equal(0, v));
        Assert.True(prepared.Statistics[2].IsConstant);
        Assert.Equal(12.3, prepared.InUnits(5, 2), 1e-12);
        Assert.Contains(prepared.Notes, n => n.Contains("magnitude is the same"));
    }

    [Fact]
    public void Weights_stretch_a_feature()
    {
        var stars = MadeStars.Random(20);
        var options = s_inUnits with { Weights = new Dictionary<string, double> { ["parallax"] = 2 } };
        var prepared = Prepare(stars, "astrometric", options);
        Assert.Equal(stars.ParallaxMas.Select(p => 2 * p), prepared.Matrix.Column("parallax"));
        Assert.Equal(stars.PmraMasYr, prepared.Matrix.Column("pmra"));
        Assert.Equal(stars.ParallaxMas[3], prepared.InUnits(3, 2), 1e-12);
    }

    [Theory]
    [InlineData("colour", 1, "colour")]
    [InlineData("parallax", 0, "parallax")]
    [InlineData("parallax", double.NaN, "parallax")]
    public void A_bad_weight_is_refused(string name, double weight, string hint)
    {
        var options = new FeatureOptions { Weights = new Dictionary<string, double> { [name] = weight } };
        Assert.Contains(hint, Assert.Throws<DiscoveryException>(() => Prepare(MadeStars.Random(9), "astrometric", options)).Message);
    }

    [Fact]
    public void A_position_out_of_range_names_the_star()
    {
        var stars = MadeStars.Random(3).With(ra: [0, 360, 1]);
        Assert.Contains("Star 2", Assert.Throws<DiscoveryException>(() => Prepare(stars, "sphere")).Message);
    }

    [Fact]
    public void No_stars_are_refused() =>
        Assert.Contains("no star", Assert.Throws<DiscoveryException>(() => Prepare(MadeStars.Random(0), "classic")).Message);

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var stars = MadeStars.Random(60_000);
        foreach (var recipe in FeatureRecipes.All)
        {
            Assert.Equal(
                FeaturePipeline.Prepare(stars, recipe, new FeatureOptions { MaxThreads = 1 }).Matrix.Values,
                FeaturePipeline.Prepare(stars, recipe, new FeatureOptions { MaxThreads = 4 }).Matrix.Values
            );
        }
    }

    [Fact]
    public void Whatever_a_catalogue_holds_the_matrix_is_finite()
    {
        var value = Gen.OneOf(
            Gen.Double[-100, 100],
            Gen.OneOf(
                double.NaN,
                double.PositiveInfinity,
                double.NegativeInfinity,
                0,
                -0.0,
                5e-324,
                -5e-324,
                1e-3,
                1e20,
                1e99,
                -1e99,
                1e200,
                double.MaxValue,
                -9999
            )
        );
        var column = value.Array[7];
        Gen.Select(column, column, column, column, column)
            .Sample(
                (parallax, pmra, pmdec, magnitude, color) =>
                {
                    var stars = MadeStars.Random(7).With(parallax: parallax, pmra: pmra, pmdec: pmdec, magnitude: magnitude, color: color);
                    foreach (var recipe in FeatureRecipes.All)
                    {
                        try
                        {
                            Assert.All(
                                FeaturePipeline.Prepare(stars, recipe).Matrix.Values,
                                v => Assert.True(double.IsFinite(v), $"{recipe.Name}: {v}")
                            );
                        }
                        catch (DiscoveryException e)
                        {
                            Assert.Contains("no usable column", e.Message);
                        }
                    }
                },
                iter: 500
            );
    }

    private static double Distance(FeatureMatrix matrix, int a, int b) =>
        Math.Sqrt(matrix.Row(a).ToArray().Zip(matrix.Row(b).ToArray(), (x, y) => (x - y) * (x - y)).Sum());
}
