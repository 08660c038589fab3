namespace Almagest.Discovery.Identification;

/// <summary>A mean of the members of a cluster.</summary>
/// <param name="Error">of the mean; null where it is not known</param>
/// <param name="Spread">standard deviation of the members around it, as observed; null where it is not known</param>
public readonly record struct ClusterMean(double Value, double? Error, double? Spread);

/// <summary>A cluster of a catalogue of known ones. Null = the catalogue does not say.</summary>
/// <param name="Row">its place in the list that it is in</param>
/// <param name="RaDeg">of its centre, ICRS</param>
public sealed record KnownCluster(int Row, string Name, double RaDeg, double DecDeg)
{
    /// <summary>The angle within which half of its members lie, or what stands for it.</summary>
    public double? RadiusDeg { get; init; }

    /// <summary>Times cos(dec), mas/yr.</summary>
    public ClusterMean? Pmra { get; init; }

    /// <summary>mas/yr</summary>
    public ClusterMean? Pmdec { get; init; }

    /// <summary>mas</summary>
    public ClusterMean? Parallax { get; init; }

    public double? RadialVelocityKmS { get; init; }

    internal bool HasMotion => Pmra is not null && Pmdec is not null;
}

/// <summary>A group of stars that a run found. Null = its members do not say.</summary>
public sealed record FoundGroup(int ClusterId, long Size)
{
    /// <summary>Of the mean direction, ICRS; null where the members have none.</summary>
    public double? RaDeg { get; init; }

    public double? DecDeg { get; init; }

    /// <summary>Standard error of the mean direction along an axis, degrees.</summary>
    public double? PositionErrorDeg { get; init; }

    /// <summary>The angle within which half of its members lie.</summary>
    public double? RadiusDeg { get; init; }

    /// <summary>Times cos(dec), mas/yr.</summary>
    public ClusterMean? Pmra { get; init; }

    /// <summary>mas/yr</summary>
    public ClusterMean? Pmdec { get; init; }

    /// <summary>mas</summary>
    public ClusterMean? Parallax { get; init; }

    /// <summary>Whether the algorithm says how rare such a group is in a field without clusters.</summary>
    public bool IsJudged { get; init; }

    internal bool HasMotion => Pmra is not null && Pmdec is not null;
}

/// <summary>What labels say of the members of a known cluster.</summary>
/// <param name="Labelled">stars that the run analysed, and that are its members by the labels</param>
/// <param name="Common">of these, stars in the group</param>
public sealed record SharedMembers(string LabelSet, long Labelled, long Common);
