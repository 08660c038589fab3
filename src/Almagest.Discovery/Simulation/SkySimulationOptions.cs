namespace Almagest.Discovery.Simulation;

/// <summary>What to simulate. The same options give the same stars, in the same order, on any number of threads.</summary>
public sealed record SkySimulationOptions
{
    /// <summary>The most stars: their identifiers have room for 2^35.</summary>
    public const long MaxStars = 1L << 35;

    /// <summary>Stars in all: field, cluster members and outliers; 1 … 2^35.</summary>
    public long Stars { get; init; } = 20_000;

    public ulong Seed { get; init; } = 42;

    /// <summary>How many open clusters to plant, from the front of <see cref="OpenCluster.Known"/>; only those centred in the region
    /// count.</summary>
    public int Clusters { get; init; } = 8;

    /// <summary>
    /// The share of the stars that are cluster members, 0 … 0.5; no cluster gets more members than the real one, so in a
    /// large simulation the share is smaller.
    /// </summary>
    public double ClusterFraction { get; init; } = 0.1;

    /// <summary>
    /// The share of the stars that are planted outliers, 0 … 0.4, as many of each kind. A third as many stars have a spurious astrometric
    /// solution besides.
    /// </summary>
    public double OutlierFraction { get; init; } = 0.01;

    /// <summary>The faintest G magnitude, 10 … 21.</summary>
    public double MagnitudeLimit { get; init; } = 17;

    public SkyRegion Region { get; init; } = SkyRegion.AllSky;

    /// <exception cref="DiscoveryException">an option is out of range</exception>
    public void Validate()
    {
        if (Stars is < 1 or > MaxStars)
            throw OutOfRange("stars", Stars, $"1 to {MaxStars}");
        if (Clusters < 0 || Clusters > OpenCluster.Known.Count)
            throw OutOfRange("clusters", Clusters, $"0 to {OpenCluster.Known.Count}");
        if (!(ClusterFraction is >= 0 and <= 0.5))
            throw OutOfRange("cluster_fraction", ClusterFraction, "0 to 0.5");
        if (!(OutlierFraction is >= 0 and <= 0.4))
            throw OutOfRange("outlier_fraction", OutlierFraction, "0 to 0.4");
        if (!(MagnitudeLimit is >= 10 and <= 21))
            throw OutOfRange("magnitude_limit", MagnitudeLimit, "10 to 21");
        ArgumentNullException.ThrowIfNull(Region);
    }

    private static DiscoveryException OutOfRange(string name, object found, string expected) =>
        new($"{name} is {found}; expected {expected}");
}
