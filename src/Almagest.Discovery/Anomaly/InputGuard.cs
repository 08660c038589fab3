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
        FiniteGuard.Require(features.Values, 0, features.Names);
        if (!squares)
            return;
        var bad = Array.FindIndex(features.Values, value => Math.Abs(value) > LargestForSquares);
        if (bad >= 0)
        {
            throw new DiscoveryException(
                $"Row {bad / features.Columns} has {features.Names[bad % features.Columns]} = {features.Values[bad]}: the square of a "
                    + "distance to it does not fit a double. Standardise the features, or leave that star out."
            );
        }
    }
}
