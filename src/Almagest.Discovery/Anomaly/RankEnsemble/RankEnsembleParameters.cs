using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.RankEnsemble;

/// <summary>The parameters of an ensemble: those of its detectors that a user may want to change.</summary>
internal sealed record RankEnsembleParameters : AnomalyParameters
{
    public const string Name = "rank_ensemble";

    /// <summary>The mean of the logarithms of the ranks.</summary>
    public const string Geometric = "geometric";

    /// <summary>The mean of the ranks.</summary>
    public const string Mean = "mean";

    /// <summary>The best rank that any detector gives.</summary>
    public const string Best = "best";

    [Parameter(
        "How ranks become one: geometric = their geometric mean; mean = their mean; best = the first place that any detector gives",
        Label = "Combination",
        Choices = [Geometric, Mean, Best],
        Advice = "With geometric or best, a star counts that one detector puts first; with mean, one that all put far ahead."
    )]
    public string Combination { get; init; } = Geometric;

    [Parameter("Trees", Label = "Trees", Min = 1, Max = 10_000, Unit = "trees", Option = "trees")]
    public int NEstimators { get; init; } = 100;

    [Parameter("Stars drawn for each tree", Label = "Stars per tree", Min = 2, Max = 65_536, Unit = "stars", Option = "subsample")]
    public int MaxSamples { get; init; } = 256;

    [Parameter(
        "Neighbours of a star that are looked at, itself left out",
        Label = "Neighbours",
        Min = 1,
        Max = 10_000,
        Unit = "neighbours"
    )]
    public int NNeighbors { get; init; } = 20;

    [Parameter("Random seed: the same seed gives the same rows", Label = "Seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => RankEnsembleAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief)
    {
        var usual = (RankEnsembleParameters)Algorithm.Defaults;
        var words = new List<string>();
        if (!brief || Combination != usual.Combination)
            words.Add(Combination);
        if (!brief || (NEstimators, MaxSamples, NNeighbors) != (usual.NEstimators, usual.MaxSamples, usual.NNeighbors))
            words.Add($"{NEstimators}×{MaxSamples}, {NNeighbors} {(NNeighbors == 1 ? "neighbour" : "neighbours")}");
        words.Add($"seed {RandomState}");
        return words;
    }
}
