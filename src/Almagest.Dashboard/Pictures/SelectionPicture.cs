using Almagest.Dashboard.Charts;
using Almagest.Discovery.Features;

namespace Almagest.Dashboard.Pictures;

/// <summary>A selection of stars reduced to what its pictures need, whatever its size.</summary>
public sealed record SelectionPicture(int Stars, SkyProjection Projection, DensityGrid Sky, ColourMagnitude? Diagram, Histogram? Magnitudes, Histogram? Colours, Histogram? Parallaxes)
{
    public static SelectionPicture Of(StarColumns stars)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var projection = SkyProjection.For(stars.RaDeg, stars.DecDeg);
        var (x, y) = projection.Half;
        var wide = stars.Count > 30_000;
        var sky = projection.IsWholeSky ? new DensityGrid(wide ? 320 : 180, wide ? 160 : 90, (-x, x), (-y, y)) : new DensityGrid(wide ? 140 : 70, wide ? 140 : 70, (-x, x), (-y, y));
        for (var i = 0; i < stars.Count; i++)
        {
            if (projection.Project(stars.RaDeg[i], stars.DecDeg[i]) is { } p) sky.Add(p.X, p.Y);
        }
        return new SelectionPicture(stars.Count, projection, sky, ColourMagnitude.Of(stars.Color, stars.Magnitude, stars.ParallaxMas),
            Histogram.Of(stars.Magnitude), Histogram.Of(stars.Color), Histogram.Of(stars.ParallaxMas));
    }
}
