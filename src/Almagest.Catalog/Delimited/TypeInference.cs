using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// Guesses the columns' types from the first rows. A guess costs nothing where it is wrong: a cell that does not fit keeps its text as a
/// misfit. So a few odd cells among numbers do not make the column text.
/// </summary>
internal static class TypeInference
{
    private const int MaxRows = 2000;

    public static ColumnType[] Infer(TextTable table, ReadOnlyMemory<byte> sample, bool sampleIsAll, int maxRowBytes)
    {
        var counts = new Counts[table.Columns.Count];
        var rows = new MemoryStream(sample[table.DataOffset..].ToArray(), writable: false);
        var tokens = new RecordTokenizer(rows, table.Delimiter, maxRecordBytes: maxRowBytes);
        Span<byte> scratch = stackalloc byte[64];
        var first = table.OuterBars ? 1 : 0;
        for (var row = 0; row < MaxRows; )
        {
            var kind = tokens.Read();
            if (kind == RecordKind.End || (!sampleIsAll && tokens.Consumed == rows.Length))
                break;
            if (
                kind != RecordKind.Row
                || tokens.FieldCount < counts.Length + first
                || (table.OuterBars && DelimitedReader.IsBorder(tokens))
            )
                continue;
            for (var i = 0; i < counts.Length; i++)
                counts[i].Add(SpreadsheetField.Plain(table, tokens.Field(i + first), scratch));
            row++;
        }
        return counts.Select((c, i) => table.Columns[i].Type ?? c.Type).ToArray();
    }

    /// <summary>What the values of a column look like.</summary>
    public struct Counts
    {
        private int _values,
            _integers,
            _numbers,
            _booleans,
            _marks;

        public void Add(ReadOnlySpan<byte> text)
        {
            if (Cell.IsMissing(text))
                return;
            if (Cell.IsMissingNumber(text))
            {
                _marks++;
                return;
            }
            _values++;
            var whole = Cell.TryInt64(text, out _);
            if (whole)
                _integers++;
            if (whole || Cell.TryPlainDouble(text, out _))
                _numbers++;
            else if (Cell.TryBoolean(text, out _))
                _booleans++;
        }

        /// <summary>A column without any value yet is taken for numbers.</summary>
        public readonly ColumnType Type
        {
            get
            {
                // Nothing but dashes or NA may be all that a column of words ever says.
                if (_values == 0 && _marks > 0)
                    return ColumnType.Text;
                if (_values > 0 && _booleans == _values)
                    return ColumnType.Boolean;
                var odd = _values - _numbers;
                if (odd > Math.Max(1, _values / 20) || odd * 2 > _values)
                    return ColumnType.Text;
                return _values > 0 && _integers == _numbers ? ColumnType.Int64 : ColumnType.Double;
            }
        }
    }
}
