using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Binary;

internal static class Elements
{
    /// <summary>Bytes that a number of elements takes; bits are packed into whole bytes.</summary>
    public static long Bytes(ElementType type, long count) => type == ElementType.Bit ? (count + 7) / 8 : count * Size(type);

    public static int Size(ElementType type) =>
        type switch
        {
            ElementType.Int16 or ElementType.UInt16 or ElementType.UnicodeChar => 2,
            ElementType.Int32 or ElementType.UInt32 or ElementType.Float => 4,
            ElementType.Int64 or ElementType.Double or ElementType.FloatComplex => 8,
            ElementType.DoubleComplex => 16,
            _ => 1,
        };

    public static bool IsInteger(ElementType type) =>
        type
            is ElementType.UInt8
                or ElementType.Int8
                or ElementType.Int16
                or ElementType.UInt16
                or ElementType.Int32
                or ElementType.UInt32
                or ElementType.Int64;

    public static long Integer(ElementType type, ReadOnlySpan<byte> bytes) =>
        type switch
        {
            ElementType.Int64 => BinaryPrimitives.ReadInt64BigEndian(bytes),
            ElementType.UInt8 => bytes[0],
            ElementType.Int8 => (sbyte)bytes[0],
            ElementType.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            ElementType.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            ElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes),
            ElementType.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };

    public static double Real(ElementType type, ReadOnlySpan<byte> bytes) =>
        type is ElementType.Float or ElementType.FloatComplex
            ? BinaryPrimitives.ReadSingleBigEndian(bytes)
            : BinaryPrimitives.ReadDoubleBigEndian(bytes);

    /// <summary>T, t, 1 are true; F, f, 0 (the character) are false; anything else is missing.</summary>
    public static bool? Boolean(byte b) =>
        b switch
        {
            (byte)'T' or (byte)'t' or (byte)'1' => true,
            (byte)'F' or (byte)'f' or (byte)'0' => false,
            _ => null,
        };

    /// <summary>Characters up to the first NUL, without the blanks that pad them; null where nothing is left.</summary>
    public static string? Text(ElementType type, ReadOnlySpan<byte> bytes)
    {
        string text;
        if (type == ElementType.UnicodeChar)
        {
            text = Encoding.BigEndianUnicode.GetString(bytes[..(bytes.Length & ~1)]);
            var nul = text.IndexOf('\0', StringComparison.Ordinal);
            if (nul >= 0)
                text = text[..nul];
        }
        else
        {
            var nul = bytes.IndexOf((byte)0);
            text = TextInput.Cell.Text(nul >= 0 ? bytes[..nul] : bytes);
        }
        text = text.TrimEnd(' ');
        return text.Length > 0 ? text : null;
    }

    /// <summary>An array as JSON; missing numbers are null, infinities strings, complex numbers pairs.</summary>
    /// <param name="integer">turns a raw integer into what it stands for, null where it stands for a missing one</param>
    public static string Json(ElementType type, ReadOnlySpan<byte> bytes, long count, Func<long, string?>? integer = null)
    {
        var json = new StringBuilder("[");
        var size = Size(type);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                json.Append(',');
            if (type == ElementType.Bit)
            {
                json.Append((bytes[i / 8] & (0x80 >> (i % 8))) != 0 ? "true" : "false");
                continue;
            }
            var element = bytes.Slice(i * size, size);
            switch (type)
            {
                case ElementType.Boolean:
                    json.Append(
                        Boolean(element[0]) switch
                        {
                            true => "true",
                            false => "false",
                            null => "null",
                        }
                    );
                    break;
                case ElementType.Float or ElementType.Double:
                    Append(json, Real(type, element));
                    break;
                case ElementType.FloatComplex or ElementType.DoubleComplex:
                    json.Append('[');
                    Append(json, Real(type, element));
                    json.Append(',');
                    Append(json, Real(type, element[(size / 2)..]));
                    json.Append(']');
                    break;
                default:
                    var whole = Integer(type, element);
                    json.Append(integer is null ? whole.ToString(CultureInfo.InvariantCulture) : integer(whole) ?? "null");
                    break;
            }
        }
        return json.Append(']').ToString();
    }

    private static void Append(StringBuilder json, double value)
    {
        if (double.IsNaN(value))
            json.Append("null");
        else if (double.IsInfinity(value))
            json.Append('"').Append(value.ToString(CultureInfo.InvariantCulture)).Append('"');
        else
            json.Append(value.ToString("R", CultureInfo.InvariantCulture));
    }
}
