using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>
/// Mean, population standard deviation and range of every column, summed over fixed blocks of rows in their order, so that the
/// rounding does not depend on the number of threads.
/// </summary>
internal sealed class ColumnMoments
{
    public const int BlockRows = 1 << 14;

    private ColumnMoments(int columns)
    {
        Mean = new double[columns];
        StdDev = new double[columns];
        Min = new double[columns];
        Max = new double[columns];
    }

    public double[] Mean { get; }

    public double[] StdDev { get; }

    public double[] Min { get; }

    public double[] Max { get; }

    /// <summary>True where the values differ by no more than the rounding of the formulas, or by so little that its square is
    /// zero.</summary>
    public bool IsConstant(int column) =>
        Max[column] - Min[column] <= Math.Max(1e-100, 1e-13 * Math.Max(Math.Abs(Max[column]), Math.Abs(Min[column])));

    /// <summary>Fills the row-major <paramref name="values"/> with the features of every row and measures them.</summary>
    public static ColumnMoments Measure(
        StarColumns stars,
        Sequence<double> values,
        ColumnImputer imputer,
        Feature[] features,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var columns = features.Length;
        var moments = new ColumnMoments(columns);
        var rows = stars.Count;
        var blocks = (rows + BlockRows - 1) / BlockRows;
        var sums = new double[blocks * columns];
        var mins = new double[blocks * columns];
        var maxs = new double[blocks * columns];
        foreach (var (start, tile) in stars.Tiles())
        {
            RowBlocks.ForEach(
                tile.Count,
                BlockRows,
                maxThreads,
                (first, count) =>
                {
                    using var block = values.Blank((long)(start + first) * columns, count * columns);
                    Derive(first, tile, block.Span, imputer, features);
                    values.Write((long)(start + first) * columns, block.Span);
                    for (var f = 0; f < columns; f++)
                    {
                        double sum = 0,
                            min = double.PositiveInfinity,
                            max = double.NegativeInfinity;
                        for (var i = f; i < block.Span.Length; i += columns)
                        {
                            var value = block.Span[i];
                            sum += value;
                            min = Math.Min(min, value);
                            max = Math.Max(max, value);
                        }
                        var slot = (start + first) / BlockRows * columns + f;
                        (sums[slot], mins[slot], maxs[slot]) = (sum, min, max);
                    }
                },
                cancellationToken
            );
        }
        for (var f = 0; f < columns; f++)
        {
            moments.Mean[f] = Total(sums, f, columns) / rows;
            moments.Min[f] = Enumerable.Range(0, blocks).Min(b => mins[b * columns + f]);
            moments.Max[f] = Enumerable.Range(0, blocks).Max(b => maxs[b * columns + f]);
        }
        RowBlocks.ForEach(
            rows,
            BlockRows,
            maxThreads,
            (first, count) =>
            {
                using var block = values.Read((long)first * columns, count * columns);
                for (var f = 0; f < columns; f++)
                {
                    double sum = 0;
                    for (var i = f; i < block.Span.Length; i += columns)
                        sum += (block.Span[i] - moments.Mean[f]) * (block.Span[i] - moments.Mean[f]);
                    sums[first / BlockRows * columns + f] = sum;
                }
            },
            cancellationToken
        );
        for (var f = 0; f < columns; f++)
            moments.StdDev[f] = Math.Sqrt(Total(sums, f, columns) / rows);
        return moments;
    }

    private static void Derive(int first, StarColumns stars, Span<double> values, ColumnImputer imputer, Feature[] features)
    {
        for (var at = 0; at < values.Length; first++)
        {
            var star = imputer.Row(stars, first);
            foreach (var feature in features)
                values[at++] = feature.Formula(star);
        }
    }

    private static double Total(double[] sums, int column, int columns)
    {
        double total = 0;
        for (var i = column; i < sums.Length; i += columns)
            total += sums[i];
        return total;
    }
}
