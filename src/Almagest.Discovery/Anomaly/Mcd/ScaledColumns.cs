using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// The features as columns of like width: the estimate does not depend on their units, but what counts as flat does. Columns that are the
/// same in all rows are left out.
/// </summary>
internal sealed class ScaledColumns
{
    private readonly double[][] _columns;

    private ScaledColumns(double[][] columns, int rows) => (_columns, Rows) = (columns, rows);

    public int Rows { get; }

    public int Dimensions => _columns.Length;

    public double[] this[int column] => _columns[column];

    /// <param name="scaling">of all columns of the matrix</param>
    public static ScaledColumns Of(FeatureMatrix features, ColumnScaling scaling, int maxThreads, CancellationToken cancellationToken)
    {
        var used = scaling.Used;
        var columns = new double[used.Count][];
        RowBlocks.For(
            columns.Length,
            maxThreads,
            j =>
            {
                var column = GC.AllocateUninitializedArray<double>(features.Rows);
                for (int i = 0, at = used[j]; i < column.Length; i++, at += features.Columns)
                    column[i] = scaling.Scale(used[j], features.Values[at]);
                columns[j] = column;
            },
            cancellationToken
        );
        return new ScaledColumns(columns, features.Rows);
    }

    public ScaledColumns Pick(ReadOnlySpan<int> rows)
    {
        var picked = new double[Dimensions][];
        for (var j = 0; j < picked.Length; j++)
        {
            picked[j] = new double[rows.Length];
            for (var i = 0; i < rows.Length; i++)
                picked[j][i] = _columns[j][rows[i]];
        }
        return new ScaledColumns(picked, rows.Length);
    }
}

/// <summary>Where the columns of a matrix lie and how wide they are.</summary>
internal sealed class ColumnScaling
{
    private readonly double[] _centres,
        _widths;

    private ColumnScaling(double[] centres, double[] widths) => (_centres, _widths) = (centres, widths);

    /// <summary>The columns that differ between rows.</summary>
    public IReadOnlyList<int> Used => [.. Enumerable.Range(0, _widths.Length).Where(f => _widths[f] > 0)];

    public static ColumnScaling Of(FeatureMatrix features, int maxThreads, CancellationToken cancellationToken)
    {
        var (centres, widths) = (new double[features.Columns], new double[features.Columns]);
        RowBlocks.For(
            features.Columns,
            maxThreads,
            f =>
            {
                var column = new double[features.Rows];
                for (int i = 0, at = f; i < column.Length; i++, at += features.Columns)
                    column[i] = features.Values[at];
                var (low, high) = (OrderStatistics.Percentile(column, 25), OrderStatistics.Percentile(column, 75));
                centres[f] = OrderStatistics.Median(column);
                // Where most rows are the same, the others still have a width.
                widths[f] = high > low ? high - low : column.Max() - column.Min();
            },
            cancellationToken
        );
        return new ColumnScaling(centres, widths);
    }

    public double Width(int column) => _widths[column];

    public double Scale(int column, double value) => (value - _centres[column]) / _widths[column];
}
