using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Almagest.Catalog.Binary;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Fits;

/// <summary>One column of a FITS table: where its bytes are in a row and what they mean.</summary>
internal sealed partial class FitsColumn
{
    private readonly ElementType _element;
    private readonly long _count;
    private readonly int _offset,
        _bytes;
    private readonly double _scale = 1,
        _zero;
    private readonly long? _null;
    private readonly string? _nullText;
    private readonly bool _ascii,
        _escaped;

    private FitsColumn(FitsHeader header, int n, string name, ElementType element, long count, int offset, int bytes, bool ascii)
    {
        Name = name;
        Unit = header.Text($"TUNIT{n}");
        Ucd = header.Text($"TUCD{n}");
        Description = header.Text($"TCOMM{n}");
        _element = element;
        _count = count;
        _offset = offset;
        _bytes = bytes;
        _ascii = ascii;
        _escaped = header.Text("TXTESC") == "JSON";
        _textWidth = element == ElementType.Char && !ascii ? TextWidth(header, n, count) : 0;
        _scale = header.Real($"TSCAL{n}", 1);
        _zero = header.Real($"TZERO{n}", 0);
        if (header.Text($"TNULL{n}") is { } mark)
        {
            _nullText = mark.Trim();
            if (long.TryParse(mark, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                _null = number;
        }
        Type = DecideType();
    }

    public string Name { get; }

    public string? Unit { get; }

    public string? Ucd { get; }

    public string? Description { get; }

    public ColumnType Type { get; }

    /// <summary>Floats of 32 bits, as they are: not scaled to something else.</summary>
    public bool IsNarrow => _element == ElementType.Float && !_ascii && Type == ColumnType.Double && _scale == 1 && _zero == 0;

    /// <summary>True for a column of variable-length arrays, whose values are not in the rows.</summary>
    public bool IsVariable { get; private init; }

    /// <summary>Decimals of a number that is written without a point (FITS standard 4.0, section 7.2.5).</summary>
    private int Decimals { get; init; }

    /// <summary>Characters of each text of an array of texts; 0 for one text.</summary>
    private readonly int _textWidth;

    /// <summary>The width of the texts that a text column holds several of: TDIM's first, or <c>12A4</c>.</summary>
    private static int TextWidth(FitsHeader header, int n, long count)
    {
        var dimensions = header.Text($"TDIM{n}");
        if (
            dimensions is not null
            && TextDimensions().Match(dimensions) is { Success: true } m
            && int.TryParse(m.Groups[1].ValueSpan, out var width)
        )
            return width > 0 && width < count && count % width == 0 ? width : 0;
        var form = (header.Text($"TFORM{n}") ?? "").ToUpperInvariant();
        return
            BinaryForm().Match(form) is { Success: true } f
            && int.TryParse(f.Groups[3].ValueSpan, out var each)
            && each > 0
            && each < count
            && count % each == 0
            ? each
            : 0;
    }

    [GeneratedRegex(@"^\s*\(\s*([0-9]{1,6})\s*,", RegexOptions.CultureInvariant)]
    private static partial Regex TextDimensions();

    /// <summary>Elements per row.</summary>
    public long Count => _count;

    private bool ScalesToInteger => _scale == 1 && _zero == Math.Floor(_zero) && Math.Abs(_zero) <= 9223372036854775808.0;

    private ColumnType DecideType()
    {
        if (_element == ElementType.Char)
            return _textWidth > 0 ? ColumnType.Json : ColumnType.Text;
        if (_count != 1)
            return ColumnType.Json;
        if (Elements.IsInteger(_element))
            return ScalesToInteger ? ColumnType.Int64 : ColumnType.Double;
        return _element switch
        {
            ElementType.Boolean or ElementType.Bit => ColumnType.Boolean,
            ElementType.Float or ElementType.Double => ColumnType.Double,
            _ => ColumnType.Json,
        };
    }

    /// <summary>A column of a binary table; <paramref name="offset"/> moves behind it.</summary>
    public static FitsColumn Binary(FitsHeader header, int n, ref long offset)
    {
        // Some writers use small letters.
        var form = (header.Text($"TFORM{n}") ?? throw Wrong($"column {n} has no TFORM{n}")).ToUpperInvariant();
        if (BinaryForm().Match(form) is not { Success: true } m)
            throw Wrong($"TFORM{n} = '{RejectedRow.Clip(form)}' is not a format of a binary table");
        var count = m.Groups[1].Length == 0 ? 1 : long.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var code = m.Groups[2].Value[0];
        var variable = code is 'P' or 'Q';
        var element = code switch
        {
            'L' => ElementType.Boolean,
            'X' => ElementType.Bit,
            'B' => ElementType.UInt8,
            'I' => ElementType.Int16,
            'J' => ElementType.Int32,
            'K' => ElementType.Int64,
            'A' => ElementType.Char,
            'E' => ElementType.Float,
            'D' => ElementType.Double,
            'C' => ElementType.FloatComplex,
            'M' => ElementType.DoubleComplex,
            _ => ElementType.UInt8,
        };
        var bytes = variable ? count * (code == 'P' ? 8 : 16) : Elements.Bytes(element, count);
        if (bytes + offset > int.MaxValue)
            throw Wrong($"column {n} makes a row of more than 2 GiB");
        var column = new FitsColumn(
            header,
            n,
            header.Text($"TTYPE{n}") ?? "",
            element,
            variable ? 0 : count,
            (int)offset,
            (int)bytes,
            ascii: false
        )
        {
            IsVariable = variable,
        };
        offset += bytes;
        return column;
    }

    /// <summary>A column of an ASCII table.</summary>
    public static FitsColumn Ascii(FitsHeader header, int n, long rowBytes)
    {
        var form = (header.Text($"TFORM{n}") ?? throw Wrong($"column {n} has no TFORM{n}")).ToUpperInvariant();
        if (AsciiForm().Match(form) is not { Success: true } m)
            throw Wrong($"TFORM{n} = '{RejectedRow.Clip(form)}' is not a format of an ASCII table");
        var start = header.Integer($"TBCOL{n}", 0) - 1;
        var width = long.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        if (start < 0 || start + width > rowBytes)
            throw Wrong($"column {n} (TBCOL{n}, TFORM{n}) lies outside the row of {rowBytes} bytes");
        var element = m.Groups[1].Value switch
        {
            "A" => ElementType.Char,
            "I" => ElementType.Int64,
            _ => ElementType.Double,
        };
        return new FitsColumn(header, n, header.Text($"TTYPE{n}") ?? "", element, 1, (int)start, (int)width, ascii: true)
        {
            Decimals =
                m.Groups[3].Success && element == ElementType.Double
                    ? int.Parse(m.Groups[3].ValueSpan[1..], CultureInfo.InvariantCulture)
                    : 0,
        };
    }

    private static CatalogFormatException Wrong(string what) =>
        new($"The FITS table cannot be read: {what}. The file is damaged or not standard.");

    /// <summary>Reads the column's cells of some consecutive rows; numbers that need no more than the order of their bytes in one
    /// go.</summary>
    public void Read(ReadOnlySpan<byte> chunk, int rowBytes, CatalogVector vector, int firstRow, int rows)
    {
        var plain = !_ascii && _count == 1 && _null is null && _scale == 1 && _zero == 0;
        switch (vector)
        {
            case DoubleVector { Values: var doubles } when plain && _element == ElementType.Double:
                for (var (i, at) = (0, _offset); i < rows; i++, at += rowBytes)
                    doubles[firstRow + i] = BinaryPrimitives.ReadDoubleBigEndian(chunk[at..]);
                break;
            case DoubleVector { Values: var doubles } when plain && _element == ElementType.Float:
                for (var (i, at) = (0, _offset); i < rows; i++, at += rowBytes)
                    doubles[firstRow + i] = BinaryPrimitives.ReadSingleBigEndian(chunk[at..]);
                break;
            case Int64Vector { Values: var integers, HasValue: var has } when plain:
                for (var (i, at) = (0, _offset); i < rows; i++, at += rowBytes)
                    integers[firstRow + i] = Elements.Integer(_element, chunk[at..]);
                has.AsSpan(firstRow, rows).Fill(true);
                break;
            default:
                for (var i = 0; i < rows; i++)
                    Read(chunk.Slice(i * rowBytes, rowBytes), vector, firstRow + i);
                break;
        }
    }

    private void Read(ReadOnlySpan<byte> rowBytes, CatalogVector vector, int row)
    {
        var bytes = rowBytes.Slice(_offset, _bytes);
        switch (vector)
        {
            case TextVector { Type: ColumnType.Text } text:
                var value = Elements.Text(ElementType.Char, bytes);
                if (_escaped && value is not null)
                    value = TextEscapes.Restore(value);
                text.Values[row] = value is not null && value == _nullText ? null : value;
                break;
            case TextVector list when _textWidth > 0:
                list.Values[row] = TextList(bytes);
                break;
            case TextVector json:
                json.Values[row] =
                    _count == 0 ? null : Elements.Json(_element, bytes, _count, _null is null && _scale == 1 && _zero == 0 ? null : Scaled);
                break;
            case BooleanVector truths:
                truths.Values[row] = _element == ElementType.Bit ? (bytes[0] & 0x80) != 0 : Elements.Boolean(bytes[0]);
                break;
            case var _ when _ascii:
                ReadAscii(bytes, vector, row);
                break;
            case Int64Vector integers:
                ReadInteger(bytes, integers, row);
                break;
            case DoubleVector doubles:
                doubles.Values[row] = Elements.IsInteger(_element)
                    ? Elements.Integer(_element, bytes) is var raw && raw == _null
                        ? double.NaN
                        : raw * _scale + _zero
                    : Elements.Real(_element, bytes) * _scale + _zero;
                break;
        }
    }

    private void ReadInteger(ReadOnlySpan<byte> bytes, Int64Vector integers, int row)
    {
        var raw = Elements.Integer(_element, bytes);
        if (raw == _null)
            return;
        // Unsigned integers are stored less half their range.
        var value = raw + (Int128)_zero;
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            integers.Values[row] = (long)value;
            integers.HasValue[row] = true;
        }
        else
            integers.AddMisfit(row, value.ToString(CultureInfo.InvariantCulture));
    }

    private string? TextList(ReadOnlySpan<byte> bytes)
    {
        var json = new StringBuilder("[");
        var any = false;
        for (var at = 0; at < bytes.Length; at += _textWidth)
        {
            var text = Elements.Text(ElementType.Char, bytes.Slice(at, _textWidth));
            any |= text is not null;
            json.Append(at > 0 ? "," : "")
                .Append('"')
                .Append(
                    System.Text.Json.JsonEncodedText.Encode(
                        text ?? "",
                        System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
                    )
                )
                .Append('"');
        }
        return any ? json.Append(']').ToString() : null;
    }

    private string? Scaled(long raw)
    {
        if (raw == _null)
            return null;
        return ScalesToInteger
            ? (raw + (Int128)_zero).ToString(CultureInfo.InvariantCulture)
            : (raw * _scale + _zero).ToString("R", CultureInfo.InvariantCulture);
    }

    private void ReadAscii(ReadOnlySpan<byte> bytes, CatalogVector vector, int row)
    {
        var text = bytes.Trim((byte)' ');
        var doubles = vector as DoubleVector;
        if (doubles is not null)
            doubles.Values[row] = double.NaN;
        if (text.IsEmpty || (_nullText is not null && Encoding.Latin1.GetString(text) == _nullText))
            return;
        if (vector is Int64Vector integers && _zero == 0 && Cell.TryInt64(text, out var whole))
        {
            integers.Values[row] = whole;
            integers.HasValue[row] = true;
            return;
        }
        var written = Cell.Text(text);
        // Fortran writes D for the exponent of a double.
        if (doubles is not null && Cell.TryDouble(Encoding.UTF8.GetBytes(written.Replace('D', 'E')), out var number))
            doubles.Values[row] = (Decimals > 0 && !text.Contains((byte)'.') ? number / Math.Pow(10, Decimals) : number) * _scale + _zero;
        else
            vector.AddMisfit(row, written);
    }

    [GeneratedRegex(@"^\s*([0-9]{0,9})([LXBIJKAEDCMPQ])(?:([0-9]{1,6})(?![0-9]))?", RegexOptions.CultureInvariant)]
    private static partial Regex BinaryForm();

    [GeneratedRegex(@"^\s*([AIFED])([0-9]{1,6})(\.[0-9]{1,3})?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex AsciiForm();
}
