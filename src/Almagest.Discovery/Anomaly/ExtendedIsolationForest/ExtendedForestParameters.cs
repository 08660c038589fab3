using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.ExtendedIsolationForest;

/// <summary>The parameters of an extended isolation forest, in the names of isolation forests.</summary>
internal sealed record ExtendedForestParameters : AnomalyParameters
{
    public const string Name = "extended_isolation_forest";

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

    /// <summary>0 cuts along one feature, as an isolation forest does; one less than the features cuts in any direction.</summary>
    [Parameter(
        "Features that a cut may combine, less one",
        Label = "Extension level",
        Min = 0,
        Max = 1000,
        WhenNull = "all features",
        Advice = "With 0 every cut is along one feature."
    )]
    public int? ExtensionLevel { get; init; }

    [Parameter("Random seed: the same seed gives the same rows", Label = "Seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => ExtendedForestAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief)
    {
        var usual = (ExtendedForestParameters)Algorithm.Defaults;
        var words = new List<string>();
        if (!brief || (NEstimators, MaxSamples) != (usual.NEstimators, usual.MaxSamples))
            words.Add($"{NEstimators}×{MaxSamples}");
        if (ExtensionLevel is { } level)
            words.Add($"level {level}");
        words.Add($"seed {RandomState}");
        return words;
    }
}
