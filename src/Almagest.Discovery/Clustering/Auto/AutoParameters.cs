using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>The parameters of the search that chooses its scale itself.</summary>
public sealed record AutoParameters : RunParameters
{
    public const string Name = "auto";

    /// <summary>The chance that a field without any cluster yields one, whatever the number of places and scales looked at.</summary>
    [Parameter(
        "Chance of finding a cluster in a field that has none, over the whole search",
        Label = "False alarms",
        Above = 0,
        Max = 0.5,
        ValueName = "P"
    )]
    public double FalseAlarm { get; init; } = 0.01;

    [Parameter("Least members of a cluster", Label = "Least members", Min = 5, Max = 100_000, Unit = "stars")]
    public int MinMembers { get; init; } = 10;

    /// <summary>How many mas/yr of proper motion a mas of parallax counts for.</summary>
    [Parameter(
        "Weight of the parallax: so many mas/yr of proper motion are as far as one mas of parallax",
        Label = "Weight of the parallax",
        Above = 0,
        Max = 100,
        ValueName = "W"
    )]
    public double ParallaxWeight { get; init; } = 2;

    [Parameter("Random seed of the shuffled copies", Label = "Seed", Option = "seed", Advice = "The same seed gives the same rows.")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => AutoAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => ["automatic"];
}
