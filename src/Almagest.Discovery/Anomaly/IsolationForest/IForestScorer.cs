namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Computes path lengths of rows. All implementations give the same sums, bit for bit: path lengths are multiples of 2^-34, whose
/// sums are exact in any order.
/// </summary>
internal interface IForestScorer
{
    /// <summary>Writes each row's path length, summed over the trees.</summary>
    /// <param name="rows">row-major values, finite</param>
    /// <param name="sums">one element per row</param>
    void SumPathLengths(ReadOnlySpan<double> rows, Span<double> sums);
}
