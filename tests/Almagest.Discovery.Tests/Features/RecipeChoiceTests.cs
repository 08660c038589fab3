using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

public sealed class RecipeChoiceTests
{
    [Fact]
    public void Where_all_columns_are_there_the_first_choices_are_taken()
    {
        var choice = RecipeChoice.ForAnomalies(Coverage());
        Assert.Equal("population@1", choice.Recipe.Reference);
        Assert.Equal("No recipe was named: population is the first choice for anomaly runs.", choice.Reason);
        Assert.Equal("cluster5d@1", RecipeChoice.ForClusters(Coverage()).Recipe.Reference);
    }

    [Theory]
    [InlineData("photometric", StarColumn.Pmra)]
    [InlineData("luminosity", StarColumn.Color)]
    [InlineData("kinematic", StarColumn.Magnitude)]
    [InlineData("deep", StarColumn.Parallax)]
    [InlineData("default", StarColumn.Color, StarColumn.Pmdec)]
    [InlineData("default", StarColumn.Parallax, StarColumn.Color)]
    [InlineData("default", StarColumn.Parallax, StarColumn.Pmra, StarColumn.Pmdec, StarColumn.Magnitude, StarColumn.Color)]
    public void Anomaly_runs_fall_back_where_a_column_is_absent(string expected, params StarColumn[] absent)
    {
        var choice = RecipeChoice.ForAnomalies(Coverage(0, absent));
        Assert.Equal(expected, choice.Recipe.Name);
        Assert.StartsWith($"No recipe was named: {expected} is taken, because population", choice.Reason, StringComparison.Ordinal);
        Assert.Contains(", which 0 of 1,000 stars have", choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 1000, "population3d")]
    [InlineData(900, 1000, "population3d")]
    [InlineData(899, 1000, "population")]
    [InlineData(900, 0, "luminosity3d")]
    [InlineData(899, 0, "luminosity")]
    public void Radial_velocities_are_used_where_next_to_no_star_is_lost_by_it(int velocities, int colours, string expected)
    {
        var coverage = Coverage();
        var known = coverage.Known.ToDictionary();
        (known[StarColumn.RadialVelocity], known[StarColumn.Color]) = (velocities, colours);
        var least = Math.Min(velocities, colours);
        coverage = coverage with
        {
            Known = known,
            Usable = new Dictionary<string, long>
            {
                ["population3d"] = least,
                ["population"] = colours,
                ["luminosity3d"] = velocities,
                ["luminosity"] = 1000,
            },
        };
        var choice = RecipeChoice.ForAnomalies(coverage);
        Assert.Equal(expected, choice.Recipe.Name);
        Assert.Contains(
            expected switch
            {
                "population3d" => "have a radial velocity",
                "luminosity3d" => "population3d and population need color, which 0 of 1,000 stars have",
                _ => "3d needs radial_velocity, which 899 of 1,000 stars have",
            },
            choice.Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_field_of_noisy_parallaxes_gets_a_recipe_without_distances_and_says_why()
    {
        var coverage = Coverage() with { Distances = 240, ParallaxErrors = 900 };
        var choice = RecipeChoice.ForAnomalies(coverage);
        Assert.Equal("deep", choice.Recipe.Name);
        Assert.Equal(
            "No recipe was named: deep is taken, because population, luminosity, photometric and kinematic need a distance (a parallax of "
                + "at least 5 times its error), which 240 of 1,000 stars have.",
            choice.Reason
        );
        Assert.Equal("cluster5d", RecipeChoice.ForClusters(coverage).Recipe.Name);
    }

    [Fact]
    public void Without_parallax_errors_the_reason_names_the_parameter_that_takes_parallaxes_as_they_are()
    {
        const string Hint = "(no parallax has an error; with distance_without_errors they are taken as they are)";
        Assert.Contains(
            Hint,
            RecipeChoice.ForAnomalies(Coverage() with { Distances = 0, ParallaxErrors = 0 }).Reason,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            Hint,
            RecipeChoice.ForAnomalies(Coverage() with { Distances = 3, ParallaxErrors = 10 }).Reason,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(Hint, RecipeChoice.ForAnomalies(Coverage(0, StarColumn.Parallax)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("comoving", StarColumn.Parallax)]
    [InlineData("sphere", StarColumn.Pmra)]
    [InlineData("sphere", StarColumn.Parallax, StarColumn.Pmra, StarColumn.Pmdec)]
    [InlineData("cluster5d", StarColumn.Magnitude, StarColumn.Color)]
    public void Cluster_runs_fall_back_where_a_column_is_absent(string expected, params StarColumn[] absent) =>
        Assert.Equal(expected, RecipeChoice.ForClusters(Coverage(0, absent)).Recipe.Name);

    [Theory]
    [InlineData(499, false, "deep")]
    [InlineData(500, false, "population")]
    [InlineData(99, true, "deep")]
    [InlineData(100, true, "population")]
    public void A_column_that_fewer_than_half_of_the_stars_have_or_a_tenth_where_gaps_are_filled_is_as_good_as_absent(
        int known,
        bool impute,
        string expected
    ) => Assert.Equal(expected, RecipeChoice.ForAnomalies(Coverage(known, StarColumn.Parallax), impute).Recipe.Name);

    [Fact]
    public void A_recipe_whose_columns_too_few_stars_have_together_is_passed_over()
    {
        var coverage = Coverage(600, StarColumn.Parallax, StarColumn.Color) with
        {
            Usable = new Dictionary<string, long>
            {
                ["population"] = 499,
                ["luminosity"] = 499,
                ["photometric"] = 500,
            },
        };
        var choice = RecipeChoice.ForAnomalies(coverage);
        Assert.Equal("photometric", choice.Recipe.Name);
        Assert.Contains(
            "population and luminosity need columns that together 499 of 1,000 stars have",
            choice.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal("population", RecipeChoice.ForAnomalies(coverage, impute: true).Recipe.Name);
    }

    [Fact]
    public void A_selection_without_stars_takes_the_last_resort() =>
        Assert.Equal("sphere", RecipeChoice.ForClusters(new ColumnCoverage(0, new Dictionary<StarColumn, long>(), 0)).Recipe.Name);

    [Theory]
    [InlineData("population", "population@1")]
    [InlineData("photometric+kinematic@1", "photometric@1+kinematic@1")]
    public void A_reference_names_each_version_and_gives_the_same_recipe_again(string name, string reference)
    {
        Assert.Equal(reference, FeatureRecipes.Get(name).Reference);
        Assert.Equal(FeatureRecipes.Get(name).Features, FeatureRecipes.Get(reference).Features);
        Assert.Equal(reference, FeatureRecipes.Get(reference).Reference);
    }

    /// <summary>1,000 stars that have every column but radial velocities, and but for those of which only so many stars are left.</summary>
    private static ColumnCoverage Coverage(long left = 0, params StarColumn[] thinned)
    {
        var known = Enum.GetValues<StarColumn>().ToDictionary(c => c, c => thinned.Contains(c) ? left : 1000L);
        known[StarColumn.RadialVelocity] = 0;
        return new ColumnCoverage(1000, known, known[StarColumn.Parallax]) { ParallaxErrors = known[StarColumn.Parallax] };
    }
}
