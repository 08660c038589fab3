using System.Collections.ObjectModel;

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
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(values);
        if (values.LongLength != (long)rows * names.Count)
            throw new ArgumentException($"expected {rows} x {names.Count} values, found {values.LongLength}", nameof(values));
        Rows = rows;
        Names = names;
        Values = values;
    }

    public int Rows { get; }

    public int Columns => Names.Count;

    public IReadOnlyList<string> Names { get; }

    public double[] Values { get; }

    /// <summary>Other numbers of the stars, by the names of <see cref="StarColumns.Further"/>, such as their errors: one for each
    /// row.</summary>
    public IReadOnlyDictionary<string, double[]> Beside { get; init; } = ReadOnlyDictionary<string, double[]>.Empty;

    public ReadOnlySpan<double> Row(int index) => Values.AsSpan(index * Columns, Columns);
}
