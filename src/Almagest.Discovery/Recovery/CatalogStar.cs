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
)
{
    public double PmraErrorMasYr { get; init; } = double.NaN;

    public double PmdecErrorMasYr { get; init; } = double.NaN;

    /// <summary>km/s.</summary>
    public double RadialVelocityKmS { get; init; } = double.NaN;
}

/// <summary>The real stars that trials plant among.</summary>
/// <param name="Stars">the selection of the run</param>
/// <param name="Admits">whether the selection would hold such a star; a condition on a column that is not here is taken as
/// fulfilled</param>
public sealed record TrialField(StarColumns Stars, Func<CatalogStar, bool> Admits)
{
    private static readonly Dictionary<string, Func<CatalogStar, double>> s_further = new()
    {
        [StarColumns.ParallaxErrorName] = s => s.ParallaxErrorMas,
        [StarColumns.PmraErrorName] = s => s.PmraErrorMasYr,
        [StarColumns.PmdecErrorName] = s => s.PmdecErrorMasYr,
        [StarColumns.RadialVelocityName] = s => s.RadialVelocityKmS,
    };

    public CatalogStar this[int row] =>
        new(
            Stars.RaDeg[row],
            Stars.DecDeg[row],
            Stars.ParallaxMas[row],
            Stars.ParallaxErrorMas[row],
            Stars.PmraMasYr[row],
            Stars.PmdecMasYr[row],
            Stars.Magnitude[row],
            Stars.Color[row]
        )
        {
            PmraErrorMasYr = Stars.PmraErrorMasYr[row],
            PmdecErrorMasYr = Stars.PmdecErrorMasYr[row],
            RadialVelocityKmS = Stars.RadialVelocityKmS[row],
        };

    /// <summary>The stars that have every feature of a recipe; it admits such stars only.</summary>
    public TrialField Analysable(FeatureRecipe recipe, DistanceRule distances)
    {
        var complete = CompleteStars.Of(Stars, recipe, distances);
        return new TrialField(
            complete.Stars,
            star => Admits(star) && CompleteStars.Of(Alone(star), complete.Recipe, distances).Excluded.Count == 0
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
            Further = s_further.ToDictionary(f => f.Key, f => (double[])[f.Value(star)]),
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
            // Of numbers that a planted star does not have, such as correlations, nothing is known.
            Further = Stars.Further.ToDictionary(
                f => f.Key,
                f => Join(f.Value, s_further.GetValueOrDefault(f.Key, static _ => double.NaN))
            ),
        };
    }
}

/// <summary>A star that a trial adds to the selection in memory.</summary>
/// <param name="Kind">what is odd about an outlier; null = a member of a planted cluster</param>
/// <param name="Contrast">how odd an outlier is, in spreads; 0 = an ordinary star, the control</param>
public readonly record struct PlantedStar(CatalogStar Star, OutlierTrait? Kind, double Contrast);
