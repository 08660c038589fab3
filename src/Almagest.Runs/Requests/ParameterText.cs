using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;

namespace Almagest.Runs.Requests;

/// <summary>The parameters of stored runs in few words, as their algorithm says them.</summary>
public static class ParameterText
{
    /// <summary>E.g. <c>5 %, 100×256, seed 42, population</c> or <c>eps 0.5, min 10, cluster5d</c>.</summary>
    public static string Full(string algorithm, string parametersJson) =>
        Known(algorithm, parametersJson) is { } p
            ? string.Join(", ", [.. p.Summary, .. p.Details(brief: false), Recipe(p.Features), .. Filled(p), .. Distances(p)])
            : Plain(parametersJson);

    /// <summary>
    /// The same for lists: what matters less is left out where it is as by default, e.g. <c>5 %, population, seed 7</c>; the seed also
    /// where the parameters are those of a set of runs, and name none.
    /// </summary>
    public static string Short(string algorithm, string parametersJson) =>
        Known(algorithm, parametersJson) is { } p
            ? string.Join(", ", [.. p.Summary, Recipe(p.Features), .. Filled(p), .. Distances(p), .. Brief(p, parametersJson)])
            : Plain(parametersJson);

    /// <summary>These words after the detector's name, where runs of several detectors stand beside each other; the usual one, whose size
    /// tells it, is not named.</summary>
    public static string WithDetector(string algorithm, string words) =>
        Algorithms.Find(algorithm) is AnomalyAlgorithm and { Name: not IsolationForestParameters.Name } ? $"{algorithm}, {words}" : words;

    private static IEnumerable<string> Brief(RunParameters p, string parametersJson)
    {
        var namesSeed = JsonNode.Parse(parametersJson)!.AsObject().ContainsKey(Parameter.SeedName);
        return p.Details(brief: true).Where(word => namesSeed || !word.StartsWith("seed ", StringComparison.Ordinal));
    }

    // What a later version of the program stored is shown as it is.
    private static RunParameters? Known(string algorithm, string parametersJson)
    {
        try
        {
            return Algorithms.Find(algorithm)?.ReadStored(parametersJson);
        }
        catch (ParameterException)
        {
            return null;
        }
    }

    private static string[] Filled(RunParameters p) => p.Missing == RunParameters.Impute ? ["gaps filled"] : [];

    // Where it is not as by default, and matters.
    private static IEnumerable<string> Distances(RunParameters p)
    {
        if (p.Features is not { } named || p.Distances == DistanceRule.Usual || !FeatureRecipes.UsesDistance(named))
            yield break;
        if (p.MinParallaxOverError is not { } least)
        {
            yield return "distances of any parallax";
            yield break;
        }
        if (least != DistanceRule.UsualMinParallaxOverError)
            yield return string.Create(CultureInfo.InvariantCulture, $"distances from parallax / error {least}");
        if (p.DistanceWithoutErrors)
            yield return "distances without errors";
    }

    // The version is in the run's parameters; there is one of each recipe in a program.
    private static string Recipe(string? features) =>
        features is null ? "features not chosen yet" : string.Join('+', features.Split('+').Select(r => r.Split('@')[0]));

    private static string Plain(string parametersJson) =>
        string.Join(", ", JsonNode.Parse(parametersJson)!.AsObject().Select(p => $"{p.Key} {p.Value?.ToString() ?? "null"}"));
}
