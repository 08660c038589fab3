using Almagest.Discovery.Features;

namespace Almagest.Discovery.Changes;

/// <summary>Why the score of a star, as its distance from the threshold, is another in the second of two runs: parts that add up to the
/// change. Negative parts make it more anomalous.</summary>
/// <param name="Total">score in run 2 less score in run 1, both over their thresholds</param>
/// <param name="Values">by column of which the two catalogues have other values; a position counts as <see cref="StarColumn.Ra"/></param>
/// <param name="Errors">the errors of the measurements, where features look at them</param>
/// <param name="Threshold">the threshold of run 2 is elsewhere among the scores</param>
/// <param name="Detector">the detector was fitted to other stars, or with another seed</param>
public sealed record ScoreParts(
    double Total,
    IReadOnlyList<(StarColumn Column, double Part)> Values,
    double Errors,
    double Threshold,
    double Detector
)
{
    /// <summary>A cause that makes less than this of what drove the change is not the cause.</summary>
    private const double Half = 0.5;

    /// <summary>All values together.</summary>
    public double Measurement => Values.Sum(v => v.Part);

    /// <summary>The column that did most in the direction of the change; null where none did.</summary>
    public StarColumn? MainColumn
    {
        get
        {
            var towards = Values.Where(v => v.Part * Total > 0).ToList();
            return towards.Count == 0 ? null : towards.MaxBy(v => Math.Abs(v.Part)).Column;
        }
    }

    /// <summary>The part that made at least half of what drove the change; several where none did.</summary>
    public ScoreCause Cause
    {
        get
        {
            (ScoreCause Cause, double Part)[] parts =
            [
                (ScoreCause.Measurement, Measurement),
                (ScoreCause.Errors, Errors),
                (ScoreCause.Threshold, Threshold),
                (ScoreCause.Detector, Detector),
            ];
            var towards = parts.Where(p => p.Part * Total > 0).ToList();
            if (towards.Count == 0)
                return ScoreCause.Several;
            var first = towards.MaxBy(p => Math.Abs(p.Part));
            return Math.Abs(first.Part) >= Half * towards.Sum(p => Math.Abs(p.Part)) ? first.Cause : ScoreCause.Several;
        }
    }
}

/// <summary>What changed a score most.</summary>
public enum ScoreCause
{
    /// <summary>The star has other values.</summary>
    Measurement,

    /// <summary>Its errors are others.</summary>
    Errors,

    /// <summary>The threshold is elsewhere.</summary>
    Threshold,

    /// <summary>The detector learned from other stars.</summary>
    Detector,

    /// <summary>No part makes half of it.</summary>
    Several,
}
