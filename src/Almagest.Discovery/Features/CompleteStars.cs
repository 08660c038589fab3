using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>
/// The stars of a selection that have every feature of a recipe, and those that do not. A star that lacks one counts once, under what the
/// first feature in the recipe's order that it lacks would need.
/// </summary>
/// <param name="Stars">in the order of the selection; the selection itself where none is excluded</param>
/// <param name="Excluded">by reason, in the recipe's order; reasons that no star has are left out</param>
/// <param name="Recipe">the recipe without the features of <paramref name="LeftOut"/></param>
/// <param name="LeftOut">features that the recipe can do without (<see cref="Feature.IsOptional"/>) and too few stars have</param>
public sealed record CompleteStars(
    StarColumns Stars,
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
        var lacks = stars.Room.Create<short>(stars.Count);
        var counts = new int[needs.Count];
        var complete = 0;
        foreach (var (start, tile) in stars.Tiles())
        {
            using var found = lacks.Blank(start, tile.Count);
            for (var row = 0; row < tile.Count; row++)
            {
                var first = FirstLack(tile, row, needs);
                found.Span[row] = (short)first;
                if (first < 0)
                    complete++;
                else
                    counts[first]++;
            }
            lacks.Write(start, found.Span);
        }
        if (complete == stars.Count)
            return new CompleteStars(stars, [], kept, leftOut);
        var ids = counts.Select(n => stars.Room.Create<long>(n)).ToArray();
        return new CompleteStars(
            Split(stars, lacks, ids),
            [.. needs.Zip(ids, (need, lacking) => new ExcludedStars(need.Reason, lacking)).Where(e => e.Count > 0)],
            kept,
            leftOut
        );
    }

    /// <summary>The stars that lack nothing; the ids of the others are written by what they lack.</summary>
    private static StarColumns Split(StarColumns stars, Sequence<short> lacks, Sequence<long>[] ids)
    {
        var written = new long[ids.Length];
        var writer = stars.IsInMemory ? null : new StarWriter(stars.Room, stars.Files!.Further);
        var complete = StarColumns.None;
        foreach (var (start, tile) in stars.Tiles())
        {
            using var found = lacks.Read(start, tile.Count);
            var rows = new List<int>(tile.Count);
            var excluded = ids.Select(_ => new List<long>()).ToArray();
            for (var row = 0; row < tile.Count; row++)
            {
                if (found.Span[row] is >= 0 and var lack)
                    excluded[lack].Add(tile.StarId[row]);
                else
                    rows.Add(row);
            }
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i].Write(written[i], CollectionsMarshal.AsSpan(excluded[i]));
                written[i] += excluded[i].Count;
            }
            complete = tile.Take([.. rows]);
            writer?.Add(complete);
        }
        return writer?.Finish() ?? complete;
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
            var have = stars.Tiles().Sum(t => Enumerable.Range(0, t.Stars.Count).Count(row => FirstLack(t.Stars, row, needs) < 0));
            if (have >= LeastShare * stars.Count && have > 0)
                continue;
            var names = string.Join(" and ", needs.Select(n => n.Column.ColumnName()));
            leftOut.Add(
                new LeftOutFeature(
                    feature.Name,
                    have == 0
                        ? $"no star has {names}"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{have:N0} of {stars.Count:N0} stars {(have == 1 ? "has" : "have")} {names}, fewer than half"
                        )
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
/// <param name="Ids">ascending</param>
public sealed record ExcludedStars(string Reason, Sequence<long> Ids)
{
    public ExcludedStars(string reason, long[] ids)
        : this(reason, (Sequence<long>)ids) { }

    public long Count => Ids.Count;

    /// <exception cref="InvalidOperationException">they are not in memory</exception>
    public long[] StarIds => Ids.InMemory;
}
