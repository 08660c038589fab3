using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Consensus;
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
