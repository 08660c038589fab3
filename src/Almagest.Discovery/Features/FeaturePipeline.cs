using System.Collections.ObjectModel;
using System.Globalization;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Features;

/// <summary>
/// Makes the matrix of a recipe: leaves out the stars that lack a feature, or fills gaps in the catalogue columns by the median of the
/// known values, as the options say; derives the features, standardises. Rows keep their order; the result is the same at any thread count.
/// </summary>
/// <remarks>
/// A parallax that is not positive says that the star is far away and no more. Where a feature takes the parallax as it is
/// (<c>classic</c>, <c>cluster5d</c>, <c>default</c>) such a value stays; where one divides by it or takes its logarithm, a parallax that
/// is no distance (<see cref="DistanceRule"/>) counts as missing and the median of the others stands in, so that it makes the star neither
/// bright nor fast. Where stars with gaps are left out, a star without such a parallax is left out of a recipe that needs a distance.
/// </remarks>
public static class FeaturePipeline
{
    /// <summary>A catalogue number of a larger magnitude is an infinity or a fill value, and counts as missing.</summary>
    public const double MaxMagnitude = 1e100;

    /// <exception cref="DiscoveryException">no star; a position out of range; no feature of the recipe left; a weight that is not positive
    /// or names no feature</exception>
    /// <exception cref="TooFewStarsException">fewer stars have every feature than the options ask for</exception>
    public static PreparedFeatures Prepare(
        StarColumns stars,
        FeatureRecipe recipe,
        FeatureOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(recipe);
        options ??= new FeatureOptions();
        if (stars.Count == 0)
            throw new DiscoveryException("The selection holds no star. Widen its filter.");
        if (!options.ExcludeMissing)
            return Make(stars, recipe, options, cancellationToken);
        var complete = CompleteStars.Of(stars, recipe, options.Distances);
        if (complete.Stars.Count < options.LeastStars)
            throw TooFew(stars.Count, recipe, complete, options.LeastStars);
        var prepared = Make(complete.Stars, complete.Recipe, options, cancellationToken);
        return prepared with { Recipe = recipe, Excluded = complete.Excluded, LeftOut = complete.LeftOut };
    }

    private static TooFewStarsException TooFew(int selected, FeatureRecipe recipe, CompleteStars complete, int least) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the recipe {recipe.Name} can use {complete.Stars.Count:N0} of the {selected:N0} stars selected, "
            )
                + $"expected at least {least}: "
                + string.Join(", ", complete.Excluded.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Reason} {e.Count:N0}")))
        );

    private static PreparedFeatures Make(
        StarColumns stars,
        FeatureRecipe recipe,
        FeatureOptions options,
        CancellationToken cancellationToken
    )
    {
        var imputer = new ColumnImputer(stars, recipe, options.Distances);
        var leftOut = new List<LeftOutFeature>();
        var features = recipe.Features.Where(f => IsUsable(f, imputer, leftOut)).ToArray();
        if (features.Length == 0)
            throw new DiscoveryException(
                $"Recipe {recipe.Name} finds no usable column among these {stars.Count} stars: "
                    + $"{string.Join("; ", leftOut.Select(f => $"{f.Name}: {f.Reason}"))}. Choose a recipe that needs only what the "
                    + $"dataset has."
            );
        var weights = Weights(recipe, features, options);

        var values = stars.Room.Create<double>((long)stars.Count * features.Length);
        var moments = ColumnMoments.Measure(stars, values, imputer, features, options.MaxThreads, cancellationToken);
        var (missing, filled) = CountFilled(stars, features, imputer, options.MaxThreads, cancellationToken);
        var matrix = new FeatureMatrix(stars.Count, [.. features.Select(f => f.Name)], values)
        {
            Beside = stars.IsInMemory ? stars.Further : ReadOnlyDictionary<string, double[]>.Empty,
        };
        var statistics = new FeatureStatistics[features.Length];
        RowBlocks.For(
            features.Length,
            options.MaxThreads,
            f => statistics[f] = Describe(f, features, moments, matrix, missing[f], options.Standardise, weights[f]),
            cancellationToken
        );
        RowBlocks.ForEach(
            stars.Count,
            ColumnMoments.BlockRows,
            options.MaxThreads,
            (first, count) =>
            {
                using var block = matrix.Block(first, count);
                Rescale(block.Span, statistics);
                values.Write((long)first * features.Length, block.Span);
            },
            cancellationToken
        );
        if (!options.FillGaps)
            LeaveGaps(stars, matrix, features, imputer);
        return new PreparedFeatures(
            recipe,
            stars,
            [],
            matrix,
            statistics,
            options.FillGaps ? Imputations(stars.Count, features, imputer) : [],
            options.FillGaps ? filled : 0,
            leftOut
        )
        {
            Imputer = imputer,
            Remarks = [.. MeasurementRemarks.Of(stars, features), .. DistanceRemarks.Of(stars, features, options.Distances)],
        };
    }

    /// <summary>Of each feature the stars that lack something of it, and the stars that lack anything.</summary>
    private static (int[] Missing, int Filled) CountFilled(
        StarColumns stars,
        Feature[] features,
        ColumnImputer imputer,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var missing = new int[features.Length];
        var filled = 0;
        int[] some = [.. Enumerable.Range(0, features.Length).Where(f => imputer.IsImputed(features[f]))];
        foreach (var (_, tile) in some.Length == 0 ? [] : stars.Tiles())
        {
            RowBlocks.ForEach(
                tile.Count,
                ColumnMoments.BlockRows,
                maxThreads,
                (first, count) =>
                {
                    var (lacking, any) = (new int[features.Length], 0);
                    for (var row = first; row < first + count; row++)
                    {
                        var lacksAny = false;
                        foreach (var f in some)
                        {
                            if (!imputer.IsImputed(tile, features[f], row))
                                continue;
                            lacking[f]++;
                            lacksAny = true;
                        }
                        any += lacksAny ? 1 : 0;
                    }
                    foreach (var f in some)
                        Interlocked.Add(ref missing[f], lacking[f]);
                    Interlocked.Add(ref filled, any);
                },
                cancellationToken
            );
        }
        return (missing, filled);
    }

    private static bool IsUsable(Feature feature, ColumnImputer imputer, List<LeftOutFeature> leftOut)
    {
        var absent = feature.Needs.Where(imputer.AllMissing).Select(c => c.ColumnName()).ToArray();
        var reason =
            absent.Length > 0 ? $"no star has {string.Join(" or ", absent)}"
            : feature.UsesDistance && !imputer.HasDistances ? "no star has a distance"
            : null;
        if (reason is not null)
            leftOut.Add(new LeftOutFeature(feature.Name, reason));
        return reason is null;
    }

    private static double[] Weights(FeatureRecipe recipe, Feature[] features, FeatureOptions options)
    {
        foreach (var (name, weight) in options.Weights)
        {
            if (recipe.Features.All(f => f.Name != name))
                throw new DiscoveryException(
                    $"There is no feature '{name}' to weight in recipe {recipe.Name}; it has "
                        + $"{string.Join(", ", recipe.Features.Select(f => f.Name))}."
                );
            if (!(weight is > 0 and <= 1e6))
                throw new DiscoveryException($"The weight of {name} is {weight}: expected a number in (0, 1000000].");
        }
        return [.. features.Select(f => options.Weights.GetValueOrDefault(f.Name, 1))];
    }

    private static FeatureStatistics Describe(
        int f,
        Feature[] features,
        ColumnMoments moments,
        FeatureMatrix matrix,
        int missing,
        bool standardise,
        double weight
    )
    {
        var feature = features[f];
        var constant = moments.IsConstant(f);
        var scale = !standardise || constant ? 1 : VectorScale(f, features, moments);
        return new FeatureStatistics(
            feature.Name,
            feature.Unit,
            moments.Mean[f],
            constant ? 0 : moments.StdDev[f],
            OrderStatistics.MedianOf(matrix.Column(f)),
            moments.Min[f],
            moments.Max[f],
            missing,
            constant,
            standardise ? moments.Mean[f] : 0,
            scale / weight
        );
    }

    /// <summary>The standard deviation; for a component of a vector, the common scale that gives the vector its number of dimensions as
    /// total variance.</summary>
    private static double VectorScale(int f, Feature[] features, ColumnMoments moments)
    {
        if (features[f].Vector is not { } vector)
            return moments.StdDev[f];
        var total = Enumerable
            .Range(0, features.Length)
            .Where(i => features[i].Vector == vector)
            .Sum(i => moments.StdDev[i] * moments.StdDev[i]);
        return Math.Sqrt(total / features[f].VectorDimensions);
    }

    private static void Rescale(Span<double> rows, FeatureStatistics[] statistics)
    {
        for (var f = 0; f < statistics.Length; f++)
        {
            var s = statistics[f];
            if (s.Centre == 0 && s.Scale == 1)
                continue;
            for (var i = f; i < rows.Length; i += statistics.Length)
                rows[i] = Rescaled(rows[i], s);
        }
    }

    /// <summary>A feature as the matrix has it.</summary>
    internal static double Rescaled(double value, FeatureStatistics s) =>
        s.Centre == 0 && s.Scale == 1 ? value
        : s.IsConstant && s.Centre != 0 ? 0
        : (value - s.Centre) / s.Scale;

    private static void LeaveGaps(StarColumns stars, FeatureMatrix matrix, Feature[] features, ColumnImputer imputer)
    {
        foreach (var (start, tile) in stars.Tiles())
        {
            using var rows = matrix.Block(start, tile.Count);
            for (var row = 0; row < tile.Count; row++)
            for (var f = 0; f < features.Length; f++)
                if (imputer.IsImputed(tile, features[f], row))
                    rows.Span[row * features.Length + f] = double.NaN;
            matrix.Numbers.Write((long)start * features.Length, rows.Span);
        }
    }

    private static ImputedColumn[] Imputations(int count, Feature[] features, ColumnImputer imputer)
    {
        var imputed = features
            .SelectMany(f => f.Needs)
            .Distinct()
            .Order()
            .Where(c => imputer.Missing(c) > 0)
            .Select(c => new ImputedColumn(
                c.ColumnName(),
                imputer.Missing(c),
                count,
                imputer.Median(c),
                $"{imputer.Missing(c)} of {count} stars {(imputer.Missing(c) == 1 ? "has" : "have")} no {c.ColumnName()}: "
                    + $"the median of the others, {imputer.Median(c):G6}, stands in."
            ))
            .ToList();
        if (imputer.NoDistance > 0 && features.Any(f => f.UsesDistance))
        {
            imputed.Add(
                new ImputedColumn(
                    "parallax_mas as distance",
                    imputer.NoDistance,
                    count,
                    imputer.DistanceMedian,
                    $"{imputer.NoDistance} of {count} stars {(imputer.NoDistance == 1 ? "has" : "have")} a parallax that is no "
                        + $"distance ({imputer.Distances.Words}): for distances the "
                        + $"median of the others, {imputer.DistanceMedian:G6} mas, stands in."
                )
            );
        }
        return [.. imputed];
    }
}
