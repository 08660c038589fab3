namespace Almagest.Contract.Runs;

/// <summary>
/// A cluster of a run. Means are over the members that have the value, and errors are standard errors of the mean; null where there is
/// none. Of a run that was completed by a program that kept no more, only number and size are known.
/// </summary>
/// <param name="ClusterId">number of the cluster, from 0</param>
/// <param name="Size">stars in it</param>
/// <param name="RaDeg">right ascension of the mean direction of the members, ICRS, degrees</param>
/// <param name="RaErrorDeg">its error times cos(dec), degrees</param>
/// <param name="DecDeg">declination of the mean direction, ICRS, degrees</param>
/// <param name="DecErrorDeg">its error, degrees</param>
/// <param name="RadiusDeg">angle from the mean direction within which half of the members lie, degrees</param>
/// <param name="ParallaxMas">mean parallax, mas: weighted by the errors where every member has one</param>
/// <param name="ParallaxErrorMas">its error, mas</param>
/// <param name="DistancePc">1000 / mean parallax, pc, without correction of a zero-point; null where that is less than five of its
/// errors</param>
/// <param name="DistanceErrorPc">its error, pc, from that of the parallax alone</param>
/// <param name="PmraMasYr">mean proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmraErrorMasYr">its error, mas/yr</param>
/// <param name="PmdecMasYr">mean proper motion in declination, mas/yr</param>
/// <param name="PmdecErrorMasYr">its error, mas/yr</param>
/// <param name="Contrast">density of its members over that of the field around them, in motion and parallax; null where the algorithm does
/// not judge its clusters</param>
/// <param name="Significance">standard deviations, corrected for having searched; null likewise</param>
public record ClusterResource(
    int ClusterId,
    long Size,
    double? RaDeg = null,
    double? RaErrorDeg = null,
    double? DecDeg = null,
    double? DecErrorDeg = null,
    double? RadiusDeg = null,
    double? ParallaxMas = null,
    double? ParallaxErrorMas = null,
    double? DistancePc = null,
    double? DistanceErrorPc = null,
    double? PmraMasYr = null,
    double? PmraErrorMasYr = null,
    double? PmdecMasYr = null,
    double? PmdecErrorMasYr = null,
    double? Contrast = null,
    double? Significance = null
)
{
    /// <summary>What every distance from Gaia's parallaxes is to be read with.</summary>
    public const string ZeroPoint =
        "The zero-point of the parallaxes is not corrected: Gaia's are too small, by some 0.03 mas in DR2 (Lindegren et al. 2018, A&A 616, "
        + "A2) and 0.02 to 0.04 mas in DR3, by magnitude, colour and latitude (Lindegren et al. 2021, A&A 649, A4).";

    /// <summary>How a table writes distances.</summary>
    public const string Distances =
        "Distances are 1 / mean parallax: with ± where the error of the mean is more than a zero-point of 0.03 mas would change, else to "
        + "the digits that such a zero-point leaves.";

    /// <summary>Of clusters by an algorithm that does not judge them.</summary>
    public const string NoProbabilities =
        "What of their stars is field is not fitted: dbscan and hdbscan give no probabilities of membership, auto does. The strength of "
        + "hdbscan is none.";

    /// <summary>A usual zero-point of Gaia's parallaxes, mas, to say what it would change.</summary>
    private const double UsualZeroPointMas = -0.03;

    /// <summary>The distance, pc, if the parallaxes are Gaia's and too small by 0.03 mas; null where there is none.</summary>
    public double? ShiftedDistancePc() => DistancePc is > 0 and var d ? 1000 / (1000 / d - UsualZeroPointMas) : null;

    /// <summary>The distance for people: where the zero-point could change more of it than its error says, to the digits that are left
    /// then, without that error.</summary>
    public string DistanceText(bool withError = true)
    {
        var shift = DistancePc - ShiftedDistancePc();
        // Of what is known so roughly, one digit counts.
        return shift > (DistanceErrorPc ?? 0) ? MeasuredText.Alone(DistancePc, 10 * shift, "0")
            : withError ? MeasuredText.Of(DistancePc, DistanceErrorPc, "0")
            : MeasuredText.Alone(DistancePc, DistanceErrorPc, "0");
    }

    /// <summary>What it is called after catalogues of known clusters, the newest identification first; null where it was compared with
    /// none.</summary>
    public IReadOnlyList<ClusterKnownAs>? KnownAs { get; init; }
}

/// <summary>A cluster as the command line gives it: with the names, too, that some of its fields had there first.</summary>
public sealed record ClusterDescription : ClusterResource
{
    public ClusterDescription(ClusterResource cluster)
        : base(cluster) { }

    /// <summary>Stars in it: the same as size.</summary>
    public long ClusterSize => Size;

    /// <summary>The same as ra_deg.</summary>
    public double? CentreRaDeg => RaDeg;

    /// <summary>The same as dec_deg.</summary>
    public double? CentreDecDeg => DecDeg;
}

/// <summary>The clusters of a run, largest first.</summary>
/// <param name="Total">clusters that there are rows of; 0 of a run that was completed before the ledger kept them</param>
/// <param name="Truncated">whether there are more than these</param>
public sealed record ClusterList(Guid RunId, IReadOnlyList<ClusterResource> Items, int Total, bool Truncated);
