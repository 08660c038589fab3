using Almagest.Discovery.Features;

namespace Almagest.Discovery.Recovery;

/// <summary>One star as a catalogue has it, in the units of <see cref="StarColumns"/>; NaN = missing.</summary>
public readonly record struct CatalogStar(
    double RaDeg,
    double DecDeg,
    double ParallaxMas,
    double ParallaxErrorMas,
    double PmraMasYr,
    double PmdecMasYr,
    double Magnitude,
    double Color
);

/// <summary>The real stars that trials plant among, with their parallax errors.</summary>
/// <param name="Stars">the selection of the run</param>
/// <param name="ParallaxErrorMas">in the order of the stars; NaN = not known</param>
/// <param name="Admits">whether the selection would hold such a star; a condition on a column that is not here is taken as
/// fulfilled</param>
public sealed record TrialField(StarColumns Stars, double[] ParallaxErrorMas, Func<CatalogStar, bool> Admits)
{
    public CatalogStar this[int row] =>
        new(
            Stars.RaDeg[row],
            Stars.DecDeg[row],
            Stars.ParallaxMas[row],
            ParallaxErrorMas[row],
            Stars.PmraMasYr[row],
            Stars.PmdecMasYr[row],
            Stars.Magnitude[row],
            Stars.Color[row]
        );

    /// <summary>The stars that have every feature of a recipe; it admits such stars only.</summary>
    public TrialField Analysable(FeatureRecipe recipe)
    {
        var complete = CompleteStars.Of(Stars, recipe);
        return new TrialField(
            complete.Stars,
            complete.Rows is { } rows ? Array.ConvertAll(rows, row => ParallaxErrorMas[row]) : ParallaxErrorMas,
            star => Admits(star) && CompleteStars.Of(Alone(star), complete.Recipe).Excluded.Count == 0
        );
    }

    private static StarColumns Alone(CatalogStar star) =>
        new()
        {
            StarId = [0],
            RaDeg = [star.RaDeg],
            DecDeg = [star.DecDeg],
            ParallaxMas = [star.ParallaxMas],
            PmraMasYr = [star.PmraMasYr],
            PmdecMasYr = [star.PmdecMasYr],
            Magnitude = [star.Magnitude],
            Color = [star.Color],
        };

    /// <summary>The real stars, and the planted ones behind them. Their ids are the highest that there are: no catalogue row has
    /// them.</summary>
    public StarColumns With(IReadOnlyList<PlantedStar> planted)
    {
        ArgumentNullException.ThrowIfNull(planted);
        double[] Join(double[] real, Func<CatalogStar, double> of) => [.. real, .. planted.Select(p => of(p.Star))];
        return new StarColumns
        {
            StarId = [.. Stars.StarId, .. planted.Select((_, i) => long.MaxValue - planted.Count + i)],
            RaDeg = Join(Stars.RaDeg, s => s.RaDeg),
            DecDeg = Join(Stars.DecDeg, s => s.DecDeg),
            ParallaxMas = Join(Stars.ParallaxMas, s => s.ParallaxMas),
            PmraMasYr = Join(Stars.PmraMasYr, s => s.PmraMasYr),
            PmdecMasYr = Join(Stars.PmdecMasYr, s => s.PmdecMasYr),
            Magnitude = Join(Stars.Magnitude, s => s.Magnitude),
            Color = Join(Stars.Color, s => s.Color),
        };
    }
}

/// <summary>A star that a trial adds to the selection in memory.</summary>
/// <param name="Kind">what is odd about an outlier; null = a member of a planted cluster</param>
/// <param name="Contrast">how odd an outlier is, in spreads; 0 = an ordinary star, the control</param>
public readonly record struct PlantedStar(CatalogStar Star, OutlierTrait? Kind, double Contrast);
