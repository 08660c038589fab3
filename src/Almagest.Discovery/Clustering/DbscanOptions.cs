namespace Almagest.Discovery.Clustering;

/// <summary>The parameters of DBSCAN.</summary>
/// <remarks>
/// A larger <see cref="Eps"/> joins what a smaller one keeps apart; a larger <see cref="MinSamples"/> asks for denser
/// groups and leaves more noise. <c>KDistance</c> suggests an eps for a given number of samples.
/// </remarks>
public sealed record DbscanOptions
{
    /// <summary>The radius of a neighbourhood, in the units of the features, &gt; 0: stars at a distance ≤ eps are neighbours.</summary>
    public double Eps { get; init; } = 0.5;

    /// <summary>How many stars a core star has in its neighbourhood, itself included, ≥ 1.</summary>
    public int MinSamples { get; init; } = 10;

    /// <summary>The most threads to use; 0 = one a processor. The labels do not depend on it.</summary>
    public int MaxThreads { get; init; }

    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public void Validate()
    {
        if (!(Eps > 0) || double.IsInfinity(Eps))
            throw new DiscoveryException($"eps is {Eps}; DBSCAN needs a positive finite radius in the units of the features (for standardised features, start with 0.5)");
        if (MinSamples < 1)
            throw new DiscoveryException($"min_samples is {MinSamples}; DBSCAN needs 1 or more (the star itself counts; 10 is a usual start)");
        if (MaxThreads < 0)
            throw new DiscoveryException($"max_threads is {MaxThreads}; expected 0 (one thread a processor) or a positive number");
    }
}
