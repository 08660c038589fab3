using Almagest.Contract.Serialization;
using Almagest.Sky;

namespace Almagest.Contract.Runs;

/// <summary>What a run says of one star, with the catalogue's columns of the star.</summary>
/// <param name="IsAnomaly">1 = flagged; 0 throughout a cluster run</param>
/// <param name="AnomalyScore">negative = anomalous (scikit-learn's decision_function); null in a cluster run</param>
/// <param name="ClusterId">number of its cluster from 0, -1 = noise; null in an anomaly run</param>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="RaDeg">ICRS right ascension, degrees</param>
/// <param name="DecDeg">ICRS declination, degrees</param>
/// <param name="ParallaxMas">parallax, mas</param>
/// <param name="PmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">proper motion in declination, mas/yr</param>
/// <param name="Magnitude">magnitude in the dataset's main band</param>
/// <param name="Color">colour index, mag</param>
/// <param name="MembershipProbability">calibrated probability to be a member of its cluster, of a star in none that of the likeliest one;
/// null where the algorithm gives none</param>
/// <param name="MembershipStrength">how firmly it stands in its cluster, from 0 to 1, by hdbscan's own measure, which is no probability;
/// null where the algorithm has none</param>
public sealed record StarResult(
    Guid RunId,
    long StarId,
    int IsAnomaly,
    double? AnomalyScore,
    int? ClusterId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    double? MembershipProbability,
    double? MembershipStrength
)
{
    /// <summary>The chance that the star's true values are flagged, given what was measured: the share of draws within its errors that are;
    /// null in a cluster run, and where there are no errors or no draws.</summary>
    public double? FlagProbability { get; init; }

    /// <summary>Standard deviation of the score over these draws.</summary>
    public double? ScoreSpread { get; init; }

    /// <summary>Of a star in a cluster: the share of draws within its errors that leave it there; null where there are none.</summary>
    public double? MembershipStability { get; init; }

    /// <summary>Standard error of the parallax, mas.</summary>
    public double? ParallaxErrorMas { get; init; }

    /// <summary>The parallax over its error; null where the parallax is a mark of missing values, or beyond that of any star.</summary>
    public double? ParallaxOverError => SignalToNoise.Of(ParallaxMas, ParallaxErrorMas);

    /// <summary>Gaia's renormalised unit weight error.</summary>
    public double? Ruwe { get; init; }

    /// <summary>Columns of the star in which the run took the median of the others; null where the run fills nothing.</summary>
    public IReadOnlyList<string>? Filled { get; init; }
}

/// <summary>A page of a run's results.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
/// <param name="Total">results that the query selects, on all pages</param>
/// <param name="Truncated">whether there are more after this page</param>
public sealed record StarResultPage(IReadOnlyList<StarResult> Items, string? Next, long Total, bool Truncated);

/// <summary>What one complete run says of a star.</summary>
/// <param name="Parameters">of the run, by which runs of one algorithm are told apart</param>
/// <param name="IsAnomaly">1 = flagged; 0 throughout a cluster run</param>
/// <param name="AnomalyScore">negative = anomalous; null in a cluster run</param>
/// <param name="ClusterId">number of its cluster from 0, -1 = noise; null in an anomaly run</param>
public sealed record StarHistoryEntry(
    Guid RunId,
    string RunType,
    string Algorithm,
    RawJson Parameters,
    DateTime CreatedAt,
    int IsAnomaly,
    double? AnomalyScore,
    int? ClusterId
)
{
    /// <summary>The chance that its true values are flagged, given what was measured; null where the run does not know.</summary>
    public double? FlagProbability { get; init; }

    /// <summary>Of a star in a cluster: the share of draws within its errors that leave it there; null where there are none.</summary>
    public double? MembershipStability { get; init; }

    /// <summary>Whether the run, whose results are in files, analysed the star without flagging it: its score is in these files.</summary>
    public bool ScoreInFiles { get; init; }
}

/// <summary>A star in a list by score, with its catalogue columns.</summary>
/// <param name="AnomalyScore">negative = anomalous</param>
public sealed record ScoredStar(
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    double? AnomalyScore
)
{
    /// <summary>The chance that its true values are flagged, given what was measured; null where the run does not know.</summary>
    public double? FlagProbability { get; init; }

    /// <summary>Standard deviation of the score over draws within the star's errors.</summary>
    public double? ScoreSpread { get; init; }

    /// <summary>Standard error of the parallax, mas.</summary>
    public double? ParallaxErrorMas { get; init; }

    /// <summary>The parallax over its error; null where the parallax is a mark of missing values, or beyond that of any star.</summary>
    public double? ParallaxOverError => SignalToNoise.Of(ParallaxMas, ParallaxErrorMas);

    /// <summary>Gaia's renormalised unit weight error.</summary>
    public double? Ruwe { get; init; }

    /// <summary>Columns of the star in which the run took the median of the others; null where the run fills nothing.</summary>
    public IReadOnlyList<string>? Filled { get; init; }
}

/// <summary>How well a parallax is measured.</summary>
internal static class SignalToNoise
{
    /// <summary>Null where one of the two is not known, or the error is none, or the parallax is a mark of missing values or beyond that of
    /// any star.</summary>
    public static double? Of(double? parallax, double? error) =>
        error > 0 && parallax is { } mas && KnownStars.CanBeParallax(mas) && mas / error is { } ratio && double.IsFinite(ratio)
            ? ratio
            : null;
}
