using Almagest.Contract.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>Stars on which runs agree.</summary>
/// <param name="Runs">the runs that were asked, in order of creation</param>
/// <param name="Questions">what the runs ask of a star; rates of different questions are averaged and have no interval together</param>
/// <param name="Draws">independent draws among the runs: detectors that were fitted with a seed of their own</param>
/// <param name="Level">probability that an interval holds what it is for</param>
/// <param name="FurtherDraws">further draws (seeds) whose rate the predictive interval is for</param>
/// <param name="Order">low or mean</param>
/// <param name="Items">the surest stars first</param>
/// <param name="Total">stars that at least one run flags</param>
/// <param name="Truncated">whether there are more stars than items</param>
public sealed record ConsensusResource(
    IReadOnlyList<ConsensusRunResource> Runs,
    IReadOnlyList<ConsensusQuestionResource> Questions,
    int Draws,
    double Level,
    int FurtherDraws,
    string Order,
    IReadOnlyList<ConsensusStar> Items,
    long Total,
    bool Truncated
);

/// <summary>How one run takes part in a consensus.</summary>
/// <param name="Question">number of its question</param>
/// <param name="Draw">from 1; runs with the same number share a fitted detector, differ at most in the contamination, and count
/// once</param>
public sealed record ConsensusRunResource(Guid RunId, int Question, int Draw);

/// <summary>Runs of one algorithm with one recipe and the same parameters over the same stars, whatever their seeds and
/// contaminations.</summary>
/// <param name="Question">from 1, in the order of the oldest runs</param>
/// <param name="Parameters">of its runs, without seed and contamination</param>
/// <param name="Selection">the filter in words</param>
/// <param name="TotalStars">stars that its runs analysed</param>
/// <param name="Draws">independent draws among its runs</param>
/// <param name="MeanRate">mean over the stars of the rate at which draws flag them</param>
public sealed record ConsensusQuestionResource(
    int Question,
    string Algorithm,
    RawJson Parameters,
    string Selection,
    long TotalStars,
    int Runs,
    int Draws,
    double MeanRate
);

/// <summary>What many runs say of one star together.</summary>
/// <param name="Rank">from 1</param>
/// <param name="FlaggedRuns">runs that flag it</param>
/// <param name="AnalysedRuns">runs that analysed it</param>
/// <param name="FlaggedDraws">sum of its draws, each the mean of the flags of the runs that share its detector; need not be whole</param>
/// <param name="Draws">independent draws that analysed it</param>
/// <param name="PosteriorMean">expected rate at which further draws flag it, 0 to 1; the plain mean over questions where there are
/// several</param>
/// <param name="CredibleLow">lower end of the central interval of the rate itself, that of endlessly many draws; null where several
/// questions analysed the star, or its one question uses no random numbers</param>
/// <param name="CredibleHigh">its upper end</param>
/// <param name="PredictiveLow">lower end of the shortest interval of the rate in further_draws further draws, which has the noise of
/// counting besides; null likewise</param>
/// <param name="PredictiveHigh">its upper end</param>
/// <param name="Rates">expected rate of each question, in their order; null where it did not analyse the star</param>
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
    double FlaggedDraws,
    int Draws,
    double PosteriorMean,
    double? CredibleLow,
    double? CredibleHigh,
    double? PredictiveLow,
    double? PredictiveHigh,
    IReadOnlyList<double?> Rates
)
{
    /// <summary>Chance that the star's true values are flagged, given what was measured: the mean over the runs that know it; null where
    /// none does. Of its errors; the rates are of the seeds.</summary>
    public double? MeanFlagProbability { get; init; }
}
