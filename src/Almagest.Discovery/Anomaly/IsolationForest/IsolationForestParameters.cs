using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The parameters of an isolation forest, in scikit-learn's names; the defaults are those of Liu, Ting and Zhou (2008) and of scikit-learn.
/// </summary>
/// <remarks>
/// More trees make scores steadier at a proportional cost: between two seeds, scores of 100 trees rank stars nearly alike, and 400
/// halve what is left of the difference. A larger subsample sees finer structure and deeper trees, but hides anomalies that come in groups
/// (masking); 256 is enough for most catalogues. The contamination sets the threshold only and can be changed afterwards.
/// </remarks>
public sealed record IsolationForestParameters : AnomalyParameters
{
    public const string Name = "isolation_forest";

    [Parameter(
        "Trees",
        Label = "Trees",
        Min = 1,
        Max = 10_000,
        Unit = "trees",
        Option = "trees",
        Advice = "More trees make scores steadier; 100 do for most catalogues."
    )]
    public int NEstimators { get; init; } = 100;

    /// <summary>Stars drawn without replacement for each tree; all of them where the selection has fewer.</summary>
    [Parameter(
        "Stars drawn for each tree",
        Label = "Stars per tree",
        Min = 2,
        Max = 65_536,
        Unit = "stars",
        Option = "subsample",
        Advice = "256 isolates outliers without being swamped by the crowd; of fewer stars all are drawn."
    )]
    public int MaxSamples { get; init; } = 256;

    /// <summary>The same seed, rows and parameters give the same scores at any thread count.</summary>
    [Parameter("Random seed: the same seed gives the same rows", Label = "Seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => IsolationForestAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief)
    {
        var usual = (IsolationForestParameters)Algorithm.Defaults;
        var words = new List<string>();
        if (!brief || (NEstimators, MaxSamples) != (usual.NEstimators, usual.MaxSamples))
            words.Add($"{NEstimators}×{MaxSamples}");
        // Also where it is the default: of runs that differ in their seed alone each is to be told from the others.
        words.Add($"seed {RandomState}");
        return words;
    }
}
