namespace Almagest.Contract.Comparison;

/// <summary>Stars on which runs agree.</summary>
/// <param name="Runs">the runs that were asked, in order of creation, with their weights</param>
/// <param name="EffectiveRuns">sum of the weights: how many unrelated runs they are worth</param>
/// <param name="Order">low or mean</param>
/// <param name="Items">the surest stars first</param>
/// <param name="Total">stars that at least one run flags</param>
/// <param name="Truncated">whether there are more stars than items</param>
public sealed record ConsensusResource(
    IReadOnlyList<RunWeightResource> Runs,
    double EffectiveRuns,
    string Order,
    IReadOnlyList<ConsensusStar> Items,
    long Total,
    bool Truncated
);

/// <summary>The say of one run.</summary>
/// <param name="Weight">1 over the sum of its similarities to all the runs, itself included: 1 = unlike any other, 1/m = one of m identical
/// runs</param>
public sealed record RunWeightResource(Guid RunId, double Weight);

/// <summary>What many runs say of one star together.</summary>
/// <param name="Rank">from 1</param>
/// <param name="FlaggedRuns">runs that flag it: k</param>
/// <param name="AnalysedRuns">runs that analysed it: n</param>
/// <param name="EffectiveFlagged">sum of the weights of the k runs, weighted among the n that analysed the star</param>
/// <param name="EffectiveAnalysed">sum of the weights of the n runs</param>
/// <param name="PosteriorMean">mean of the rate at which runs flag it, after what was seen, 0 to 1</param>
/// <param name="CredibleLow">lower end of the central 95 % credible interval</param>
/// <param name="CredibleHigh">its upper end</param>
public sealed record ConsensusStar(
    int Rank,
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    int FlaggedRuns,
    int AnalysedRuns,
    double EffectiveFlagged,
    double EffectiveAnalysed,
    double PosteriorMean,
    double CredibleLow,
    double CredibleHigh
);
