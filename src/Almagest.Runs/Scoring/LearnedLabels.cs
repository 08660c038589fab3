using System.Text.Json.Nodes;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Scoring;

/// <summary>The labels that a run learned from: measured by them, it is too good.</summary>
public static class LearnedLabels
{
    /// <summary>The set whose answers a checkpoint of a review holds; null of every other run.</summary>
    public static string? SetOf(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Algorithm == ActiveForestParameters.Name ? (string?)JsonNode.Parse(run.Parameters)?["label_set"] : null;
    }
}
