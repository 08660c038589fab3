using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Xunit;

namespace Almagest.Runs.Tests.Comparison;

/// <summary>What decides whether runs flag a star.</summary>
public sealed class StarStabilityTests
{
    private static StarStability Of(params (string Algorithm, string Parameters, bool IsFlagged)[] said)
    {
        var runs = said.Select(s => new DiscoveryRun
            {
                RunId = Guid.NewGuid(),
                RunType = RunTypes.Anomaly,
                Algorithm = s.Algorithm,
                Parameters = s.Parameters,
                DatasetFilter = "{}",
                Status = RunStatus.Completed,
                ProgramVersion = "1",
            })
            .ToList();
        return StarStability.Of(
            runs.Zip(
                said,
                (r, s) =>
                    new StarHistoryEntry(
                        r.RunId,
                        r.RunType,
                        r.Algorithm,
                        new RawJson(r.Parameters),
                        DateTime.UnixEpoch,
                        s.IsFlagged ? 1 : 0,
                        -0.1,
                        null
                    )
            ),
            runs.ToDictionary(r => r.RunId)
        );
    }

    private const string Forest = "isolation_forest";

    private static string Json(string features, double contamination, int seed) =>
        FormattableString.Invariant(
            $$"""{"features": "{{features}}", "contamination": {{contamination}}, "random_state": {{seed}}, "draws": {{seed}}}"""
        );

    [Fact]
    public void A_recipe_that_flips_the_star_comes_before_a_share_that_shifts_it_and_seeds_are_compared_alone()
    {
        var stability = Of(
            (Forest, Json("population@1", 0.05, 1), true),
            (Forest, Json("population@1", 0.05, 2), true),
            (Forest, Json("kinematic@1", 0.05, 1), false),
            (Forest, Json("population@1", 0.02, 1), true),
            (Forest, Json("population@1", 0.02, 2), false)
        );
        Assert.Equal((5, 3), (stability.Runs, stability.Flagged));
        // Runs that differ in the draws alone are the same setting.
        Assert.Equal(
            [("features", FlipEffect.Flips), ("random_state", FlipEffect.Flips), ("contamination", FlipEffect.Shifts)],
            stability.Causes.Select(c => (c.Name, c.Effect))
        );
        var recipe = stability.Causes.Single(c => c.Name == "features");
        Assert.Equal([new FlipValue("population@1", 2, 2), new FlipValue("kinematic@1", 1, 0)], recipe.Values);
        var share = stability.Causes.Single(c => c.Name == "contamination");
        Assert.Equal([new FlipValue("0.05", 2, 2), new FlipValue("0.02", 2, 1)], share.Values);
    }

    [Fact]
    public void Algorithms_are_compared_over_the_same_features_and_what_changes_nothing_is_said_to()
    {
        var stability = Of(
            (Forest, """{"features": "population@1", "random_state": 1}""", true),
            (Forest, """{"features": "population@1", "random_state": 2}""", true),
            ("lof", """{"features": "population@1", "n_neighbors": 20}""", false)
        );
        Assert.Equal(
            [("algorithm", FlipEffect.Flips), ("random_state", FlipEffect.None)],
            stability.Causes.Select(c => (c.Name, c.Effect))
        );
        Assert.Empty(Of((Forest, """{"features": "deep@1"}""", true)).Causes);
    }
}
