using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>An algorithm that nothing in the program names is read, checked and run as its description says.</summary>
public sealed class MadeUpAlgorithmTests
{
    private static readonly Algorithm s_madeUp = MadeUpAlgorithm.Instance;

    [Fact]
    public void Its_parameters_are_stored_in_the_order_of_the_record_with_their_defaults() =>
        Assert.Equal(
            """{"cut":1,"least_stars":3,"most_stars":null,"half":"low","both":false,"random_state":7,"features":null,"""
                + "\"missing\":\"exclude\",\"min_parallax_over_error\":5,\"distance_without_errors\":false}",
            ParameterReader.Read(s_madeUp, "{}").ToJson()
        );

    [Fact]
    public void What_is_stored_is_read_again()
    {
        var parameters = new MadeUpParameters
        {
            Cut = 0.25,
            MostStars = 9,
            Half = "high",
            Both = true,
            Features = "sphere@1",
        };
        Assert.Equal(parameters, ParameterReader.Read(s_madeUp, parameters.ToJson()));
        Assert.Equal(7, parameters.Seed);
    }

    [Theory]
    [InlineData("""{"cut": 0}""", "cut", "cut is 0, expected a number in (0, 10]")]
    [InlineData("""{"cut": 10.5}""", "cut", "cut is 10.5, expected a number in (0, 10]")]
    [InlineData("""{"least_stars": 1}""", "least_stars", "least_stars is 1, expected 2 or more stars")]
    [InlineData("""{"most_stars": 1}""", "most_stars", "most_stars is 1, expected 2 or more, or null for all")]
    [InlineData("""{"most_stars": 2}""", "most_stars", "most_stars is 2, expected 3 or more")]
    [InlineData("""{"half": "upper"}""", "half", "half is upper, expected low or high")]
    [InlineData("""{"half": null}""", "half", "half is , expected low or high")]
    [InlineData("""{"both": "yes"}""", "both", "the parameters of made_up cannot be read at both")]
    [InlineData("""{"seed": 1}""", "seed", "the parameters of made_up cannot be read at seed")]
    [InlineData("""{"algorithm": "dbscan"}""", "algorithm", "the parameters of made_up cannot be read at algorithm")]
    [InlineData("""{"features": "no_such"}""", "features", "There is no feature recipe 'no_such'")]
    public void A_value_outside_its_description_is_refused_by_name(string json, string field, string message)
    {
        var refused = Assert.Throws<LedgerException>(() => ParameterReader.Read(s_madeUp, json));
        Assert.Equal((LedgerErrorKind.Invalid, $"parameters.{field}"), (refused.Kind, refused.Field));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_runs_shares_its_work_and_leaves_its_facts_in_the_summary()
    {
        var memory = new AnalysisCache();
        var stars = Ring(60);
        StarAnalysis Run(double cut, int least) =>
            StarAnalysis.Run(
                stars,
                new MadeUpParameters
                {
                    Cut = cut,
                    LeastStars = least,
                    Features = "sphere@1",
                },
                memory: memory,
                cancellationToken: TestContext.Current.CancellationToken
            );

        var found = Run(9, 2);
        var none = Run(9, 61);

        Assert.Equal((1, 0), (found.Clusters!.ClusterCount, none.Clusters!.ClusterCount));
        Assert.Equal(1, memory.Work.Built);
        var summary = found.Summary();
        Assert.Equal((60, 1L, 0L), ((int)summary.Facts!["below"]!, summary.ClusterCount, summary.NoiseCount));
        Run(8, 2);
        Assert.Equal(2, memory.Work.Built);
    }

    private static StarColumns Ring(int count)
    {
        double[] none = [.. Enumerable.Repeat(double.NaN, count)];
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(1, count).Select(i => (long)i)],
            RaDeg = [.. Enumerable.Range(0, count).Select(i => 360.0 * i / count)],
            DecDeg = [.. Enumerable.Range(0, count).Select(i => i % 7 - 3.0)],
            ParallaxMas = none,
            PmraMasYr = none,
            PmdecMasYr = none,
            Magnitude = none,
            Color = none,
        };
    }
}
