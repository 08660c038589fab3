using System.Collections.ObjectModel;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>A dense matrix of features: one row a star, one column a feature, row-major; finite throughout, but for gaps that were asked
/// for.</summary>
public sealed class FeatureMatrix
{
    /// <param name="rows">number of stars</param>
    /// <param name="names">one name per feature</param>
    /// <param name="values">row-major values, <c>rows * names.Count</c> of them; kept, not copied</param>
    /// <exception cref="ArgumentException">the number of values is not rows × features</exception>
    public FeatureMatrix(int rows, IReadOnlyList<string> names, double[] values)
        : this(rows, names, (Sequence<double>)values) { }

    /// <inheritdoc cref="FeatureMatrix(int, IReadOnlyList{string}, double[])"/>
    internal FeatureMatrix(int rows, IReadOnlyList<string> names, Sequence<double> values)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != (long)rows * names.Count)
            throw new ArgumentException($"expected {rows} x {names.Count} values, found {values.Count}", nameof(values));
        Rows = rows;
        Names = names;
        Numbers = values;
    }

    public int Rows { get; }

    public int Columns => Names.Count;

    public IReadOnlyList<string> Names { get; }

    /// <exception cref="InvalidOperationException">they are not in memory</exception>
    public double[] Values => Numbers.InMemory;

    /// <summary>The same as <see cref="Values"/>, wherever they are.</summary>
    internal Sequence<double> Numbers { get; }

    /// <summary>Where what is made of the features is kept.</summary>
    internal Room Room => Numbers.Room;

    /// <summary>Other numbers of the stars, by the names of <see cref="StarColumns.Further"/>, such as their errors: one for each
    /// row. None where the stars are not in memory.</summary>
    public IReadOnlyDictionary<string, double[]> Beside { get; init; } = ReadOnlyDictionary<string, double[]>.Empty;

    public ReadOnlySpan<double> Row(int index) => Values.AsSpan(index * Columns, Columns);

    /// <summary>Rows next to each other.</summary>
    internal Stretch<double> Block(int first, int count) => Numbers.Read((long)first * Columns, count * Columns);

    /// <summary>These rows, in this order, in memory.</summary>
    internal FeatureMatrix Pick(ReadOnlySpan<int> rows)
    {
        var picked = new double[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++)
        {
            using var row = Block(rows[i], 1);
            row.Span.CopyTo(picked.AsSpan(i * Columns));
        }
        return new FeatureMatrix(rows.Length, Names, picked);
    }

    /// <summary>A feature of all rows.</summary>
    internal Sequence<double> Column(int feature, Func<double, double>? change = null)
    {
        var column = Room.Create<double>(Rows);
        var most = Math.Max(1, Room.Stretch / Columns);
        for (var first = 0; first < Rows; )
        {
            var count = Math.Min(most, Rows - first);
            using var block = Block(first, count);
            using var part = column.Blank(first, count);
            for (int i = 0, at = feature; i < count; i++, at += Columns)
                part.Span[i] = change is null ? block.Span[at] : change(block.Span[at]);
            column.Write(first, part.Span);
            first += count;
        }
        return column;
    }
}
