using System.Buffers.Binary;
using System.Text;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Export;

/// <summary>Words in a PNG, and how large it is printed.</summary>
internal static class PngText
{
    /// <summary>Signature and header.</summary>
    private const int Head = 8 + 25;

    /// <param name="words">keywords of the PNG specification, and texts as UTF-8 (iTXt)</param>
    public static byte[] Add(byte[] png, double dpi, IEnumerable<(string Keyword, string Text)> words)
    {
        using var file = new MemoryStream();
        file.Write(png, 0, Head);
        // Pixels to the metre, both ways.
        var density = new byte[9];
        var perMetre = (int)Math.Round(dpi / 0.0254);
        BinaryPrimitives.WriteInt32BigEndian(density, perMetre);
        BinaryPrimitives.WriteInt32BigEndian(density.AsSpan(4), perMetre);
        density[8] = 1;
        Raster.Chunk(file, "pHYs"u8, density);
        foreach (var (keyword, text) in words)
            // Not compressed, in no language.
            Raster.Chunk(file, "iTXt"u8, [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
        file.Write(png, Head, png.Length - Head);
        return file.ToArray();
    }
}
