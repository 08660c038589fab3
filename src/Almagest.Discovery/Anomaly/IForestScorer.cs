namespace Almagest.Discovery.Anomaly;

/// <summary>
/// Computes path lengths of rows. All implementations give the same sums, bit for bit: they add the same leaves' path lengths
/// in the order of the trees.
/// </summary>
interface IForestScorer
{
    /// <summary>Writes each row's path length, summed over the trees.</summary>
    /// <param name="rows">row-major values, finite</param>
    /// <param name="sums">one element per row</param>
    void SumPathLengths(ReadOnlySpan<double> rows, Span<double> sums);
}
