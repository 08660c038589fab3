namespace Almagest.Catalog;

/// <summary>
/// The values of one column in one batch. A cell whose text does not fit the column's type (a word among numbers, an integer too
/// long for a double) is null in the typed values and keeps its exact text as a <see cref="Misfit"/>: nothing is lost.
/// </summary>
public abstract class CatalogVector
{
    private Dictionary<int, string>? _misfits;

    public abstract ColumnType Type { get; }

    public bool HasMisfits => _misfits is not null;

    /// <summary>The exact text of a cell that does not fit the type, else null.</summary>
    public string? Misfit(int row) => _misfits is not null && _misfits.TryGetValue(row, out var text) ? text : null;

    /// <summary>True where the cell is missing; false for a misfit, which has a value, though not one of this type.</summary>
    public bool IsNull(int row) => IsTypedNull(row) && Misfit(row) is null;

    private protected abstract bool IsTypedNull(int row);

    internal void AddMisfit(int row, string text) => (_misfits ??= [])[row] = text;

    internal bool RemoveMisfit(int row) => _misfits is not null && _misfits.Remove(row);
}

internal static class CatalogVectors
{
    /// <summary>An empty vector for a column of that type.</summary>
    public static CatalogVector New(ColumnType type, int rows) =>
        type switch
        {
            ColumnType.Int64 => new Int64Vector(rows),
            ColumnType.Double => new DoubleVector(rows),
            ColumnType.Boolean => new BooleanVector(rows),
            _ => new TextVector(rows, type),
        };
}

/// <summary>Whole numbers.</summary>
public sealed class Int64Vector(int rows) : CatalogVector
{
    public override ColumnType Type => ColumnType.Int64;

    public long[] Values { get; } = new long[rows];

    public bool[] HasValue { get; } = new bool[rows];

    private protected override bool IsTypedNull(int row) => !HasValue[row];
}

/// <summary>Doubles; NaN is a missing value.</summary>
public sealed class DoubleVector(int rows) : CatalogVector
{
    public override ColumnType Type => ColumnType.Double;

    public double[] Values { get; } = new double[rows];

    private protected override bool IsTypedNull(int row) => double.IsNaN(Values[row]);
}

/// <summary>True, false, or null where missing.</summary>
public sealed class BooleanVector(int rows) : CatalogVector
{
    public override ColumnType Type => ColumnType.Boolean;

    public bool?[] Values { get; } = new bool?[rows];

    private protected override bool IsTypedNull(int row) => Values[row] is null;
}

/// <summary>Text, or the text of JSON documents; null where missing.</summary>
public sealed class TextVector(int rows, ColumnType type = ColumnType.Text) : CatalogVector
{
    public override ColumnType Type { get; } = type;

    public string?[] Values { get; } = new string?[rows];

    private protected override bool IsTypedNull(int row) => Values[row] is null;
}
