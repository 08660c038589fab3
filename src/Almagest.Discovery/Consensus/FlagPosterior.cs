using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>
/// What is known of the rate at which runs flag a star, after it was flagged in <c>k</c> of <c>n</c>: the posterior Beta(k + ½, n - k + ½)
/// of a binomial rate under the prior of Jeffreys (1946), with its central 95 % credible interval (Brown, Cai and DasGupta 2001).
/// </summary>
/// <param name="Mean">(k + ½) / (n + 1)</param>
/// <param name="Low">2.5 % quantile</param>
/// <param name="High">97.5 % quantile</param>
public readonly record struct FlagPosterior(double Mean, double Low, double High)
{
    private const double Prior = 0.5,
        Tail = 0.025;

    /// <param name="flagged">0 to <paramref name="analysed"/>; need not be whole</param>
    /// <param name="analysed">0 or more</param>
    public static FlagPosterior Of(double flagged, double analysed) =>
        new(MeanOf(flagged, analysed), LowOf(flagged, analysed), HighOf(flagged, analysed));

    internal static double MeanOf(double flagged, double analysed) => (flagged + Prior) / (analysed + 2 * Prior);

    internal static double LowOf(double flagged, double analysed) =>
        BetaDistribution.Quantile(Tail, flagged + Prior, Rest(flagged, analysed) + Prior);

    internal static double HighOf(double flagged, double analysed) =>
        BetaDistribution.Quantile(1 - Tail, flagged + Prior, Rest(flagged, analysed) + Prior);

    // Sums of weights may miss each other by a rounding.
    private static double Rest(double flagged, double analysed) => Math.Max(0, analysed - flagged);
}
