using Almagest.Discovery;
using Almagest.Discovery.Features;
using Almagest.Discovery.Recovery;

namespace Almagest.Bench.Science;

/// <summary>Stars among which outliers of several sorts were planted, by the machinery of recovery trials.</summary>
/// <param name="Stars">the real ones, and the planted behind them</param>
/// <param name="Real">how many are real</param>
/// <param name="Sorts">of the planted, in their order</param>
internal sealed record PlantedOutliers(StarColumns Stars, int Real, IReadOnlyList<string> Sorts)
{
    private const int OfEach = 20;
    private const double One = 4,
        Both = 2.5,
        Alike = 0.2,
        FarClump = 3.5;

    /// <param name="sorts">how many there are</param>
    public static PlantedOutliers Among(StarColumns stars, FeatureRecipe recipe, out int sorts)
    {
        var field = new TrialField(stars, _ => true);
        var planted = new List<PlantedStar>();
        var names = new List<string>();
        void Add(string sort, IReadOnlyList<PlantedStar> more)
        {
            planted.AddRange(more);
            names.AddRange(more.Select(_ => sort));
        }
        try
        {
            field = field.Analysable(recipe, new DistanceRule(DistanceRule.UsualMinParallaxOverError, true));
            var seen = OutlierTraits.SeenBy(recipe);
            var spreads = seen.ToDictionary(t => t, t => TraitSpread.Of(field.Stars, t, recipe));
            foreach (var trait in seen)
                Add(trait.Name(), Plant(field, spreads[trait], One, OfEach, (int)trait));
            if (seen.Contains(OutlierTrait.Color) && seen.Contains(OutlierTrait.Motion))
                Add(
                    "colour and motion",
                    Again(field, Plant(field, spreads[OutlierTrait.Color], Both, OfEach, 10), spreads[OutlierTrait.Motion], Both)
                );
            if (seen.Count > 0)
                Add("clump", Clump(field, [.. spreads.Values]));
        }
        catch (DiscoveryException e)
        {
            Console.Error.WriteLine($"nothing is planted for {recipe.Name}: {e.Message}");
        }
        sorts = names.Distinct().Count();
        // The others that the recipe cannot use stay away, so that planted stars are as many among those analysed everywhere.
        return new PlantedOutliers(field.With(planted), field.Stars.Count, names);
    }

    public IEnumerable<DetectorScore> Judge(StarColumns analysed, double[] scores)
    {
        var row = analysed.StarId.Index().ToDictionary(p => p.Item, p => p.Index);
        var any = new bool[scores.Length];
        var kinds = Sorts.Distinct().ToDictionary(s => s, _ => new bool[scores.Length]);
        for (var i = 0; i < Sorts.Count; i++)
        {
            if (row.TryGetValue(Stars.StarId[Real + i], out var at))
                any[at] = kinds[Sorts[i]][at] = true;
        }
        foreach (var (name, isOf) in kinds.Where(k => k.Value.Any(b => b)))
        {
            yield return new DetectorScore(
                name,
                true,
                isOf.Count(b => b),
                DetectorScore.Separation(scores, isOf, any),
                DetectorScore.ShareAmong(scores, isOf, Math.Max(Sorts.Count, scores.Length / 100))
            );
        }
    }

    private static IReadOnlyList<PlantedStar> Plant(TrialField field, TraitSpread spread, double contrast, int stars, int repetition) =>
        OutlierPlanter.Plant(field, new OutlierPlan([spread], [contrast], stars), 42, repetition, out _);

    /// <summary>Outliers of one trait, displaced in another one as well.</summary>
    private static List<PlantedStar> Again(TrialField field, IReadOnlyList<PlantedStar> planted, TraitSpread spread, double contrast) =>
        [.. planted.SelectMany((star, i) => Plant(Alone(field, star), spread, contrast, 1, 20 + i))];

    /// <summary>Stars that are odd in all traits, in the same way but for little.</summary>
    private static List<PlantedStar> Clump(TrialField field, TraitSpread[] spreads)
    {
        var centre = Plant(field, spreads[0], FarClump, 1, 30);
        foreach (var spread in spreads.Skip(1))
            centre = Again(field, centre, spread, FarClump);
        var clump = new List<PlantedStar>();
        for (var i = 0; i < OfEach && centre.Count > 0; i++)
        {
            IReadOnlyList<PlantedStar> star = [centre[0]];
            foreach (var spread in spreads)
                star = Again(field, star, spread, Alike * (i + 1) / OfEach);
            clump.AddRange(star);
        }
        return clump;
    }

    private static TrialField Alone(TrialField field, PlantedStar star)
    {
        var both = field.With([star]);
        var last = both.Count - 1;
        return new TrialField(
            new StarColumns
            {
                StarId = [both.StarId[last]],
                RaDeg = [both.RaDeg[last]],
                DecDeg = [both.DecDeg[last]],
                ParallaxMas = [both.ParallaxMas[last]],
                PmraMasYr = [both.PmraMasYr[last]],
                PmdecMasYr = [both.PmdecMasYr[last]],
                Magnitude = [both.Magnitude[last]],
                Color = [both.Color[last]],
                Further = both.Further.ToDictionary(f => f.Key, f => (double[])[f.Value[last]]),
            },
            field.Admits
        );
    }
}
