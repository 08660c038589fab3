using Almagest.Discovery.Simulation;
using Almagest.Sky;

namespace Almagest.Discovery.Recovery;

/// <summary>Outliers to plant in each repetition: the same number of each trait and contrast.</summary>
/// <param name="Contrasts">in spreads of the trait, each at least 0; 0 plants ordinary stars, whose share of marks is the rate of false
/// positives</param>
public sealed record OutlierPlan(IReadOnlyList<TraitSpread> Traits, IReadOnlyList<double> Contrasts, int Stars);

/// <summary>
/// Makes outliers of real stars: each is the copy of a star drawn at random, displaced in one trait. So their places, brightnesses,
/// distances and gaps are those of the selection, and nothing else about them is odd.
/// </summary>
public static class OutlierPlanter
{
    private const int MostDraws = 100;

    /// <param name="refused">outliers for which no draw gave a star that the selection would hold</param>
    /// <returns>the same for the same seed and repetition</returns>
    public static IReadOnlyList<PlantedStar> Plant(TrialField field, OutlierPlan plan, long seed, int repetition, out int refused)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(plan);
        var planted = new List<PlantedStar>(plan.Stars);
        refused = 0;
        for (var i = 0; i < plan.Stars; i++)
        {
            var trait = plan.Traits[i % plan.Traits.Count];
            var contrast = plan.Contrasts[i / plan.Traits.Count % plan.Contrasts.Count];
            var random = new StarRandom(StarRandom.Mix((ulong)seed) + (ulong)repetition, i);
            var found = false;
            for (var draw = 0; draw < MostDraws && !found; draw++)
            {
                var host = field[(int)(random.Uniform() * field.Stars.Count)];
                if (Displace(host, trait, contrast, ref random) is not { } star || !field.Admits(star))
                    continue;
                planted.Add(new PlantedStar(star, trait.Trait, contrast));
                found = true;
            }
            if (!found)
                refused++;
        }
        return planted;
    }

    /// <summary>Null where the star lacks what is to be displaced.</summary>
    private static CatalogStar? Displace(CatalogStar star, TraitSpread trait, double contrast, ref StarRandom random)
    {
        var size = contrast * trait.Spread;
        var sign = random.Chance(0.5) ? 1 : -1;
        switch (trait.Trait)
        {
            case OutlierTrait.Color:
                return double.IsFinite(star.Color) ? star with { Color = star.Color + sign * size } : null;
            case OutlierTrait.Magnitude:
                return double.IsFinite(star.Magnitude) ? star with { Magnitude = star.Magnitude + sign * size } : null;
            default:
                if (!double.IsFinite(star.PmraMasYr) || !double.IsFinite(star.PmdecMasYr))
                    return null;
                if (trait.IsVelocity)
                {
                    if (!TraitSpread.IsDistance(star.ParallaxMas))
                        return null;
                    size *= star.ParallaxMas / Constants.AuPerYearKmS;
                }
                var (sin, cos) = Math.SinCos(2 * Math.PI * random.Uniform());
                return star with { PmraMasYr = star.PmraMasYr + size * cos, PmdecMasYr = star.PmdecMasYr + size * sin };
        }
    }
}
