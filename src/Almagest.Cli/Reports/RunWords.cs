using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Reports;

/// <summary>A stored run in few words, from its row alone.</summary>
internal static class RunWords
{
    /// <summary>E.g. <c>5 % · 100 trees of 256 · seed 42 · default</c> or <c>eps 0.5 · min 10 · default</c>; what is not given is left out.</summary>
    public static string Parameters(string algorithm, string parametersJson)
    {
        var p = JsonNode.Parse(parametersJson)!.AsObject();
        var features = Recipe(p);
        return algorithm switch
        {
            "isolation_forest" => $"{Words.Percent((double?)p["contamination"] ?? 0)}, {p["n_estimators"]}×{p["max_samples"]}, seed {p["random_state"]}, {features}",
            "dbscan" => $"eps {Number(p["eps"])}, min {p["min_samples"]}, {features}",
            "hdbscan" => $"size {p["min_cluster_size"]}, min {p["min_samples"] ?? p["min_cluster_size"]}, {p["cluster_selection_method"]}{((bool?)p["allow_single_cluster"] == true ? " or all" : "")}, {features}",
            _ => string.Join(", ", p.Select(x => $"{x.Key} {x.Value}")),
        };
    }

    /// <summary>The same for lists: what is as by default is left out, e.g. <c>5 %, default, seed 7</c>.</summary>
    public static string ShortParameters(string algorithm, string parametersJson)
    {
        var p = JsonNode.Parse(parametersJson)!.AsObject();
        var features = Recipe(p);
        if (algorithm != IsolationForestParameters.Name) return Parameters(algorithm, parametersJson);
        var words = new List<string> { Words.Percent((double?)p["contamination"] ?? 0), features };
        if ((long?)p["n_estimators"] != Forest.NEstimators || (long?)p["max_samples"] != Forest.MaxSamples) words.Add($"{p["n_estimators"]}×{p["max_samples"]}");
        if ((long?)p["random_state"] != Forest.RandomState) words.Add($"seed {p["random_state"]}");
        return string.Join(", ", words);
    }

    // The version is in the run's parameters and in 'runs show --json'; there is one of each recipe in a program.
    static string Recipe(JsonObject parameters) =>
        parameters["features"]?.GetValue<string>() is { } named ? string.Join('+', named.Split('+').Select(r => r.Split('@')[0])) : "features not chosen yet";

    static readonly IsolationForestParameters Forest = new();

    /// <summary>E.g. <c>618 flagged</c> or <c>3 clusters</c>; what became of a run that is not complete.</summary>
    public static string ShortFound(DiscoveryRun run) => Found(run).Split(", ")[0];

    /// <summary>E.g. <c>618 flagged</c> or <c>3 clusters, 812 noise</c>; what became of a run that is not complete.</summary>
    public static string Found(DiscoveryRun run)
    {
        if (!run.IsComplete) return run.Status;
        var summary = ResultsSummary.Parse(run.ResultsSummary);
        return run.RunType == RunTypes.Anomaly
            ? $"{Words.Count(summary?.AnomalyCount ?? 0)} flagged"
            : $"{Words.Plural(summary?.ClusterCount ?? 0, "cluster", "clusters")}, {Words.Count(summary?.NoiseCount ?? 0)} noise";
    }

    public static string Selection(DiscoveryRun run) => StarFilter.FromJson(run.DatasetFilter).Describe();

    static string Number(JsonNode? node) => node is null ? "?" : Number(node.GetValue<double>());

    // A number of hundreds of digits would break any table.
    internal static string Number(double value) => value.ToString(Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? "0.####e+0" : "0.####", CultureInfo.InvariantCulture);
}
