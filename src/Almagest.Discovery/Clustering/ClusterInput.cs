using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>What every clusterer asks of its input.</summary>
internal static class ClusterInput
{
    /// <exception cref="DiscoveryException">there is no feature, or a value is not finite</exception>
    public static void Check(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns == 0)
            throw new DiscoveryException("the matrix has no features; clustering needs at least one");
        features.Numbers.ForEach(
            (first, values) =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    if (double.IsFinite(values[i]))
                        continue;
                    var bad = first + i;
                    throw new DiscoveryException(
                        $"feature '{features.Names[(int)(bad % features.Columns)]}' of row {bad / features.Columns} is {values[i]}; "
                            + "clustering needs finite values: impute missing ones or leave those stars out"
                    );
                }
            }
        );
    }

    /// <summary>For algorithms that order distances: their squares must be finite.</summary>
    /// <exception cref="DiscoveryException">there is no feature, or a value is not finite or beyond ±1e150</exception>
    public static void CheckSquares(FeatureMatrix features)
    {
        Check(features);
        var bad = Array.FindIndex(features.Values, value => Math.Abs(value) > 1e150);
        if (bad >= 0)
        {
            throw new DiscoveryException(
                $"feature '{features.Names[bad % features.Columns]}' of row {bad / features.Columns} is {features.Values[bad]}; "
                    + "the square of a distance to it does not fit a double: standardise the features or leave that star out"
            );
        }
    }

    /// <summary>Labels with their cluster and noise counts.</summary>
    public static ClusterResult Result(int[] labels, int clusters, double[]? strengths = null) =>
        new(labels, clusters, labels.AsSpan().Count(-1), strengths);
}
