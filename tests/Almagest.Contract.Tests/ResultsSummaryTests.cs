using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Xunit;

namespace Almagest.Contract.Tests;

/// <summary>The stored <c>results_summary</c> has a type, and nothing of it is lost.</summary>
public sealed class ResultsSummaryTests
{
    private const string OfThisVersion = """
        {
          "total_stars": 12, "anomaly_count": 4, "score_offset": -0.55,
          "features": {
            "recipe": "sphere", "version": "1",
            "columns":
              [{"name": "dir_x", "unit": "", "mean": 0.5, "std_dev": 0.1, "median": 0.4, "missing": 0, "centre": 0.5, "scale": 0.1}],
            "imputed": [{"column": "parallax_mas", "count": 3, "median": 7.25}]
          },
          "notes": ["3 of 12 stars have no parallax_mas"]
        }
        """;

    [Theory]
    [InlineData(OfThisVersion)]
    [InlineData("""{"cluster_count": 2}""")]
    [InlineData("""{"anomaly_count": 4, "rethresholded_from": "0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f"}""")]
    [InlineData("""{"anomaly_count": 4, "depth": {"of": [1, 2]}, "features": {"recipe": "sphere", "version": "0", "whitened": true}}""")]
    [InlineData("""{"anomaly_count": "four", "features": "sphere"}""")]
    [InlineData("{}")]
    public void Every_field_survives_whatever_version_wrote_it(string stored)
    {
        var summary = ResultsSummary.Parse(stored)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(stored), JsonNode.Parse(summary.ToJson())), summary.ToJson());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(stored), JsonSerializer.SerializeToNode(summary, ContractJson.Indented)));
    }

    [Fact]
    public void What_is_known_has_a_type()
    {
        var summary = ResultsSummary.Parse(OfThisVersion)!;
        Assert.Equal((12, 4, -0.55, null), (summary.TotalStars, summary.AnomalyCount, summary.ScoreOffset, summary.ClusterCount));
        Assert.Equal(("sphere", "1", 0.1), (summary.Features!.Recipe, summary.Features.Version, summary.Features.Columns![0].StdDev));
        Assert.Null(summary.Others);
        Assert.Null(ResultsSummary.Parse(null));
    }
}
