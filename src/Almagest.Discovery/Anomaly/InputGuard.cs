using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>What every detector asks of its matrix.</summary>
internal static class InputGuard
{
    /// <summary>The squares of greater numbers would not fit a double.</summary>
    private const double LargestForSquares = 1e150;

    /// <param name="squares">whether squares of differences must be finite</param>
    /// <exception cref="DiscoveryException">too few rows, no column, or a value that is not finite or too large</exception>
    public static void Require(FeatureMatrix features, string title, bool squares = true)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rows < Algorithm.MinStars)
        {
            throw new DiscoveryException(
                $"The selection holds {features.Rows} stars; {title} needs at least {Algorithm.MinStars}. Widen the filter."
            );
        }
        if (features.Columns == 0)
            throw new DiscoveryException("The matrix has no feature. Choose a recipe that the dataset's columns can fill.");
        var most = Math.Max(1, features.Room.Stretch / features.Columns);
        for (var first = 0; first < features.Rows; )
        {
            var count = Math.Min(most, features.Rows - first);
            using var block = features.Block(first, count);
            FiniteGuard.Require(block.Span, first, features.Names);
            if (squares)
                RequireSquares(block.Span, first, features.Names);
            first += count;
        }
    }

    private static void RequireSquares(ReadOnlySpan<double> rows, int firstRow, IReadOnlyList<string> names)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (!(Math.Abs(rows[i]) > LargestForSquares))
                continue;
            throw new DiscoveryException(
                $"Row {firstRow + i / names.Count} has {names[i % names.Count]} = {rows[i]}: the square of a "
                    + "distance to it does not fit a double. Standardise the features, or leave that star out."
            );
        }
    }
}
