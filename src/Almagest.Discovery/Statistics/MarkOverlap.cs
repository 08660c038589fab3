namespace Almagest.Discovery.Statistics;

/// <summary>How two runs' marks overlap among the stars that both analysed.</summary>
/// <param name="Shared">stars that both analysed</param>
/// <param name="Marked1">of them, those that run 1 marks</param>
/// <param name="Marked2">of them, those that run 2 marks</param>
/// <param name="Common">of them, those that both mark</param>
public readonly record struct MarkOverlap(long Shared, long Marked1, long Marked2, long Common)
{
    /// <summary>Counts the overlap of two sets of marks, each within the stars that its run analysed.</summary>
    public static MarkOverlap Count(StarSet analysed1, StarSet marked1, StarSet analysed2, StarSet marked2) =>
        new(
            StarSet.CountCommon(analysed1, analysed2),
            StarSet.CountCommon(marked1, analysed2),
            StarSet.CountCommon(marked2, analysed1),
            StarSet.CountCommon(marked1, marked2)
        );

    /// <summary>How many would be common, were the runs independent of each other.</summary>
    public double Expected => Hypergeometric.Mean(Shared, Marked1, Marked2);

    /// <summary>Common over expected; null where none is expected.</summary>
    public double? Enrichment => Expected > 0 ? Common / Expected : null;

    /// <summary>log10 of the chance of at least this many common stars, were the runs independent (Fisher's exact test,
    /// one-sided).</summary>
    public double Log10PValue => Hypergeometric.Log10UpperTail(Shared, Marked1, Marked2, Common);

    /// <summary>log10 of the chance of so unusual an overlap, large or small, were the runs independent (Fisher's exact test,
    /// two-sided).</summary>
    public double Log10TwoSidedPValue => Hypergeometric.Log10TwoSided(Shared, Marked1, Marked2, Common);

    /// <summary>Common over marked by either, [0, 1]; 0 where neither marks a star.</summary>
    public double Jaccard => Marked1 + Marked2 == 0 ? 0 : (double)Common / (Marked1 + Marked2 - Common);

    /// <summary>
    /// Cohen's kappa (1960): agreement beyond chance, 1 = the same marks, 0 = as by chance, at least -1. It equals the Dice similarity
    /// 2 common / (marked 1 + marked 2) corrected for chance (Albatineh, Niewiadomska-Bugaj and Mihalko 2006). 1 where both mark nothing,
    /// or both everything; null where they share no star.
    /// </summary>
    public double? Kappa
    {
        get
        {
            if (Shared == 0)
                return null;
            double n = Shared,
                a = Marked1,
                b = Marked2,
                room = n * (a + b) - 2 * a * b;
            return room == 0 ? 1 : 2 * (n * Common - a * b) / room;
        }
    }
}
