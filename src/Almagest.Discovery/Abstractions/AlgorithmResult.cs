using System.Text.Json.Nodes;

namespace Almagest.Discovery.Abstractions;

/// <summary>What an algorithm says of every row: <c>AnomalyResult</c> or <c>ClusterResult</c>.</summary>
public abstract record AlgorithmResult
{
    private protected AlgorithmResult() { }

    /// <summary>What else is worth to be kept with the run, as <c>facts</c> of its summary; null = nothing.</summary>
    public JsonObject? Facts { get; init; }

    /// <summary>Remarks for the user, whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
