using System.Globalization;

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

    /// <summary>Whether values of one type can stand in a column of another: numbers, and texts for anything.</summary>
    public static bool Fits(ColumnType type, ColumnType wanted) =>
        type == wanted
        || (type is ColumnType.Int64 or ColumnType.Double && wanted is ColumnType.Int64 or ColumnType.Double or ColumnType.Text);

    /// <summary>The same values in a column of that type; a number that it cannot hold exactly is kept as text.</summary>
    public static CatalogVector As(ColumnType wanted, CatalogVector vector, int rows)
    {
        if (vector.Type == wanted)
            return vector;
        var made = New(wanted, rows);
        for (var i = 0; i < rows; i++)
        {
            var (whole, real) = vector switch
            {
                Int64Vector integers when integers.HasValue[i] => (integers.Values[i], double.NaN),
                DoubleVector doubles => ((long?)null, doubles.Values[i]),
                _ => ((long?)null, double.NaN),
            };
            // Beyond 2^53 not every integer is a double, and no double is surely the integer that was meant.
            if (whole is null && Math.Abs(real) <= Exact && real == Math.Floor(real))
                whole = (long)real;
            var text = vector.Misfit(i) ?? (vector.IsNull(i) ? null : Written(whole, real));
            if (made is DoubleVector reals)
                reals.Values[i] =
                    vector.Misfit(i) is not null ? double.NaN
                    : whole is { } number && Math.Abs(number) <= Exact ? number
                    : whole is null ? real
                    : double.NaN;
            if (text is null)
                continue;
            switch (made)
            {
                case TextVector texts:
                    texts.Values[i] = text;
                    break;
                case Int64Vector integers when whole is { } number && vector.Misfit(i) is null:
                    (integers.Values[i], integers.HasValue[i]) = (number, true);
                    break;
                case DoubleVector doubles when !double.IsNaN(doubles.Values[i]):
                    break;
                default:
                    made.AddMisfit(i, text);
                    break;
            }
        }
        return made;
    }

    /// <summary>The values of some rows.</summary>
    public static CatalogVector Take(CatalogVector vector, int[] rows)
    {
        var taken = New(vector.Type, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            switch (vector, taken)
            {
                case (DoubleVector from, DoubleVector to):
                    to.Values[i] = from.Values[row];
                    break;
                case (Int64Vector from, Int64Vector to):
                    (to.Values[i], to.HasValue[i]) = (from.Values[row], from.HasValue[row]);
                    break;
                case (BooleanVector from, BooleanVector to):
                    to.Values[i] = from.Values[row];
                    break;
                case (TextVector from, TextVector to):
                    to.Values[i] = from.Values[row];
                    break;
            }
            if (vector.HasMisfits && vector.Misfit(row) is { } text)
                taken.AddMisfit(i, text);
        }
        return taken;
    }

    private const long Exact = 1L << 53;

    private static string Written(long? whole, double real) =>
        whole?.ToString(CultureInfo.InvariantCulture) ?? real.ToString("R", CultureInfo.InvariantCulture);
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
