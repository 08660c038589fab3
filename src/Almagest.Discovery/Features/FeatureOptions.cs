namespace Almagest.Discovery.Features;

/// <summary>How a recipe becomes a matrix.</summary>
public sealed record FeatureOptions
{
    /// <summary>
    /// True: every feature gets mean 0 and population standard deviation 1, as scikit-learn's StandardScaler does (the components of
    /// a vector share one scale). False: values stay in their units, for an <c>eps</c> in mas/yr or parsecs.
    /// </summary>
    public bool Standardise { get; init; } = true;

    /// <summary>
    /// Factors by feature name, applied after standardising; a feature not named here has 1. A distance-based
    /// algorithm takes a feature more seriously the larger its weight; an isolation forest does not care.
    /// </summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// True: stars that lack a feature of the recipe are left out (<see cref="PreparedFeatures.Excluded"/>). False: the median of the
    /// others stands in for what a star lacks, and a feature that no star has is left out.
    /// </summary>
    public bool ExcludeMissing { get; init; }

    /// <summary>Which stars have a distance.</summary>
    public DistanceRule Distances { get; init; } = DistanceRule.AnyParallax;

    /// <summary>Where stars are left out, fewer than so many that stay are refused.</summary>
    public int LeastStars { get; init; } = 1;

    /// <summary>True: the median of the other stars stands in for a value that a star lacks. False: the matrix has NaN there.</summary>
    public bool FillGaps { get; init; } = true;

    /// <summary>Threads to use; 0 = one per core. Never changes a result.</summary>
    public int MaxThreads { get; init; }
}
