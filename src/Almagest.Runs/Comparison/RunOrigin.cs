using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Comparison;

/// <summary>How anomaly runs were made, which alone says whether they are witnesses of the same thing, and independent ones.</summary>
internal static class RunOrigin
{
    /// <summary>
    /// Runs of one algorithm, one version of a recipe and the same parameters, over the same stars, ask one question, whatever their seeds
    /// and contaminations. Of those, runs with equal seeds share a fitted detector.
    /// </summary>
    public static IReadOnlyList<ConsensusRun> Of(IReadOnlyList<DiscoveryRun> runs, IReadOnlyList<MarkedRun> marks) =>
        [.. runs.Zip(marks, (run, m) => new ConsensusRun(m, Question(run), run.RandomSeed?.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>The parameters of the question that a run asks: all but the seed and the threshold.</summary>
    public static JsonObject Parameters(DiscoveryRun run)
    {
        var parameters = RunParametersJson.Of(run);
        parameters.Remove("random_state");
        parameters.Remove("contamination");
        parameters.Remove(RunParameters.DrawsName);
        return parameters;
    }

    /// <summary>Numbers the fitted detectors of some runs from 1, in the order of the runs.</summary>
    public static int[] Draws(IReadOnlyList<DiscoveryRun> runs)
    {
        var numbers = new Dictionary<(string, long?), int>();
        return
        [
            .. runs.Select(run =>
            {
                var key = (Question(run), run.RandomSeed);
                if (!numbers.TryGetValue(key, out var number))
                    numbers.Add(key, number = numbers.Count + 1);
                return number;
            }),
        ];
    }

    /// <summary>Whether two anomaly runs have one fitted detector, as a run and its copy with another threshold have: the second is no
    /// witness beside the first.</summary>
    public static bool SharesDetector(DiscoveryRun run1, DiscoveryRun run2) =>
        run1.RunType == RunTypes.Anomaly
        && run2.RunType == RunTypes.Anomaly
        && Draws([run1, run2]) is [var first, var second]
        && first == second;

    /// <summary>The same in a sentence; null where they do not.</summary>
    public static string? Remark(DiscoveryRun run1, DiscoveryRun run2)
    {
        if (!SharesDetector(run1, run2))
            return null;
        static bool IsCopy(DiscoveryRun copy, DiscoveryRun of) =>
            ResultsSummary.Parse(copy.ResultsSummary)?.RethresholdedFrom == of.RunId.ToString();
        return (
                IsCopy(run2, run1) ? "The second is a copy of the first with another threshold"
                : IsCopy(run1, run2) ? "The first is a copy of the second with another threshold"
                : "Both runs have one fitted detector: the same question, the same seed"
            ) + ": their overlap is no independent test.";
    }

    /// <summary>What the question of a run is of whichever stars: its datasets, algorithm, parameters and version of the recipe. Runs over
    /// parts of one dataset have one kind, too.</summary>
    public static string Kind(DiscoveryRun run) =>
        JsonSerializer.Serialize(
            new object?[]
            {
                run.Algorithm,
                RunDatasets.Ids(run),
                Sorted(Parameters(run)),
                ResultsSummary.Parse(run.ResultsSummary)?.Features?.Version,
            }
        );

    private static string Question(DiscoveryRun run) =>
        JsonSerializer.Serialize(
            new object?[]
            {
                run.Algorithm,
                run.DatasetId,
                Sorted(JsonNode.Parse(run.DatasetFilter)),
                run.TotalStars,
                Sorted(Parameters(run)),
                ResultsSummary.Parse(run.ResultsSummary)?.Features?.Version,
            }
        );

    private static JsonNode? Sorted(JsonNode? node) =>
        node is JsonObject o
            ? new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value))))
            : node?.DeepClone();
}
