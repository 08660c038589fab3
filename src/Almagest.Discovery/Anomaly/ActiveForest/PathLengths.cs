using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>What the path lengths of all rows, summed over the trees, look like before any answer.</summary>
/// <param name="Threshold">the share <see cref="LeafLearning.Share"/> of all rows is below it</param>
/// <param name="Margin">how far from it, on the right side, an answered star should be: <see cref="Deviations"/> standard
/// deviations</param>
internal sealed record PathLengths(double Threshold, double Margin)
{
    /// <summary>Chosen by reviews of white dwarfs, fast stars and giants within 100 pc; one would do nearly as well.</summary>
    private const double Deviations = 3;

    public static PathLengths Of(double[] sums)
    {
        double mean = 0,
            squares = 0;
        for (var i = 0; i < sums.Length; i++)
        {
            var difference = sums[i] - mean;
            mean += difference / (i + 1);
            squares += difference * (sums[i] - mean);
        }
        return new PathLengths(OrderStatistics.Percentile(sums, 100 * LeafLearning.Share), Deviations * Math.Sqrt(squares / sums.Length));
    }
}
