using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Writing;

/// <summary>One row after another as cells of TABLEDATA or as bytes of BINARY2 (VOTable 1.4, sections 5.1 and 5.4).</summary>
internal sealed class VoTableRow
{
    private readonly IReadOnlyList<CatalogColumn> _columns;
    private readonly bool[] _unicode;
    private readonly bool[] _narrow;
    private readonly string?[] _arrays;

    /// <summary>How many texts of each column had characters that BINARY2's <c>char</c> does not know.</summary>
    public long[] Changed { get; }

    public VoTableRow(ExportTable table)
    {
        _columns = table.Columns;
        Changed = new long[table.Columns.Count];
        _unicode = [.. table.Columns.Select(c => table.Unicode.Contains(c.Name))];
        _narrow = [.. table.Columns.Select(c => table.Int32.Contains(c.Name))];
        _arrays = [.. table.Columns.Select(c => table.ArraySizes.GetValueOrDefault(c.Name))];
    }

    public void AddCells(object?[] row, ByteSink xml)
    {
        xml.Add("<TR>"u8);
        for (var i = 0; i < _columns.Count; i++)
        {
            if (IsMissing(row[i]))
            {
                xml.Add("<TD/>"u8);
                continue;
            }
            xml.Add("<TD>"u8);
            switch (_columns[i].Type)
            {
                case ColumnType.Int64:
                    xml.AddDigits((long)row[i]!);
                    break;
                case ColumnType.Double:
                    xml.AddDigits((double)row[i]!);
                    break;
                case ColumnType.Boolean:
                    xml.Add((bool)row[i]! ? "true"u8 : "false"u8);
                    break;
                default:
                    xml.AddXml((string)row[i]!);
                    break;
            }
            xml.Add("</TD>"u8);
        }
        xml.Add("</TR>\n"u8);
    }

    public void AddBinary(object?[] row, ByteSink raw)
    {
        var mask = raw.Zeros((_columns.Count + 7) / 8);
        for (var i = 0; i < _columns.Count; i++)
            if (IsMissing(row[i]))
                mask[i / 8] |= (byte)(0x80 >> (i % 8));
        for (var i = 0; i < _columns.Count; i++)
        {
            switch (_columns[i].Type)
            {
                case ColumnType.Int64 when _narrow[i]:
                    raw.AddInt32(checked((int)((long?)row[i] ?? 0)));
                    break;
                case ColumnType.Int64:
                    raw.AddInt64((long?)row[i] ?? 0);
                    break;
                case ColumnType.Double:
                    raw.AddDouble((double?)row[i] ?? double.NaN);
                    break;
                case ColumnType.Boolean:
                    raw.Add(
                        row[i] is bool truth
                            ? truth
                                ? (byte)'T'
                                : (byte)'F'
                            : (byte)'?'
                    );
                    break;
                case ColumnType.Text when _arrays[i] is { } size:
                    AddNumbers((string?)row[i] ?? "", size, raw);
                    break;
                default:
                    AddText((string?)row[i] ?? "", i, raw);
                    break;
            }
        }
    }

    private static void AddNumbers(string text, string size, ByteSink raw)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var count = size == "*" ? words.Length : int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture);
        if (size == "*")
            raw.AddInt32(count);
        for (var i = 0; i < count; i++)
            raw.AddDouble(i < words.Length ? double.Parse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture) : double.NaN);
    }

    private static bool IsMissing(object? value) => value is null || (value is double number && double.IsNaN(number));

    private void AddText(string text, int column, ByteSink raw)
    {
        if (_unicode[column])
        {
            raw.AddInt32(text.Length);
            Encoding.BigEndianUnicode.GetBytes(text, raw.Zeros(text.Length * 2));
            return;
        }
        var plain = PlainText.Ascii(text);
        if (!ReferenceEquals(plain, text))
            Changed[column]++;
        raw.AddInt32(plain.Length);
        Encoding.ASCII.GetBytes(plain, raw.Zeros(plain.Length));
    }
}
