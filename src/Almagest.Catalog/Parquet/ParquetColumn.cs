using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Almagest.Catalog.TextInput;
using Parquet.Data;
using Parquet.Schema;

namespace Almagest.Catalog.Parquet;

/// <summary>One leaf of a Parquet schema: a scalar per row, or a list per row, which becomes a JSON array.</summary>
internal sealed class ParquetColumn
{
    private readonly int _repeatedLevel;
    private readonly ParquetMeaning _meaning;

    /// <param name="repeatedLevel">the definition level from which on a list has an element; 0 for a scalar</param>
    /// <param name="isHalf">its bytes are floats of 16 bits</param>
    /// <param name="meaning">of its numbers, as the schema has it</param>
    public ParquetColumn(DataField field, string name, int repeatedLevel, bool isHalf = false, ParquetMeaning meaning = default)
    {
        isHalf &= field.MaxRepetitionLevel == 0;
        Field = field;
        Name = name;
        _repeatedLevel = repeatedLevel;
        _meaning = meaning;
        Type =
            IsList ? ColumnType.Json
            : isHalf ? ColumnType.Double
            : meaning.TimeUnit > 0 ? ColumnType.Text
            : meaning.IsWhole ? ColumnType.Int64
            : Scalar(field.ClrType);
    }

    public DataField Field { get; }

    public string Name { get; }

    public ColumnType Type { get; }

    /// <summary>Floats of 32 bits, or of 16.</summary>
    public bool IsNarrow => Type == ColumnType.Double && Field.ClrType != typeof(double) && Field.ClrType != typeof(decimal);

    private bool IsList => Field.MaxRepetitionLevel > 0;

    private static ColumnType Scalar(Type type) =>
        type == typeof(bool) ? ColumnType.Boolean
        : type == typeof(float) || type == typeof(double) || type == typeof(Half) || type == typeof(decimal) ? ColumnType.Double
        : type == typeof(sbyte)
        || type == typeof(byte)
        || type == typeof(short)
        || type == typeof(ushort)
        || type == typeof(int)
        || type == typeof(uint)
        || type == typeof(long)
        || type == typeof(ulong)
            ? ColumnType.Int64
        : ColumnType.Text;

    /// <summary>Walks through the values of one row group, which are stored without the missing ones.</summary>
    /// <param name="raw">null = the column is not read, and every value missing</param>
    public sealed class Cursor(ParquetColumn column, RawColumnData? raw) : IDisposable
    {
        private readonly RawColumnData _data = raw!;
        private int _value,
            _level;

        public void Dispose() => _data?.Dispose();

        /// <summary>Back to the first row.</summary>
        public void Rewind() => (_value, _level) = (0, 0);

        /// <summary>The next rows as a vector of the column's type.</summary>
        public CatalogVector Take(int rows)
        {
            var vector = CatalogVectors.New(column.Type, rows);
            if (_data is null)
            {
                if (vector is DoubleVector missing)
                    Array.Fill(missing.Values, double.NaN);
                return vector;
            }
            if (column.IsList)
                TakeLists((TextVector)vector, rows);
            else
                TakeScalars(vector, rows);
            return vector;
        }

        private void TakeScalars(CatalogVector vector, int rows)
        {
            var most = column.Field.MaxDefinitionLevel;
            var levels = most > 0 ? _data.DefinitionLevels.Slice(_level, rows) : default;
            _level += rows;
            // No value of these rows is missing.
            var whole = most == 0 || !levels.ContainsAnyExcept(most);
            switch (_data)
            {
                case RawColumnData<double> { Values: var values } when whole && vector is DoubleVector doubles:
                    values.Slice(_value, rows).CopyTo(doubles.Values);
                    _value += rows;
                    return;
                case RawColumnData<long> { Values: var values } when whole && vector is Int64Vector integers:
                    values.Slice(_value, rows).CopyTo(integers.Values);
                    integers.HasValue.AsSpan(0, rows).Fill(true);
                    _value += rows;
                    return;
                case RawColumnData<double> { Values: var values } when vector is DoubleVector doubles:
                    for (var i = 0; i < rows; i++)
                        doubles.Values[i] = most > 0 && levels[i] < most ? double.NaN : values[_value++];
                    return;
                case RawColumnData<float> { Values: var values } when vector is DoubleVector doubles:
                    for (var i = 0; i < rows; i++)
                        doubles.Values[i] = most > 0 && levels[i] < most ? double.NaN : values[_value++];
                    return;
                case RawColumnData<long> { Values: var values } when vector is Int64Vector integers:
                    for (var i = 0; i < rows; i++)
                    {
                        if (most > 0 && levels[i] < most)
                            continue;
                        integers.Values[i] = values[_value++];
                        integers.HasValue[i] = true;
                    }
                    return;
            }
            for (var i = 0; i < rows; i++)
            {
                if (most > 0 && levels[i] < most)
                {
                    if (vector is DoubleVector missing)
                        missing.Values[i] = double.NaN;
                    continue;
                }
                Store(vector, i, _value++);
            }
        }

        private void Store(CatalogVector vector, int row, int index)
        {
            switch (vector)
            {
                case DoubleVector doubles:
                    doubles.Values[row] = _data switch
                    {
                        RawColumnData<Half> d => (double)d.Values[index],
                        RawColumnData<decimal> d => (double)d.Values[index],
                        RawColumnData<ReadOnlyMemory<byte>> { Values: var halves } when halves[index].Length == 2 => (double)
                            BinaryPrimitives.ReadHalfLittleEndian(halves[index].Span),
                        _ => throw Unknown(),
                    };
                    break;
                case Int64Vector integers:
                    if (_data is RawColumnData<ulong> large && large.Values[index] > long.MaxValue)
                    {
                        integers.AddMisfit(row, large.Values[index].ToString(CultureInfo.InvariantCulture));
                        break;
                    }
                    if (_data is RawColumnData<decimal> digits && Math.Abs(digits.Values[index]) > long.MaxValue)
                    {
                        integers.AddMisfit(row, digits.Values[index].ToString("0", CultureInfo.InvariantCulture));
                        break;
                    }
                    integers.Values[row] = Whole(index);
                    integers.HasValue[row] = true;
                    break;
                case BooleanVector truths:
                    truths.Values[row] = ((RawColumnData<bool>)_data).Values[index];
                    break;
                case TextVector texts:
                    texts.Values[row] = Text(index) is { Length: > 0 } text ? text : null;
                    break;
            }
        }

        private long Whole(int index) =>
            _data switch
            {
                RawColumnData<int> d => d.Values[index],
                RawColumnData<long> d => d.Values[index],
                RawColumnData<short> d => d.Values[index],
                RawColumnData<sbyte> d => d.Values[index],
                RawColumnData<byte> d => d.Values[index],
                RawColumnData<ushort> d => d.Values[index],
                RawColumnData<uint> d => d.Values[index],
                RawColumnData<ulong> d => (long)d.Values[index],
                RawColumnData<decimal> d => (long)d.Values[index],
                _ => throw Unknown(),
            };

        private string Text(int index)
        {
            var text = _data switch
            {
                RawColumnData<ReadOnlyMemory<char>> d => d.Values[index].ToString(),
                RawColumnData<ReadOnlyMemory<byte>> d => Cell.Text(d.Values[index].Span),
                RawColumnData<int> d => column._meaning.TimeOfDay(d.Values[index]),
                RawColumnData<long> d => column._meaning.TimeOfDay(d.Values[index]),
                RawColumnData<DateTime> d => column._meaning.Moment(d.Values[index]),
                RawColumnData<global::Parquet.File.Values.Primitives.Interval> d => ParquetMeaning.Interval(
                    d.Values[index].Months,
                    d.Values[index].Days,
                    d.Values[index].Millis
                ),
                RawColumnData<DateOnly> d => d.Values[index].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                RawColumnData<TimeOnly> d => d.Values[index].ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
                RawColumnData<TimeSpan> d => d.Values[index].ToString("c", CultureInfo.InvariantCulture),
                RawColumnData<Guid> d => d.Values[index].ToString(),
                RawColumnData<BigInteger> d => d.Values[index].ToString(CultureInfo.InvariantCulture),
                _ => throw Unknown(),
            };
            return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
        }

        private void TakeLists(TextVector lists, int rows)
        {
            var definitions = _data.DefinitionLevels;
            var repetitions = _data.RepetitionLevels;
            var json = new StringBuilder();
            for (var row = 0; row < rows; row++)
            {
                if (_level >= repetitions.Length)
                    throw new CatalogFormatException(
                        $"The Parquet file is damaged: column '{column.Name}' has fewer rows than its row group."
                    );
                json.Clear();
                do
                {
                    if (definitions[_level] >= column._repeatedLevel)
                    {
                        json.Append(json.Length == 0 ? '[' : ',');
                        if (definitions[_level] == column.Field.MaxDefinitionLevel)
                            Append(json, _value++);
                        else
                            json.Append("null");
                    }
                    _level++;
                } while (_level < repetitions.Length && repetitions[_level] > 0);
                lists.Values[row] = json.Length == 0 ? null : json.Append(']').ToString();
            }
        }

        private void Append(StringBuilder json, int index)
        {
            double? real = _data switch
            {
                RawColumnData<decimal> d when column._meaning.IsWhole => null,
                RawColumnData<double> d => d.Values[index],
                RawColumnData<float> d => d.Values[index],
                RawColumnData<Half> d => (double)d.Values[index],
                RawColumnData<decimal> d => (double)d.Values[index],
                _ => null,
            };
            if (real is { } number)
                json.Append(
                    double.IsNaN(number) ? "null"
                    : double.IsInfinity(number) ? $"\"{number.ToString(CultureInfo.InvariantCulture)}\""
                    : number.ToString("R", CultureInfo.InvariantCulture)
                );
            else if (_data is RawColumnData<bool> truths)
                json.Append(truths.Values[index] ? "true" : "false");
            else if (_data is RawColumnData<ulong> large)
                json.Append(large.Values[index].ToString(CultureInfo.InvariantCulture));
            else if (_data is RawColumnData<decimal> whole)
                json.Append(whole.Values[index].ToString("0", CultureInfo.InvariantCulture));
            else if (column._meaning.TimeUnit == 0 && Scalar(column.Field.ClrType) == ColumnType.Int64)
                json.Append(Whole(index).ToString(CultureInfo.InvariantCulture));
            else
                json.Append('"')
                    .Append(JsonEncodedText.Encode(Text(index), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping))
                    .Append('"');
        }

        private CatalogFormatException Unknown() =>
            new(
                $"Column '{column.Name}' of the Parquet file holds values of type {column.Field.ClrType.Name}, which no catalogue "
                    + $"has. Write it as numbers or text."
            );
    }
}
