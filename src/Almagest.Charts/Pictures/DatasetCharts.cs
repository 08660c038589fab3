using Almagest.Charts.Drawing;

namespace Almagest.Charts.Pictures;

/// <summary>The pictures of a dataset or a part of it, as its page and <c>almagest plot dataset</c> draw them.</summary>
/// <param name="Diagram">null where the stars have no colours or no magnitudes</param>
public sealed record DatasetCharts(ScatterChart Sky, ScatterChart? Diagram, string? Magnitudes, string? Colours, string? Parallaxes)
{
    /// <param name="width">of a chart; null = as pages have them</param>
    /// <param name="skyWidth">of the map</param>
    /// <param name="zoom">parts of charts, by their names</param>
    public static DatasetCharts Of(
        SelectionPicture picture,
        string name,
        double? width = null,
        double? skyWidth = null,
        IReadOnlyDictionary<string, ChartWindow>? zoom = null
    )
    {
        ArgumentNullException.ThrowIfNull(picture);
        var layer = new StarLayer(picture.StarIds) { KeepsRoom = width is null };
        var wide = width ?? RunCharts.UsualWidth;
        ChartWindow? Part(string chart) => zoom?.TryGetValue(chart, out var window) == true ? window : null;
        string? Bars(Histogram? histogram, string axis) => histogram?.Draw(axis, width: wide, height: Math.Clamp(wide * 0.5, 230, 280));
        return new DatasetCharts(
            new ScatterChart(
                w =>
                    SkyMap.Draw(
                        picture.Projection,
                        picture.Sky,
                        layer,
                        $"Density of {name} on the sky",
                        w,
                        skyWidth ?? (picture.Projection.IsWholeSky ? 760 : RunCharts.UsualWidth)
                    ),
                "stars",
                new ChartFacts(picture.Stars, picture.Sky.Placed, "a position", cell => ChartFacts.OnSky(picture.Projection, cell))
            ).Show(Part("sky")),
            picture.Diagram is { } d
                ? new ScatterChart(
                    w => d.Draw(layer, $"Colour–magnitude diagram of {name}", w, width: wide),
                    "stars",
                    RunCharts.OfDiagram(picture, d)
                ).Show(Part("cmd"))
                : null,
            Bars(picture.Magnitudes, picture.Bands.MagnitudeAxis(false)),
            Bars(picture.Colours, picture.Bands.ColorAxis),
            Bars(picture.Parallaxes, "parallax (mas)")
        );
    }
}
