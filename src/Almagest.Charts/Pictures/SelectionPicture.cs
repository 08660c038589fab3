using Almagest.Charts.Drawing;
using Almagest.Discovery.Features;

namespace Almagest.Charts.Pictures;

/// <summary>The stars of a selection, laid out for its pictures: some 50 bytes for each. Immutable.</summary>
/// <param name="StarIds">ascending, one for each star of the clouds</param>
/// <param name="Sky">on the plane of <paramref name="Projection"/></param>
/// <param name="Diagram">null where no star has both colour and magnitude</param>
/// <param name="Motions">proper motion in RA·cos Dec, to the right as vector-point diagrams have it, and in Dec, mas/yr; null where no
/// star has it</param>
/// <param name="Distances">magnitude and parallax; null where no star has both</param>
public sealed record SelectionPicture(
    long[] StarIds,
    SkyProjection Projection,
    PointCloud Sky,
    ColourMagnitude? Diagram,
    PointCloud? Motions,
    PointCloud? Distances,
    Histogram? Magnitudes,
    Histogram? Colours,
    Histogram? Parallaxes
)
{
    public int Stars => StarIds.Length;

    /// <summary>What its magnitudes and colours are.</summary>
    public Bands Bands { get; private init; } = Bands.Unknown;

    /// <summary>Further columns that it is laid out from, where a dataset has them.</summary>
    public static IReadOnlyList<string> Errors { get; } =
    [StarColumns.ParallaxErrorName, StarColumns.PmraErrorName, StarColumns.PmdecErrorName];

    /// <summary>The plane of a chart of stars, by the chart's name; null where there is none.</summary>
    public PointCloud? Cloud(string chart) =>
        chart switch
        {
            "cmd" => Diagram?.Cloud,
            "sky" => Sky,
            "motions" => Motions,
            "parallaxes" => Distances,
            _ => null,
        };

    /// <param name="rule">which stars have a distance</param>
    public static SelectionPicture Of(StarColumns stars, Bands bands, DistanceRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var projection = SkyProjection.For(stars.RaDeg, stars.DecDeg);
        var (x, y) = (new float[stars.Count], new float[stars.Count]);
        for (var i = 0; i < stars.Count; i++)
        {
            var place = projection.Project(stars.RaDeg[i], stars.DecDeg[i]) ?? (double.NaN, double.NaN);
            (x[i], y[i]) = ((float)place.Item1, (float)place.Item2);
        }
        return new SelectionPicture(
            stars.StarId,
            projection,
            new PointCloud(x, y, projection.Whole),
            ColourMagnitude.Of(stars.Color, stars.Magnitude, stars.ParallaxMas, stars.ParallaxErrorMas, bands, rule),
            Cloud(stars.PmraMasYr, stars.PmdecMasYr, Known(stars, StarColumns.PmraErrorName), Known(stars, StarColumns.PmdecErrorName)),
            Cloud(stars.Magnitude, stars.ParallaxMas, errorY: Known(stars, StarColumns.ParallaxErrorName)),
            Histogram.Of(stars.Magnitude),
            Histogram.Of(stars.Color),
            Histogram.OfMost(stars.ParallaxMas)
        )
        {
            Bands = bands,
        };
    }

    /// <summary>A column of errors; null where no star has one.</summary>
    private static float[]? Known(StarColumns stars, string name) =>
        stars.Further.TryGetValue(name, out var values) && values.Any(v => v > 0)
            ? Array.ConvertAll(values, v => v > 0 ? (float)v : float.NaN)
            : null;

    private static PointCloud? Cloud(double[] first, double[] second, float[]? errorX = null, float[]? errorY = null)
    {
        var (x, y) = (Array.ConvertAll(first, v => (float)v), Array.ConvertAll(second, v => (float)v));
        var both = Enumerable.Range(0, x.Length).Where(i => float.IsFinite(x[i]) && float.IsFinite(y[i])).ToList();
        if (both.Count == 0)
            return null;
        var (left, right) = Scale.Inner([.. both.Select(i => x[i])]);
        var (bottom, top) = Scale.Inner([.. both.Select(i => y[i])]);
        return new PointCloud(x, y, new ChartWindow(left, right, bottom, top)) { ErrorX = errorX, ErrorY = errorY };
    }
}
