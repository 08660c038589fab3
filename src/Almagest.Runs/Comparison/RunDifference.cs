using System.Text.Json.Nodes;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Comparison;

/// <summary>In what two runs over one dataset differ, and why a star may be marked by one of them alone.</summary>
/// <param name="Differences">
/// of algorithm, features (the recipe or its version), selection (the filter), parameters (others than those named here), seed,
/// contamination and program, those that differ, in this order
/// </param>
internal sealed record RunDifference(IReadOnlyList<string> Differences)
{
    private static readonly string[] s_named = ["features", "random_state", "contamination", RunParameters.DrawsName];

    public static RunDifference Of(DiscoveryRun run1, DiscoveryRun run2)
    {
        ArgumentNullException.ThrowIfNull(run1);
        ArgumentNullException.ThrowIfNull(run2);
        var (p1, p2) = (RunParametersJson.Of(run1), RunParametersJson.Of(run2));
        bool Same(string name) => JsonNode.DeepEquals(p1[name], p2[name]);
        var sameAlgorithm = run1.Algorithm == run2.Algorithm;
        var others = p1.Select(p => p.Key).Union(p2.Select(p => p.Key)).Except(s_named);
        (string Name, bool Differs)[] checks =
        [
            ("algorithm", !sameAlgorithm),
            ("features", !Same("features") || RecipeVersion(run1) != RecipeVersion(run2)),
            (
                "selection",
                !JsonNode.DeepEquals(JsonNode.Parse(run1.DatasetFilter), JsonNode.Parse(run2.DatasetFilter))
                    || run1.DatasetId != run2.DatasetId
            ),
            // Parameters of different algorithms are not each other's.
            ("parameters", sameAlgorithm && !others.All(Same)),
            ("seed", sameAlgorithm && !Same("random_state")),
            ("contamination", sameAlgorithm && !Same("contamination")),
            ("program", run1.ProgramVersion != run2.ProgramVersion),
        ];
        return new RunDifference([.. checks.Where(c => c.Differs).Select(c => c.Name)]);
    }

    /// <summary>
    /// Why a star that both runs analysed, and that no other threshold would bring back, is marked by one of them alone: what differs and
    /// changes scores most (<see cref="FlipReason"/>).
    /// </summary>
    public string Cause =>
        (Differences.Count == 0 ? "" : Differences[0]) switch
        {
            "algorithm" => FlipReason.Algorithm,
            "features" => FlipReason.Features,
            "selection" => FlipReason.Data,
            "parameters" => FlipReason.Parameters,
            "seed" => FlipReason.Seed,
            "contamination" => FlipReason.Threshold,
            _ => FlipReason.Program,
        };

    private static string? RecipeVersion(DiscoveryRun run) => ResultsSummary.Parse(run.ResultsSummary)?.Features?.Version;
}

/// <summary>Why one run marks a star and the other does not. The first that applies, in this order.</summary>
public static class FlipReason
{
    /// <summary>The other run did not analyse it, or (with all else alike) learned from another selection.</summary>
    public const string Data = "data";

    /// <summary>The other run would flag it, too, if it flagged the same share of its stars as this one.</summary>
    public const string Threshold = "threshold";

    /// <summary>The runs are of different algorithms.</summary>
    public const string Algorithm = "algorithm";

    /// <summary>The runs looked at different features, or at another version of the recipe.</summary>
    public const string Features = "features";

    /// <summary>Other parameters differ, such as the number of trees or eps.</summary>
    public const string Parameters = "parameters";

    /// <summary>Nothing but the random seed (and perhaps the contamination) differs.</summary>
    public const string Seed = "seed";

    /// <summary>Nothing differs but the program's version, or nothing at all.</summary>
    public const string Program = "program";

    /// <summary>The other run may or may not flag it, too, if it flagged the same share: its score of the star is in its result files, not
    /// in the ledger.</summary>
    public const string InFiles = "in_files";

    /// <summary>A reason as people read it.</summary>
    public static string Words(string reason) => reason == InFiles ? "score in files" : reason;

    public static readonly IReadOnlyList<string> All = [Data, Threshold, Algorithm, Features, Parameters, Seed, Program, InFiles];
}

/// <summary>The stored parameters of runs as JSON objects, with what older programs did not store.</summary>
internal static class RunParametersJson
{
    public static JsonObject Of(DiscoveryRun run)
    {
        var parameters = JsonNode.Parse(run.Parameters) as JsonObject ?? [];
        var before = Algorithms.Find(run.Algorithm)?.Before ?? RunParameters.Before;
        foreach (var (name, value) in before.Where(b => !parameters.ContainsKey(b.Key)))
            parameters[name] = value?.DeepClone();
        return parameters;
    }

    /// <summary>What decides which stars of its selection a run analyses: the recipe and what it takes for a distance where stars that lack
    /// a feature are excluded, nothing where gaps are filled.</summary>
    public static string Leaves(DiscoveryRun run)
    {
        var parameters = Of(run);
        return parameters["missing"]?.ToString() == RunParameters.Impute
            ? ""
            : string.Join(' ', RunParameters.Deciding.Select(name => parameters[name]?.ToJsonString()));
    }
}
