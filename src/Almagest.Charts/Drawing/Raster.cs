using System.Buffers.Binary;
using System.IO.Compression;

namespace Almagest.Charts.Drawing;

/// <summary>A picture of pixels with colour and transparency, written as PNG (ISO/IEC 15948).</summary>
internal sealed class Raster(int width, int height)
{
    private readonly byte[] _rgba = new byte[4 * width * height];

    public int Width => width;
    public int Height => height;

    public void Set(int x, int y, Rgb colour)
    {
        var at = 4 * (y * width + x);
        (_rgba[at], _rgba[at + 1], _rgba[at + 2], _rgba[at + 3]) = (colour.R, colour.G, colour.B, 255);
    }

    public string ToDataUri() => "data:image/png;base64," + Convert.ToBase64String(ToPng());

    public byte[] ToPng()
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        // 8 bits a channel, red green blue and alpha.
        (header[8], header[9]) = (8, 6);
        Chunk(png, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var zip = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zip.WriteByte(0);
                zip.Write(_rgba, 4 * y * width, 4 * width);
            }
        }
        Chunk(png, "IDAT"u8, data.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>Writes one chunk of a PNG.</summary>
    internal static void Chunk(Stream png, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc([.. type, .. data]));
        png.Write(number);
    }

    // CRC-32 as PNG asks for it, bit by bit: pictures are a few kilobytes.
    private static uint Crc(byte[] bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }
        return ~crc;
    }
}
