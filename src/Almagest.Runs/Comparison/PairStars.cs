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

/// <summary>How many stars flipped, by reason; reasons without a star are left out.</summary>
/// <param name="NearThreshold1">of the stars only in run 1, those that run 2 nearly flags; null where its scores are in files</param>
public sealed record FlipCounts(
    IReadOnlyDictionary<string, long> OnlyIn1,
    IReadOnlyDictionary<string, long> OnlyIn2,
    long? NearThreshold1,
    long? NearThreshold2
);
