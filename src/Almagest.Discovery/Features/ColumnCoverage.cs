namespace Almagest.Discovery.Features;

/// <summary>How many stars of a selection have each catalogue column.</summary>
/// <param name="Stars">stars of the selection</param>
/// <param name="Known">by column; a column that is not named is known of no star</param>
/// <param name="Distances">stars that have a distance by the rule</param>
public sealed record ColumnCoverage(long Stars, IReadOnlyDictionary<StarColumn, long> Known, long Distances)
{
    /// <summary>What counts as a distance.</summary>
    public DistanceRule Rule { get; init; } = DistanceRule.Usual;

    /// <summary>Stars that have an error of the parallax.</summary>
    public long ParallaxErrors { get; init; }

    /// <summary>Stars that have every feature, by the name of the recipe; a recipe that is not named was not counted.</summary>
    public IReadOnlyDictionary<string, long> Usable { get; init; } = new Dictionary<string, long>();

    /// <summary>The coverage of stars that are at hand.</summary>
    /// <param name="recipes">those whose usable stars are counted</param>
    public static ColumnCoverage Of(StarColumns stars, DistanceRule rule, IEnumerable<FeatureRecipe> recipes)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(recipes);
        long Count(Func<int, bool> holds) => Enumerable.Range(0, stars.Count).LongCount(holds);
        bool Has(double value) => Math.Abs(value) <= FeaturePipeline.MaxMagnitude;
        return new ColumnCoverage(
            stars.Count,
            Enum.GetValues<StarColumn>().ToDictionary(c => c, c => Count(row => Has(stars.Values(c)[row]))),
            Count(row => rule.Holds(stars.ParallaxMas[row], stars.ParallaxErrorMas[row]))
        )
        {
            Rule = rule,
            ParallaxErrors = Count(row => stars.ParallaxErrorMas[row] >= DistanceRule.LeastErrorMas),
            Usable = recipes.ToDictionary(r => r.Name, r => (long)CompleteStars.Of(stars, r.Whole, rule).Stars.Count),
        };
    }

    /// <summary>Stars that have the column, as the feature takes it.</summary>
    public long Of(StarColumn column, bool asDistance) =>
        asDistance && column == StarColumn.Parallax ? Distances : Known.GetValueOrDefault(column);
}
