using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// The features as columns of like width: the estimate does not depend on their units, but what counts as flat does. Columns that are the
/// same in all rows are left out.
/// </summary>
internal sealed class ScaledColumns
{
    private readonly Sequence<double>[] _columns;
    private readonly double[][]? _here;

    private ScaledColumns(Sequence<double>[] columns, Room room, int rows)
    {
        (_columns, Room, Rows) = (columns, room, rows);
        _here = Array.TrueForAll(columns, c => c.Array is not null) ? Array.ConvertAll(columns, c => c.InMemory) : null;
    }

    public int Rows { get; }

    public int Dimensions => _columns.Length;

    /// <summary>Where what is made of them is kept.</summary>
    public Room Room { get; }

    /// <exception cref="InvalidOperationException">they are not in memory</exception>
    public double[] this[int column] => _here is null ? _columns[column].InMemory : _here[column];

    /// <param name="scaling">of all columns of the matrix</param>
    public static ScaledColumns Of(FeatureMatrix features, ColumnScaling scaling, int maxThreads, CancellationToken cancellationToken)
    {
        var used = scaling.Used;
        var columns = new Sequence<double>[used.Count];
        RowBlocks.For(
            columns.Length,
            maxThreads,
            j => columns[j] = features.Column(used[j], value => scaling.Scale(used[j], value)),
            cancellationToken
        );
        return new ScaledColumns(columns, features.Room, features.Rows);
    }

    /// <summary>These rows, in this order, in memory.</summary>
    public ScaledColumns Pick(ReadOnlySpan<int> rows)
    {
        var picked = new Sequence<double>[Dimensions];
        for (var j = 0; j < picked.Length; j++)
        {
            var column = new double[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                using var value = _columns[j].Read(rows[i], 1);
                column[i] = value.Span[0];
            }
            picked[j] = column;
        }
        return new ScaledColumns(picked, Room.Memory, rows.Length);
    }

    /// <summary>Some rows next to each other, in memory.</summary>
    /// <param name="at">where the first of them is</param>
    public ScaledColumns Window(int first, int count, out int at)
    {
        at = first;
        if (_here is not null)
            return this;
        at = 0;
        var window = new Sequence<double>[Dimensions];
        for (var j = 0; j < window.Length; j++)
        {
            using var stretch = _columns[j].Read(first, count);
            window[j] = stretch.Span.ToArray();
        }
        return new ScaledColumns(window, Room.Memory, count);
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
                var column = features.Column(f);
                var (low, high) = (OrderStatistics.PercentileOf(column, 25), OrderStatistics.PercentileOf(column, 75));
                centres[f] = OrderStatistics.MedianOf(column);
                // Where most rows are the same, the others still have a width.
                widths[f] = high > low ? high - low : Range(column);
            },
            cancellationToken
        );
        return new ColumnScaling(centres, widths);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_centres.Length);
        foreach (var value in _centres.Concat(_widths))
            to.Write(value);
    }

    public static ColumnScaling Read(BinaryReader from)
    {
        var columns = from.ReadInt32();
        double[] Values() => [.. Enumerable.Range(0, columns).Select(_ => from.ReadDouble())];
        var centres = Values();
        return new ColumnScaling(centres, Values());
    }

    private static double Range(Sequence<double> column)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        column.ForEach(
            (_, stretch) =>
            {
                foreach (var value in stretch)
                    (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }
        );
        return most - least;
    }

    public double Width(int column) => _widths[column];

    public double Scale(int column, double value) => (value - _centres[column]) / _widths[column];
}
