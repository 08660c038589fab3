namespace Almagest.Discovery.Statistics;

/// <summary>
/// The share of trials that succeeded, with the score interval of Wilson (1927, J. Am. Stat. Assoc. 22, 209) at 95 %, which Brown, Cai and
/// DasGupta (2001, Stat. Sci. 16, 101) recommend also for few trials and shares near 0 and 1.
/// </summary>
/// <param name="Successes">0 to <paramref name="Trials"/></param>
/// <param name="Share">null where there was no trial</param>
/// <param name="Low">lower end; 0 where there was no trial</param>
/// <param name="High">upper end; 1 where there was no trial</param>
public sealed record WilsonInterval(long Trials, long Successes, double? Share, double Low, double High)
{
    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <exception cref="ArgumentOutOfRangeException">not 0 ≤ successes ≤ trials</exception>
    public static WilsonInterval Of(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (trials == 0)
            return new WilsonInterval(0, 0, null, 0, 1);
        double n = trials,
            share = successes / n,
            z2 = Z * Z;
        var centre = (share + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z / (1 + z2 / n) * Math.Sqrt(share * (1 - share) / n + z2 / (4 * n * n));
        // At the ends the formula is 0 or 1 but for rounding.
        return new WilsonInterval(trials, successes, share, successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }
}
