using Almagest.Contract.Columns;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Browsing;

/// <summary>A number of a run that lists show and sort by.</summary>
/// <param name="Name">as conditions and orders name it</param>
/// <param name="Title">heading of its column</param>
/// <param name="RunType">the type of runs that has it; null = every</param>
/// <param name="Digits">decimals; 0 = a count</param>
/// <param name="IsUsual">shown unless it is taken away</param>
public sealed record RunMetric(string Name, string Title, string? RunType, int Digits, bool IsUsual)
{
    /// <summary>What it is, in words.</summary>
    public string Meaning =>
        new[] { RunColumns.TotalStars }.Concat(RunColumns.Outcomes).Concat(RunColumns.Measures).First(c => c.Name == Name).Description;
}

/// <summary>The numbers of runs that lists show and sort by.</summary>
public static class RunMetrics
{
    public static IReadOnlyList<RunMetric> All { get; } =
    [
        new("total_stars", "analysed", null, 0, true),
        new("excluded_count", "left out", null, 0, false),
        new("anomaly_count", "flagged", RunTypes.Anomaly, 0, true),
        new("lowest_score", "lowest score", RunTypes.Anomaly, 3, true),
        new("mean_score", "mean score", RunTypes.Anomaly, 3, false),
        new("cluster_count", "clusters", RunTypes.Cluster, 0, true),
        new("largest_cluster", "largest", RunTypes.Cluster, 0, true),
        new("noise_count", "in none", RunTypes.Cluster, 0, false),
        new("significance", "significance (σ)", RunTypes.Cluster, 1, true),
        new("f1", "F1", RunTypes.Anomaly, 2, true),
        new("precision", "precision", RunTypes.Anomaly, 2, false),
        new("recall", "recall", RunTypes.Anomaly, 2, false),
        new("adjusted_rand_index", "adj. Rand", RunTypes.Cluster, 2, true),
        new("duration_s", "took (s)", null, 1, false),
    ];
}
