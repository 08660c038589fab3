using System.Globalization;
using System.Text;
using Almagest.Catalog.Binary;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.VoTable;

/// <summary>One FIELD of a VOTable: how its cells are written in TABLEDATA and in binary streams (VOTable 1.5, sections 2.1, 4.1 and
/// 6).</summary>
internal sealed class VoTableField
{
    private readonly ElementType _element;
    private readonly long _fixedCount,
        _fixedBytes;
    private readonly bool _variable;
    private readonly long? _null;
    private readonly string? _nullText;
    private readonly double? _nullNumber;

    public VoTableField(string name, string datatype, string? arraySize, string? unit, string? ucd, string? description, string? nullText)
    {
        Name = name;
        Unit = unit;
        Ucd = ucd;
        Description = description;
        (_element, IsStandard) = datatype.Trim() switch
        {
            var standard when Standard(standard) is { } element => (element, true),
            var popular when Popular(popular) is { } element => (element, false),
            _ => throw new CatalogFormatException(
                $"The VOTable's field '{RejectedRow.Clip(name)}' has the datatype '{RejectedRow.Clip(datatype)}'; expected boolean, "
                    + $"bit, unsignedByte, short, int, long, char, unicodeChar, float, double, floatComplex or doubleComplex."
            ),
        };
        if (!IsStandard)
            DataType = datatype.Trim();
        (_fixedCount, _variable) = ParseArraySize(name, arraySize);
        _fixedBytes = Elements.Bytes(_element, _fixedCount);
        _nullText = string.IsNullOrWhiteSpace(nullText) ? null : nullText.Trim();
        if (long.TryParse(_nullText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mark))
            _null = mark;
        if (_nullText is not null && double.TryParse(_nullText, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            _nullNumber = number;
        var scalar = !_variable && _fixedCount == 1;
        Type = _element switch
        {
            ElementType.Char or ElementType.UnicodeChar => ColumnType.Text,
            ElementType.FloatComplex or ElementType.DoubleComplex => ColumnType.Json,
            _ when !scalar => ColumnType.Json,
            ElementType.Boolean or ElementType.Bit => ColumnType.Boolean,
            ElementType.Float or ElementType.Double => ColumnType.Double,
            _ => ColumnType.Int64,
        };
    }

    /// <summary>One float of 32 bits.</summary>
    public bool IsNarrow => _element == ElementType.Float && Type == ColumnType.Double;

    /// <summary>The datatype as the file has it.</summary>
    public string? Declared { get; init; }

    /// <summary>The extended type, where it has one.</summary>
    public string? XType { get; init; }

    /// <summary>The datatype is one of the standard's.</summary>
    public bool IsStandard { get; }

    /// <summary>What the file calls the datatype, where it is none of the standard's.</summary>
    public string? DataType { get; }

    private static ElementType? Standard(string datatype) =>
        datatype switch
        {
            "boolean" => ElementType.Boolean,
            "bit" => ElementType.Bit,
            "unsignedByte" => ElementType.UInt8,
            "short" => ElementType.Int16,
            "int" => ElementType.Int32,
            "long" => ElementType.Int64,
            "char" or "string" => ElementType.Char,
            "unicodeChar" or "unicodeString" => ElementType.UnicodeChar,
            "float" => ElementType.Float,
            "double" => ElementType.Double,
            "floatComplex" => ElementType.FloatComplex,
            "doubleComplex" => ElementType.DoubleComplex,
            _ => null,
        };

    /// <summary>Names of other languages that services write.</summary>
    private static ElementType? Popular(string datatype) =>
        datatype.ToLowerInvariant() switch
        {
            "bool" or "logical" => ElementType.Boolean,
            "uint8" or "byte" or "ubyte" => ElementType.UInt8,
            "int8" => ElementType.Int8,
            "int16" or "smallint" => ElementType.Int16,
            "uint16" or "unsignedshort" => ElementType.UInt16,
            "int32" or "integer" => ElementType.Int32,
            "uint32" or "unsignedint" => ElementType.UInt32,
            "int64" or "bigint" or "uint64" or "unsignedlong" or "k" => ElementType.Int64,
            "float32" or "real" => ElementType.Float,
            "float64" or "double precision" or "number" or "numeric" or "decimal" => ElementType.Double,
            "str" or "text" or "varchar" or "character" or "char*" or "date" or "datetime" or "timestamp" => ElementType.Char,
            "unicode" or "nchar" or "nvarchar" => ElementType.UnicodeChar,
            "boolean" or "short" or "int" or "long" or "char" or "float" or "double" => Standard(datatype.ToLowerInvariant()),
            "complex64" => ElementType.FloatComplex,
            "complex128" => ElementType.DoubleComplex,
            _ => null,
        };

    public string Name { get; }

    /// <summary>The ID of another element that it refers to, such as its COOSYS.</summary>
    public string? Ref { get; init; }

    public string? Unit { get; }

    public string? Ucd { get; }

    public string? Description { get; }

    public ColumnType Type { get; }

    /// <summary><c>5</c>, <c>*</c>, <c>8*</c>, <c>2x3</c>, <c>2x*</c>: the fixed number of elements, or of elements per counted
    /// unit.</summary>
    private static (long Count, bool Variable) ParseArraySize(string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (1, false);
        long count = 1;
        var variable = false;
        foreach (var part in text.Trim().Split('x'))
        {
            var size = part.Trim();
            if (size.EndsWith('*'))
            {
                // "8*" is a variable length of at most 8.
                variable = true;
                continue;
            }
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n > 1 << 26 || (count *= n) > 1 << 26)
                throw new CatalogFormatException(
                    $"The VOTable's field '{RejectedRow.Clip(name)}' has the arraysize '{RejectedRow.Clip(text)}'; expected sizes "
                        + $"such as 5, *, 8* or 2x3."
                );
        }
        return (variable ? 1 : count, variable);
    }

    /// <summary>Stores the text of a TABLEDATA cell.</summary>
    public void ReadText(string text, CatalogVector vector, int row)
    {
        var trimmed = text.Trim();
        if (vector is TextVector { Type: ColumnType.Json } json)
        {
            json.Values[row] = trimmed.Length == 0 ? null : JsonArray(trimmed);
            return;
        }
        if (vector is TextVector && _nullText is null)
        {
            Cell.Store(vector, row, Encoding.UTF8.GetBytes(text.TrimEnd()));
            return;
        }
        if (trimmed == _nullText)
            trimmed = "";
        if (
            _nullNumber is { } mark
            && vector is DoubleVector
            && Cell.TryDouble(Encoding.UTF8.GetBytes(trimmed), out var found)
            && found == mark
        )
            trimmed = "";
        if (vector is BooleanVector truths && trimmed.Length == 1)
        {
            truths.Values[row] = Elements.Boolean((byte)trimmed[0]);
            return;
        }
        if (
            vector is Int64Vector integers
            && trimmed.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(trimmed.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)
        )
        {
            integers.Values[row] = hex;
            integers.HasValue[row] = true;
            return;
        }
        // In a field of numbers leading zeros are no part of an identifier.
        if (
            vector is Int64Vector padded
            && trimmed.Length is > 1 and <= 40
            && long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        )
        {
            if (number == _null)
                return;
            padded.Values[row] = number;
            padded.HasValue[row] = true;
            return;
        }
        Span<byte> utf8 = stackalloc byte[128];
        if (Encoding.UTF8.TryGetBytes(trimmed, utf8, out var length))
            Cell.Store(vector, row, utf8[..length]);
        else
            Cell.Store(vector, row, Encoding.UTF8.GetBytes(trimmed));
    }

    private string JsonArray(string text)
    {
        var json = new StringBuilder("[");
        // Bits stand close together, with or without blanks (VOTable 1.4, section 6).
        if (_element == ElementType.Bit && text.All(c => c is '0' or '1' || char.IsWhiteSpace(c)))
        {
            foreach (var c in text.Where(c => !char.IsWhiteSpace(c)))
                json.Append(json.Length > 1 ? "," : "").Append(c == '1' ? "true" : "false");
            return json.Append(']').ToString();
        }
        foreach (var token in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (json.Length > 1)
                json.Append(',');
            if (token == _nullText)
                json.Append("null");
            else if (_element is ElementType.Boolean or ElementType.Bit)
                json.Append(
                    (
                        token.Equals("true", StringComparison.OrdinalIgnoreCase) ? true
                        : token.Equals("false", StringComparison.OrdinalIgnoreCase) ? false
                        : Elements.Boolean((byte)token[0])
                    ) switch
                    {
                        true => "true",
                        false => "false",
                        null => "null",
                    }
                );
            else if (
                Elements.IsInteger(_element)
                && long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            )
                json.Append(whole.ToString(CultureInfo.InvariantCulture));
            else if (Cell.TryDouble(Encoding.UTF8.GetBytes(token), out var number) && double.IsFinite(number))
                json.Append(number.ToString("R", CultureInfo.InvariantCulture));
            else if (Cell.IsMissing(Encoding.UTF8.GetBytes(token)))
                json.Append("null");
            else
                json.Append('"').Append(System.Text.Json.JsonEncodedText.Encode(token)).Append('"');
        }
        return json.Append(']').ToString();
    }

    /// <summary>Reads a cell of a binary stream.</summary>
    /// <param name="isNull">the cell is masked (BINARY2); its bytes are there all the same</param>
    public void ReadBinary(ByteSource source, CatalogVector vector, int row, bool isNull)
    {
        var count = _fixedCount;
        if (_variable)
        {
            count = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(source.Take(4));
            if (count < 0)
                throw new CatalogFormatException(
                    $"The VOTable's binary stream declares an array of {count} elements in field '{RejectedRow.Clip(Name)}': it is damaged."
                );
        }
        var bytes = source.Take(_variable ? Elements.Bytes(_element, count) : _fixedBytes);
        if (vector is DoubleVector doubles)
        {
            var real = isNull ? double.NaN : Elements.Real(_element, bytes);
            if (_nullNumber is { } mark && (real == mark || real == (float)mark))
                real = double.NaN;
            doubles.Values[row] = real;
            return;
        }
        if (isNull)
            return;
        switch (vector)
        {
            case Int64Vector integers:
                var whole = Elements.Integer(_element, bytes);
                if (whole == _null)
                    return;
                integers.Values[row] = whole;
                integers.HasValue[row] = true;
                break;
            case BooleanVector truths:
                truths.Values[row] = _element == ElementType.Bit ? (bytes[0] & 0x80) != 0 : Elements.Boolean(bytes[0]);
                break;
            case TextVector { Type: ColumnType.Text } text:
                var value = Elements.Text(_element, bytes);
                text.Values[row] = value is not null && value == _nullText ? null : value;
                break;
            case TextVector json:
                json.Values[row] =
                    count == 0
                        ? null
                        : Elements.Json(
                            _element,
                            bytes,
                            count,
                            _null is null ? null : i => i == _null ? null : i.ToString(CultureInfo.InvariantCulture)
                        );
                break;
        }
    }
}
