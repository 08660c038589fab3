using Almagest.Charts.Drawing;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Charts.Pictures;

/// <summary>The pictures of one star, as its page and <c>almagest plot star</c> draw them.</summary>
/// <param name="Finder">null where no other star is near</param>
/// <param name="Arrows">what its arrows are; null where there are none</param>
/// <param name="Field">the stars of the finder chart</param>
/// <param name="Neighbours">those beside the star, the nearest first</param>
/// <param name="Diagram">where it stands among colours and magnitudes; null where it lacks one</param>
/// <param name="Parallax">among parallaxes; null where it has none</param>
/// <param name="Magnitude">likewise</param>
public sealed record StarCharts(
    string? Finder,
    string? Arrows,
    StarColumns Field,
    IReadOnlyList<Neighbour> Neighbours,
    string? Diagram,
    string? Parallax,
    string? Magnitude
)
{
    /// <summary>Half the width of the widest finder chart, degrees.</summary>
    public const double Widest = 2.56;

    /// <param name="epoch">Julian year for which the positions hold; null = not known</param>
    /// <param name="width">of a chart</param>
    /// <exception cref="Contract.Errors.LedgerException">the other stars of its dataset are not in the ledger</exception>
    public static async Task<StarCharts> ReadAsync(
        LedgerDatabase ledger,
        PictureStore store,
        Star star,
        double? epoch,
        double width = RunCharts.UsualWidth,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(star);
        // Among the stars of its dataset: those of one that is read where it lies are not in the ledger.
        await new DatasetRepository(ledger).GetAsync(star.DatasetId, cancellationToken);
        var (field, radius) = await AroundAsync(ledger, star, cancellationToken);
        var (finder, arrows) =
            field.Count < 2 ? (null, null) : FinderChart.Draw(field, star.StarId, star.RaDeg, star.DecDeg, radius, epoch, width);
        var picture = await store.SelectionAsync(star.DatasetId, StarFilter.All);
        return new StarCharts(
            finder,
            arrows,
            field,
            field.Count < 2 ? [] : FinderChart.Neighbours(field, star.StarId, star.RaDeg, star.DecDeg),
            Place(star, picture, width),
            star.ParallaxMas is { } parallax
                ? picture.Parallaxes?.Draw("parallax (mas)", mark: parallax, marked: "this star", width: width)
                : null,
            star.Magnitude is { } magnitude
                ? picture.Magnitudes?.Draw(picture.Bands.MagnitudeAxis(false), mark: magnitude, marked: "this star", width: width)
                : null
        );
    }

    // Wider and wider, until there is something to find one's way by.
    private static async Task<(StarColumns Field, double Radius)> AroundAsync(
        LedgerDatabase ledger,
        Star star,
        CancellationToken cancellationToken
    )
    {
        const int Enough = 25;
        var radius = 0.02;
        StarColumns field;
        do
        {
            radius *= 2;
            field = await new SelectionLoader(ledger).LoadAsync(
                star.DatasetId,
                // The corners of the chart, too.
                new StarFilter { Cone = new Cone(star.RaDeg, star.DecDeg, radius * 1.42) },
                cancellationToken: cancellationToken
            );
        } while (field.Count < Enough && radius < Widest);
        return (field, radius);
    }

    private static string? Place(Star star, SelectionPicture picture, double width)
    {
        if (star is not { Color: { } color, Magnitude: not null } || picture.Diagram is not { } diagram)
            return null;
        var height = diagram.HeightOf(star.Magnitude, star.ParallaxMas, star.ParallaxErrorMas);
        return double.IsFinite(height)
            ? diagram
                .Draw(
                    new StarLayer(picture.StarIds) { Pointed = "this star" },
                    "The star in the colour–magnitude diagram of its dataset",
                    pointed: new ChartPoint(color, height, star.StarId, star.SourceId),
                    width: width
                )
                .Svg
            : null;
    }
}
