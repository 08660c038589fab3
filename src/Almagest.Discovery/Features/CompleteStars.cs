using System.Globalization;

namespace Almagest.Discovery.Features;

/// <summary>
/// The stars of a selection that have every feature of a recipe, and those that do not. A star that lacks one counts once, under what the
/// first feature in the recipe's order that it lacks would need.
/// </summary>
/// <param name="Stars">in the order of the selection; the selection itself where none is excluded</param>
/// <param name="Rows">where they are in the selection; null where none is excluded</param>
/// <param name="Excluded">by reason, in the recipe's order; reasons that no star has are left out</param>
/// <param name="Recipe">the recipe without the features of <paramref name="LeftOut"/></param>
/// <param name="LeftOut">features that the recipe can do without (<see cref="Feature.IsOptional"/>) and too few stars have</param>
public sealed record CompleteStars(
    StarColumns Stars,
    int[]? Rows,
    IReadOnlyList<ExcludedStars> Excluded,
    FeatureRecipe Recipe,
    IReadOnlyList<LeftOutFeature> LeftOut
)
{
    /// <summary>An optional feature stays in the recipe where at least this share of the stars has it.</summary>
    public const double LeastShare = 0.5;

    private static readonly DistanceLack[] s_lacks = [DistanceLack.Error, DistanceLack.Precision, DistanceLack.Sign];

    /// <param name="distances">which stars have a distance, where a feature needs one</param>
    public static CompleteStars Of(StarColumns stars, FeatureRecipe recipe, DistanceRule distances)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(distances);
        var (kept, leftOut) = Optional(stars, recipe, distances);
        var needs = Needs(kept, distances);
        var lacks = new int[stars.Count];
        var counts = new int[needs.Count];
        var complete = 0;
        for (var row = 0; row < lacks.Length; row++)
        {
            var first = FirstLack(stars, row, needs);
            lacks[row] = first;
            if (first < 0)
                complete++;
            else
                counts[first]++;
        }
        if (complete == stars.Count)
            return new CompleteStars(stars, null, [], kept, leftOut);
        var rows = new int[complete];
        var ids = counts.Select(n => new long[n]).ToArray();
        var filled = new int[needs.Count];
        var next = 0;
        for (var row = 0; row < lacks.Length; row++)
        {
            if (lacks[row] is >= 0 and var lack)
                ids[lack][filled[lack]++] = stars.StarId[row];
            else
                rows[next++] = row;
        }
        return new CompleteStars(
            stars.Take(rows),
            rows,
            [.. needs.Zip(ids, (need, lacking) => new ExcludedStars(need.Reason, lacking)).Where(e => e.StarIds.Length > 0)],
            kept,
            leftOut
        );
    }

    /// <summary>What all stars of a selection lack is left out of a recipe that takes what there is, such as <c>default</c>.</summary>
    private static (FeatureRecipe Kept, IReadOnlyList<LeftOutFeature> LeftOut) Optional(
        StarColumns stars,
        FeatureRecipe recipe,
        DistanceRule distances
    )
    {
        if (!recipe.Features.Any(f => f.IsOptional))
            return (recipe, []);
        var leftOut = new List<LeftOutFeature>();
        foreach (var feature in recipe.Features.Where(f => f.IsOptional))
        {
            var needs = Needs(recipe with { Features = [feature] }, distances);
            var have = Enumerable.Range(0, stars.Count).Count(row => FirstLack(stars, row, needs) < 0);
            if (have >= LeastShare * stars.Count && have > 0)
                continue;
            var names = string.Join(" and ", needs.Select(n => n.Column.ColumnName()));
            leftOut.Add(
                new LeftOutFeature(
                    feature.Name,
                    have == 0
                        ? $"no star has {names}"
                        : string.Create(CultureInfo.InvariantCulture, $"{have:N0} of {stars.Count:N0} stars have {names}, fewer than half")
                )
            );
        }
        return (recipe with { Features = [.. recipe.Features.Where(f => leftOut.All(l => l.Name != f.Name))] }, leftOut);
    }

    private static int FirstLack(StarColumns stars, int row, IReadOnlyList<Need> needs)
    {
        for (var i = 0; i < needs.Count; i++)
        {
            if (!needs[i].IsMet(stars, row))
                return i;
        }
        return -1;
    }

    // What is not there is told before what is there and no distance.
    private static List<Need> Needs(FeatureRecipe recipe, DistanceRule distances)
    {
        var needs = new List<Need>();
        foreach (var feature in recipe.Features)
        {
            foreach (var column in feature.Needs.Where(c => c is not (StarColumn.Ra or StarColumn.Dec)))
            {
                needs.Add(new Need(column));
                if (feature.UsesDistance && column == StarColumn.Parallax)
                    needs.AddRange(s_lacks.Select(lack => new Need(column) { Rule = distances, Lack = lack }));
            }
        }
        return [.. needs.Distinct()];
    }

    /// <summary>A catalogue column that a star must have; where one divides by it, a reason for which it would be no distance.</summary>
    private sealed record Need(StarColumn Column)
    {
        public DistanceRule? Rule { get; init; }

        public DistanceLack Lack { get; init; }

        public string Reason => Rule is null ? $"no {Word}" : Rule.Reason(Lack);

        public bool IsMet(StarColumns stars, int row)
        {
            var value = stars.Values(Column)[row];
            return Math.Abs(value) <= FeaturePipeline.MaxMagnitude
                && (Rule is null || Rule.LackOf(value, stars.ParallaxErrorMas[row]) != Lack);
        }

        // As the features call it.
        private string Word => Column == StarColumn.Parallax ? "parallax" : Column.ColumnName();
    }
}

/// <summary>Stars of a selection that a recipe cannot use.</summary>
/// <param name="Reason">what they lack, such as <c>no parallax</c></param>
/// <param name="StarIds">ascending</param>
public sealed record ExcludedStars(string Reason, long[] StarIds);
