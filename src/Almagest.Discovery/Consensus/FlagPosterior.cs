namespace Almagest.Discovery.Consensus;

/// <summary>What is known of the rate at which further draws of a question flag a star.</summary>
/// <param name="Mean">mean of the rate, 0 to 1; the expected rate in further draws, too</param>
/// <param name="Intervals">null where a question has no randomness, or where several questions are averaged</param>
public readonly record struct FlagPosterior(double Mean, FlagIntervals? Intervals);

/// <summary>Two intervals of one level, for two things that are easily mistaken for each other.</summary>
/// <param name="CredibleLow">lower end of the central interval of the rate itself, that of endlessly many draws</param>
/// <param name="CredibleHigh">its upper end</param>
/// <param name="PredictiveLow">
/// lower end of the shortest interval that holds the rate in so many further draws, which has the noise of counting besides
/// </param>
/// <param name="PredictiveHigh">its upper end</param>
public readonly record struct FlagIntervals(double CredibleLow, double CredibleHigh, double PredictiveLow, double PredictiveHigh);

/// <summary>How sure the intervals of a consensus are to be, and of how many further draws they speak.</summary>
public sealed record ConsensusOptions
{
    public const double LeastLevel = 0.5,
        MostLevel = 0.999;
    public const int MostFurther = 1000;

    public static ConsensusOptions Default { get; } = new();

    /// <summary>The probability that an interval holds what it is for.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>The further draws (seeds) whose rate the predictive interval is for.</summary>
    public int Further { get; init; } = 20;

    public ConsensusOrder Order { get; init; } = ConsensusOrder.Low;

    /// <exception cref="DiscoveryException">a value is out of range</exception>
    public void Validate()
    {
        if (!(Level is >= LeastLevel and <= MostLevel))
            throw new DiscoveryException(
                FormattableString.Invariant($"the level is {Level}, expected a number from {LeastLevel} to {MostLevel}")
            );
        if (Further is < 1 or > MostFurther)
            throw new DiscoveryException($"there are {Further} further draws, expected a number from 1 to {MostFurther}");
    }
}

/// <summary>By what stars are ranked.</summary>
public enum ConsensusOrder
{
    /// <summary>By the lower end of the credible interval, the mean over questions: few draws must agree wholly to outrank many that
    /// agree mostly.</summary>
    Low,

    /// <summary>By the posterior mean.</summary>
    Mean,
}
