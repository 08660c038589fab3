using System.Text.Json.Serialization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly;

/// <summary>What all algorithms that find anomalies are asked: the share to flag. It sets the threshold on their scores, nothing
/// else.</summary>
public abstract record AnomalyParameters : RunParameters
{
    internal const double DefaultContamination = 0.05;

    /// <summary>Describes <see cref="Contamination"/>.</summary>
    public static Parameter Share { get; } =
        Parameter.Of(typeof(AnomalyParameters).GetProperty(nameof(Contamination))!, DefaultContamination);

    /// <summary>The share of stars to flag, (0, 0.5].</summary>
    [JsonPropertyOrder(-1)]
    [Parameter(
        "Share of stars to flag",
        Label = "Contamination",
        Above = 0,
        Max = 0.5,
        ValueName = "SHARE",
        Advice = "It sets the threshold alone: a complete run can be given another without computing again."
    )]
    public double Contamination { get; init; } = DefaultContamination;

    /// <inheritdoc/>
    [Parameter(
        "Times that a star's measurements are drawn again within their errors, to see whether it would still be flagged; 0 = never",
        Label = "Draws within the errors",
        Min = 0,
        Max = 10_000,
        Unit = "draws",
        Advice = "Up to 32, stars far from the threshold get fewer; of more, all get all. Where the table has no errors there are none."
    )]
    public override int Draws { get; init; } = DefaultDraws;
}
