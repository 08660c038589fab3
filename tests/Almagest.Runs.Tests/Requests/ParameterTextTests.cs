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
}
