using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>The recipe of a run that names none: the first of an order whose columns the selection has.</summary>
/// <param name="Recipe">what is taken</param>
/// <param name="Reason">why, as a sentence for the user</param>
/// <remarks>
/// Where stars that lack a feature are excluded, a recipe is eligible if it can use at least <see cref="LeastUsable"/> of the selection.
/// Where medians stand in for what is missing, a column counts as there where <see cref="LeastKnown"/> of the stars have it. That little
/// is enough then, because nothing is gained by a recipe with more columns: with 5 % of the parallaxes left, <c>population</c> still flags
/// more white dwarfs than <c>default</c> does (<c>docs/decisions/the-recipe-of-a-run-that-names-none.md</c>).
/// </remarks>
public sealed record RecipeChoice(FeatureRecipe Recipe, string Reason)
{
    /// <summary>The share of stars that must have every column, where the others are excluded.</summary>
    public const double LeastUsable = CompleteStars.LeastShare;

    /// <summary>The share of stars that must have a column, where medians stand in for it in the others.</summary>
    public const double LeastKnown = 0.1;

    /// <summary>For anomaly runs; the last takes any dataset.</summary>
    public static IReadOnlyList<string> AnomalyOrder { get; } =
    [FeatureRecipes.ForAnomalies, "photometric", "kinematic", FeatureRecipes.Default];

    /// <summary>For cluster runs; the last needs positions alone.</summary>
    public static IReadOnlyList<string> ClusterOrder { get; } = [FeatureRecipes.ForClusters, "comoving", "sphere"];

    /// <param name="impute">whether medians stand in for what stars lack; else these are excluded</param>
    public static RecipeChoice ForAnomalies(ColumnCoverage coverage, bool impute = false) =>
        First(AnomalyOrder, "anomaly", coverage, impute);

    /// <inheritdoc cref="ForAnomalies"/>
    public static RecipeChoice ForClusters(ColumnCoverage coverage, bool impute = false) =>
        First(ClusterOrder, "cluster", coverage, impute);

    private static RecipeChoice First(IReadOnlyList<string> order, string kind, ColumnCoverage coverage, bool impute)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        var lacking = new List<string>();
        foreach (var name in order)
        {
            var recipe = FeatureRecipes.Get(name);
            var lack = name == order[^1] ? null : Lack(recipe, coverage, impute);
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

    /// <summary>The first column that too few stars have, or that too few have them all, in words; null where neither is.</summary>
    private static string? Lack(FeatureRecipe recipe, ColumnCoverage coverage, bool impute)
    {
        var least = impute ? LeastKnown : LeastUsable;
        foreach (var feature in recipe.Features)
        {
            foreach (var column in feature.Needs)
            {
                var known = coverage.Of(column, feature.UsesDistance);
                if (known > 0 && known >= least * coverage.Stars)
                    continue;
                var words = feature.UsesDistance && column == StarColumn.Parallax ? "a positive parallax_mas" : column.ColumnName();
                return string.Create(CultureInfo.InvariantCulture, $"{words}, which {known:N0} of {coverage.Stars:N0} stars have");
            }
        }
        if (!impute && coverage.Usable.TryGetValue(recipe.Name, out var usable) && !(usable > 0 && usable >= least * coverage.Stars))
            return string.Create(CultureInfo.InvariantCulture, $"columns that together {usable:N0} of {coverage.Stars:N0} stars have");
        return null;
    }
}
