namespace Almagest.Runs.Comparison;

/// <summary>Which of a pair's marked stars.</summary>
public enum PairSide
{
    /// <summary>Marked by both.</summary>
    Common,

    /// <summary>Marked by run 1 and not by run 2.</summary>
    OnlyIn1,

    /// <summary>Marked by run 2 and not by run 1.</summary>
    OnlyIn2,
}

/// <param name="Reason">only stars that flipped for this <see cref="FlipReason"/>; null = any</param>
/// <param name="After">only stars with a higher id: the last one of the page before</param>
public sealed record PairStarQuery(PairSide Side, string? Reason = null, int Limit = 100, long After = long.MinValue);

/// <summary>What two runs say of one star, with the catalogue's columns.</summary>
/// <param name="Score1">of run 1: negative = flagged; null where it did not analyse the star or has no scores</param>
/// <param name="Cluster1">of run 1: -1 = noise; null where it did not analyse the star or has no clusters</param>
/// <param name="Reason">why only one run marks it, see <see cref="FlipReason"/>; null where both do</param>
/// <param name="NearThreshold">
/// whether the run that does not flag it nearly would: it is among the stars that would follow, were a fifth more flagged; null where
/// both mark it or that run has no score for it
/// </param>
public sealed record PairStar(
    long StarId, string SourceId, double RaDeg, double DecDeg, double? ParallaxMas, double? PmraMasYr, double? PmdecMasYr, double? Magnitude, double? Color,
    double? Score1, double? Score2, int? Cluster1, int? Cluster2, string? Reason, bool? NearThreshold);

/// <summary>How many stars flipped, by reason; reasons without a star are left out.</summary>
/// <param name="NearThreshold1">of the stars only in run 1, those that run 2 nearly flags</param>
public sealed record FlipCounts(IReadOnlyDictionary<string, long> OnlyIn1, IReadOnlyDictionary<string, long> OnlyIn2, long NearThreshold1, long NearThreshold2);
