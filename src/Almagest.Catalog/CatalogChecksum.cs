using System.Security.Cryptography;

namespace Almagest.Catalog;

/// <summary>Identity of a catalogue file: the SHA-256 of its bytes as they are (compressed, if it is).</summary>
public static class CatalogChecksum
{
    /// <returns>64 lower-case hexadecimal digits</returns>
    /// <exception cref="CatalogFormatException">the file cannot be opened</exception>
    public static string Compute(string path)
    {
        using var stream = Input.CatalogInput.OpenFile(path);
        return Compute(stream);
    }

    /// <summary>Reads the stream from where it stands to its end.</summary>
    public static string Compute(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
