using Almagest.Discovery.Statistics;
using Almagest.Sky;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Where stars are on the sky: the direction of the sum of their unit vectors, which knows neither poles nor an origin of right ascension.
/// </summary>
/// <param name="RaDeg">[0, 360)</param>
/// <param name="RaErrorDeg">standard error, times cos(dec), as catalogues give it; null of one star</param>
/// <param name="DecErrorDeg">standard error; null of one star</param>
/// <param name="RadiusDeg">median angle of the stars from it: within it lie half of them</param>
public sealed record MeanDirection(double RaDeg, double? RaErrorDeg, double DecDeg, double? DecErrorDeg, double RadiusDeg)
{
    /// <summary>Stars that lie all around have no mean direction: the mean of their unit vectors is shorter than this.</summary>
    private const double LeastLength = 1e-6;

    /// <summary>Null of no star, and where the directions cancel each other.</summary>
    internal static MeanDirection? Of(StarGroup stars)
    {
        var mean = Directions(stars).Aggregate(new SkyVector(0, 0, 0), (sum, u) => sum + u) * (1.0 / stars.Count);
        if (!(mean.Norm > LeastLength))
            return null;
        var (ra, dec) = SkyCoordinates.FromVector(mean);
        var triad = NormalTriad.At(ra, dec);
        return new MeanDirection(
            ra,
            Error(stars, triad.East, mean.Norm),
            dec,
            Error(stars, triad.North, mean.Norm),
            stars.Median(star => SkyCoordinates.SeparationDeg(ra, dec, star.RaDeg, star.DecDeg))
        );
    }

    private static IEnumerable<SkyVector> Directions(StarGroup stars) =>
        stars.Stars().Select(star => SkyCoordinates.ToUnitVector(star.RaDeg, star.DecDeg));

    // What the mean vector is off by sideways, over its length, is the angle.
    private static double? Error(StarGroup stars, SkyVector side, double length) =>
        MeanWithError.Over(Directions(stars).Select(side.Dot)) is { Error: { } error } ? error / length / Constants.Degree : null;
}
