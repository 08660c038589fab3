namespace Almagest.Ledger.Views.Quality;

/// <summary>One row of <see cref="QualityView"/>.</summary>
public sealed class QualityRow
{
    public Guid RunId { get; init; }
    public required string LabelSet { get; init; }
    public required string RunType { get; init; }
    public long LabelledStars { get; init; }
    public long? Positives { get; init; }
    public long? TruePositives { get; init; }
    public long? FalsePositives { get; init; }
    public long? FalseNegatives { get; init; }
    public long? TrueNegatives { get; init; }
    public double? Precision { get; init; }
    public double? Recall { get; init; }
    public double? F1 { get; init; }
    public double? AveragePrecision { get; init; }
    public double? AdjustedRandIndex { get; init; }
    public double? Purity { get; init; }
    public DateTime LastUpdated { get; init; }
}
