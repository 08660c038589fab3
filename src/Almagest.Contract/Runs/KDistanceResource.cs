namespace Almagest.Contract.Runs;

/// <summary>The distances of stars to their k-th neighbours, which help to choose DBSCAN's eps, and what values of eps would
/// find.</summary>
/// <param name="Dataset">name of the dataset</param>
/// <param name="MinSamples">k</param>
/// <param name="Features">the recipe with its version</param>
/// <param name="FeaturesChosen">why this recipe was taken; null where it was named</param>
/// <param name="SuggestedEps">the distance that parts near stars from far ones; null where all distances are zero</param>
/// <param name="TotalStars">stars of the selection that have every feature</param>
/// <param name="Excluded">its other stars, by reason</param>
/// <param name="StarsSampled">stars measured: all, or 100,000 of more</param>
/// <param name="Candidates">what DBSCAN finds around the suggested eps, ascending</param>
/// <param name="Distances">the curve at 200 equal steps of the stars, ascending, in standard deviations of the features</param>
public sealed record KDistanceResource(
    string Dataset,
    int MinSamples,
    string Features,
    string? FeaturesChosen,
    double? SuggestedEps,
    int TotalStars,
    IReadOnlyList<ExcludedCount> Excluded,
    int StarsSampled,
    IReadOnlyList<EpsCandidateResource> Candidates,
    IReadOnlyList<double> Distances
);

/// <summary>What DBSCAN finds at one eps.</summary>
/// <param name="LargestCluster">stars of the largest cluster: one that goes on growing with eps is the field, one that keeps its size is a
/// clump</param>
/// <param name="NoiseCount">stars in no cluster</param>
/// <param name="NoisePct">the same, per cent of total_stars</param>
public sealed record EpsCandidateResource(
    double Eps,
    int ClusterCount,
    int LargestCluster,
    int NoiseCount,
    double NoisePct,
    bool IsSuggested
);
