using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>The parameters of the minimum covariance determinant, in scikit-learn's and PyOD's names.</summary>
internal sealed record McdParameters : AnomalyParameters
{
    public const string Name = "mcd";

    [Parameter(
        "Share of stars that the ellipsoid is fitted to",
        Label = "Share that is fitted",
        Min = 0.5,
        Max = 1,
        ValueName = "SHARE",
        WhenNull = "just over half, which withstands most anomalies",
        Advice = "A larger share is more precise where fewer stars are unusual."
    )]
    public double? SupportFraction { get; init; }

    [Parameter("Random seed: the same seed gives the same rows", Label = "Seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => McdAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief) =>
        [
            .. SupportFraction is { } share
                ? [string.Create(CultureInfo.InvariantCulture, $"fitted to {100 * share:0.##} %")]
                : Array.Empty<string>(),
            $"seed {RandomState}",
        ];
}
