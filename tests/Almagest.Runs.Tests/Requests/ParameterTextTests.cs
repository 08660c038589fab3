using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.Requests;

public sealed class ParameterTextTests
{
    private const string Common = """{"contamination": 0.05, "features": "deep@1", "missing": "exclude", "min_parallax_over_error": 5""";

    [Theory]
    [InlineData(", \"random_state\": 42}", "5 %, deep, seed 42")]
    [InlineData(", \"random_state\": 7}", "5 %, deep, seed 7")]
    [InlineData("}", "5 %, deep")]
    public void The_seed_is_named_in_a_list_of_runs_and_not_of_a_set_that_has_none(string seed, string expected) =>
        Assert.Equal(expected, ParameterText.Short("isolation_forest", Common + seed));

    [Theory]
    [InlineData("mcd", "mcd, 5 %")]
    [InlineData("knn", "knn, 5 %")]
    [InlineData("isolation_forest", "5 %")]
    [InlineData("dbscan", "5 %")]
    public void Where_runs_of_several_detectors_stand_together_each_but_the_usual_one_is_named(string algorithm, string expected) =>
        Assert.Equal(expected, ParameterText.WithDetector(algorithm, "5 %"));
}
