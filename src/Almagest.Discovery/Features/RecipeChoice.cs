using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>The recipe of a run that names none: the first of an order that can use enough of the selection.</summary>
/// <param name="Recipe">what is taken</param>
/// <param name="Reason">why, as a sentence for the user</param>
/// <remarks>
/// Where stars that lack a feature are excluded, a recipe is eligible if it can use at least <see cref="LeastUsable"/> of the selection.
/// Where medians stand in for what is missing, a column counts as there where <see cref="LeastKnown"/> of the stars have it. That little
/// is enough then, because nothing is gained by a recipe with more columns. A recipe with radial velocities, which catalogues have of
/// bright stars, is eligible if it loses at most a tenth of the stars that the same recipe without them can use
/// (<c>docs/decisions/the-recipe-of-a-run-that-names-none.md</c>).
/// </remarks>
public sealed record RecipeChoice(FeatureRecipe Recipe, string Reason)
{
    /// <summary>The share of stars that must have every column, where the others are excluded.</summary>
    public const double LeastUsable = CompleteStars.LeastShare;

    /// <summary>The share of stars that must have a column, where medians stand in for it in the others.</summary>
    public const double LeastKnown = 0.1;

    /// <summary>The share of the stars of a recipe that one must keep that needs radial velocities beside.</summary>
    public const double LeastWithVelocity = 0.9;

    /// <summary>For anomaly runs; the last takes any dataset.</summary>
    public static IReadOnlyList<string> AnomalyOrder { get; } =
    ["population3d", FeatureRecipes.ForAnomalies, "luminosity3d", "luminosity", "photometric", "kinematic", "deep", FeatureRecipes.Default];

    /// <summary>For cluster runs; the last needs positions alone.</summary>
    public static IReadOnlyList<string> ClusterOrder { get; } = [FeatureRecipes.ForClusters, "comoving", "sphere"];

    private static readonly Dictionary<string, string> s_flat = new()
    {
        ["population3d"] = FeatureRecipes.ForAnomalies,
        ["luminosity3d"] = "luminosity",
    };

    /// <param name="impute">whether medians stand in for what stars lack; else these are excluded</param>
    public static RecipeChoice ForAnomalies(ColumnCoverage coverage, bool impute = false) =>
        First(AnomalyOrder, "anomaly", coverage, impute);

    /// <inheritdoc cref="ForAnomalies"/>
    public static RecipeChoice ForClusters(ColumnCoverage coverage, bool impute = false) =>
        First(ClusterOrder, "cluster", coverage, impute);

    private static RecipeChoice First(IReadOnlyList<string> order, string kind, ColumnCoverage coverage, bool impute)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        var lacking = new List<(string Recipe, string Lack)>();
        foreach (var name in order)
        {
            var recipe = FeatureRecipes.Get(name);
            // What few stars have is no reason to speak of.
            if (s_flat.ContainsKey(name) && coverage.Known.GetValueOrDefault(StarColumn.RadialVelocity) < LeastUsable * coverage.Stars)
                continue;
            var lack = name == order[^1] ? null : Lack(recipe, coverage, impute);
            if (lack is null)
                return new RecipeChoice(recipe, $"No recipe was named: {name} {Why(name, kind, coverage, lacking)}.");
            lacking.Add((name, lack));
        }
        throw new InvalidOperationException("the last recipe takes any dataset");
    }

    private static string Why(string name, string kind, ColumnCoverage coverage, List<(string Recipe, string Lack)> lacking)
    {
        if (lacking.Count == 0)
        {
            return s_flat.ContainsKey(name)
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"is taken, because {coverage.Known[StarColumn.RadialVelocity]:N0} of {coverage.Stars:N0} stars have a radial velocity"
                )
                : $"is the first choice for {kind} runs";
        }
        var reasons = lacking
            .GroupBy(l => l.Lack, l => l.Recipe)
            .Select(g => (Recipes: g.ToList(), Lack: g.Key))
            .Select(g =>
                g.Recipes.Count == 1
                    ? $"{g.Recipes[0]} needs {g.Lack}"
                    : $"{string.Join(", ", g.Recipes[..^1])} and {g.Recipes[^1]} need {g.Lack}"
            );
        return $"is taken, because {string.Join("; ", reasons)}";
    }

    /// <summary>The first column that too few stars have, or that too few have them all, in words; null where neither is.</summary>
    private static string? Lack(FeatureRecipe recipe, ColumnCoverage coverage, bool impute)
    {
        var least = (impute ? LeastKnown : LeastUsable) * coverage.Stars;
        // Distances first: they are what most recipes need, and what deep fields lack.
        var needs = recipe
            .Features.SelectMany(f => f.Needs, (f, column) => (Column: column, AsDistance: f.UsesDistance && column == StarColumn.Parallax))
            .OrderByDescending(n => n.AsDistance);
        foreach (var (column, asDistance) in needs)
        {
            var known = coverage.Of(column, asDistance);
            if (known > 0 && known >= least)
                continue;
            return $"{(asDistance ? Distance(coverage) : column.ColumnName())}, which {Count(known, coverage)}{Hint(asDistance, coverage)}";
        }
        if (s_flat.TryGetValue(recipe.Name, out var flat))
        {
            var velocities = coverage.Known.GetValueOrDefault(StarColumn.RadialVelocity);
            var (with, without) =
                impute || !coverage.Usable.TryGetValue(recipe.Name, out var usable)
                    ? (velocities, coverage.Stars)
                    : (usable, coverage.Usable.GetValueOrDefault(flat));
            if (with < LeastWithVelocity * without)
                return $"{StarColumn.RadialVelocity.ColumnName()}, which {Count(velocities, coverage)}";
        }
        if (!impute && coverage.Usable.TryGetValue(recipe.Name, out var together) && !(together > 0 && together >= least))
            return $"columns that together {Count(together, coverage)}";
        return null;
    }

    private static string Distance(ColumnCoverage coverage) => $"a distance (a parallax of {coverage.Rule.Words})";

    private static string Count(long known, ColumnCoverage coverage) =>
        string.Create(CultureInfo.InvariantCulture, $"{known:N0} of {coverage.Stars:N0} stars {(known == 1 ? "has" : "have")}");

    private static string Hint(bool asDistance, ColumnCoverage coverage) =>
        asDistance
        && coverage is { ParallaxErrors: 0, Rule: { MinParallaxOverError: not null, WithoutErrors: false } }
        && coverage.Known.GetValueOrDefault(StarColumn.Parallax) > 0
            ? " (no parallax has an error; with distance_without_errors they are taken as they are)"
            : "";
}
