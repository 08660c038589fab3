namespace Almagest.Ledger.Tests.Views;

/// <summary>One star as the test placed it.</summary>
public sealed record PlainStar(long DatasetId, double RaDeg, double DecDeg);

/// <summary>What one label says of one star.</summary>
public sealed record PlainLabel(int? IsAnomaly, string? Cluster, DateTime LabelledAt);

/// <summary>The catalogue side of a small ledger: datasets, stars, labels by star and label set.</summary>
public sealed class PlainSky
{
    public Dictionary<long, DateTime> DatasetsCreatedAt { get; } = [];
    public Dictionary<long, PlainStar> Stars { get; } = [];
    public Dictionary<(long Star, string Set), PlainLabel> Labels { get; } = [];

    /// <summary>Datasets that are read where they lie.</summary>
    public HashSet<long> InPlace { get; } = [];

    /// <summary>Stars of those that some run flagged: the ledger has them.</summary>
    public HashSet<long> Kept { get; } = [];

    public bool IsInLedger(long star) => !InPlace.Contains(Stars[star].DatasetId) || Kept.Contains(star);
}
