using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>The recipe of a run that names none: the first of an order whose columns the selection has.</summary>
/// <param name="Recipe">what is taken</param>
/// <param name="Reason">why, as a sentence for the user</param>
/// <remarks>
/// A column counts as there where <see cref="LeastKnown"/> of the stars have it: the median stands in for the others. That little is
/// enough, because nothing is gained by a recipe with more columns: with 5 % of the parallaxes left, <c>population</c> still flags more
/// white dwarfs than <c>default</c> does (<c>docs/decisions/the-recipe-of-a-run-that-names-none.md</c>).
/// </remarks>
public sealed record RecipeChoice(FeatureRecipe Recipe, string Reason)
{
    /// <summary>The share of stars that must have a column.</summary>
    public const double LeastKnown = 0.1;

    /// <summary>For anomaly runs; the last takes any dataset.</summary>
    public static IReadOnlyList<string> AnomalyOrder { get; } =
    [FeatureRecipes.ForAnomalies, "photometric", "kinematic", FeatureRecipes.Default];

    /// <summary>For cluster runs; the last needs positions alone.</summary>
    public static IReadOnlyList<string> ClusterOrder { get; } = [FeatureRecipes.ForClusters, "comoving", "sphere"];

    public static RecipeChoice ForAnomalies(ColumnCoverage coverage) => First(AnomalyOrder, "anomaly", coverage);

    public static RecipeChoice ForClusters(ColumnCoverage coverage) => First(ClusterOrder, "cluster", coverage);

    private static RecipeChoice First(IReadOnlyList<string> order, string kind, ColumnCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        var lacking = new List<string>();
        foreach (var name in order)
        {
            var recipe = FeatureRecipes.Get(name);
            var lack = name == order[^1] ? null : Lack(recipe, coverage);
            if (lack is null)
            {
                return new RecipeChoice(
                    recipe,
                    lacking.Count == 0
                        ? $"No recipe was named: {recipe.Name} is the first choice for {kind} runs."
                        : $"No recipe was named: {recipe.Name} is taken, because {string.Join("; ", lacking)}."
                );
            }
            lacking.Add($"{name} needs {lack}");
        }
        throw new InvalidOperationException("the last recipe takes any dataset");
    }

    /// <summary>The first column that too few stars have, in words; null where none is.</summary>
    private static string? Lack(FeatureRecipe recipe, ColumnCoverage coverage)
    {
        foreach (var feature in recipe.Features)
        {
            foreach (var column in feature.Needs)
            {
                var known = coverage.Of(column, feature.UsesDistance);
                if (known > 0 && known >= LeastKnown * coverage.Stars)
                    continue;
                var words = feature.UsesDistance && column == StarColumn.Parallax ? "a positive parallax_mas" : column.ColumnName();
                return string.Create(CultureInfo.InvariantCulture, $"{words}, which {known:N0} of {coverage.Stars:N0} stars have");
            }
        }
        return null;
    }
}
