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
    internal static MeanDirection? Of(int[] rows, double[] raDeg, double[] decDeg)
    {
        var directions = Array.ConvertAll(rows, row => SkyCoordinates.ToUnitVector(raDeg[row], decDeg[row]));
        var mean = directions.Aggregate(new SkyVector(0, 0, 0), (sum, u) => sum + u) * (1.0 / rows.Length);
        if (!(mean.Norm > LeastLength))
            return null;
        var (ra, dec) = SkyCoordinates.FromVector(mean);
        var triad = NormalTriad.At(ra, dec);
        return new MeanDirection(
            ra,
            Error(directions, triad.East, mean.Norm),
            dec,
            Error(directions, triad.North, mean.Norm),
            OrderStatistics.Median(Array.ConvertAll(rows, row => SkyCoordinates.SeparationDeg(ra, dec, raDeg[row], decDeg[row])))
        );
    }

    // What the mean vector is off by sideways, over its length, is the angle.
    private static double? Error(SkyVector[] directions, SkyVector side, double length) =>
        MeanWithError.Of(Array.ConvertAll(directions, side.Dot)) is { Error: { } error } ? error / length / Constants.Degree : null;
}
