namespace Almagest.Contract.Runs;

/// <summary>A star of a run's selection that the run did not analyse.</summary>
/// <param name="Reason">what it lacks, such as <c>no parallax</c></param>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="RaDeg">ICRS right ascension, degrees</param>
/// <param name="DecDeg">ICRS declination, degrees</param>
/// <param name="ParallaxMas">parallax, mas</param>
/// <param name="PmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">proper motion in declination, mas/yr</param>
/// <param name="Magnitude">magnitude in the dataset's main band</param>
/// <param name="Color">colour index, mag</param>
public sealed record ExcludedStar(
    string Reason,
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color
);

/// <summary>The stars of a run's selection that it did not analyse.</summary>
/// <param name="TotalStars">stars that it analysed</param>
/// <param name="Excluded">how many it did not, by reason</param>
/// <param name="Items">the first of them, by reason and star_id</param>
/// <param name="Truncated">whether there are more than these</param>
public sealed record ExcludedStarList(
    Guid RunId,
    long TotalStars,
    IReadOnlyList<ExcludedCount> Excluded,
    IReadOnlyList<ExcludedStar> Items,
    bool Truncated
);
