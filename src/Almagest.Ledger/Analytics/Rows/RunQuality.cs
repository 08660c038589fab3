namespace Almagest.Ledger.Analytics.Rows;

/// <summary>
/// One row of <c>mv_discovery_quality</c>: one complete run against one set of labels, over the stars that the run analysed and the set
/// labels. The counts to average precision are of anomaly runs, the last two measures of cluster runs; null elsewhere.
/// </summary>
public sealed class RunQuality
{
    public Guid RunId { get; init; }
    public required string LabelSet { get; init; }
    public required string RunType { get; init; }

    /// <summary>Labelled stars: in an anomaly run those whose label says whether they are unusual.</summary>
    public long LabelledStars { get; init; }

    /// <summary>Truly unusual stars, flagged or not.</summary>
    public long? Positives { get; init; }
    public long? TruePositives { get; init; }
    public long? FalsePositives { get; init; }
    public long? FalseNegatives { get; init; }
    public long? TrueNegatives { get; init; }

    /// <summary>Unusual among the flagged; null where none is flagged.</summary>
    public double? Precision { get; init; }

    /// <summary>Flagged among the unusual; null where none is unusual.</summary>
    public double? Recall { get; init; }
    public double? F1 { get; init; }

    /// <summary>Area under the steps of the precision-recall curve, the lowest score first, as scikit-learn's <c>average_precision_score</c>; to 1e-9.</summary>
    public double? AveragePrecision { get; init; }

    /// <summary>Hubert and Arabie (1985); noise is one found cluster, stars whose label names no cluster are one real one.</summary>
    public double? AdjustedRandIndex { get; init; }

    /// <summary>Stars of the commonest class of their cluster, among the labelled stars in clusters; null where all are noise.</summary>
    public double? Purity { get; init; }
    public DateTime LastUpdated { get; init; }
}
