using System.Security.Cryptography;
using System.Text;
using Almagest.Catalog.Parquet;

namespace Almagest.Catalog.Files;

/// <summary>
/// Identity of a catalogue: the SHA-256 of a file's bytes as they are (compressed, if it is); of a folder, the SHA-256 of the checksums and
/// relative paths of its files with rows, one a line as <c>sha256sum</c> writes them.
/// </summary>
public static class CatalogChecksum
{
    /// <returns>64 lower-case hexadecimal digits</returns>
    /// <exception cref="CatalogFormatException">the file cannot be opened</exception>
    public static string Compute(string path)
    {
        if (!Directory.Exists(path))
        {
            using var stream = Input.CatalogInput.OpenFile(path);
            return Compute(stream);
        }
        return Of(HatsFolder.Files(path).Select(f => (Path.GetRelativePath(path, f), Compute(f))));
    }

    /// <summary>Of a folder, by its files.</summary>
    /// <param name="files">paths from the folder and checksums, in the order of <see cref="CatalogFile.Files"/></param>
    public static string Of(IEnumerable<(string Path, string Checksum)> files) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Checksum}  {f.Path.Replace('\\', '/')}\n"))))
        );

    /// <summary>Reads the stream from where it stands to its end.</summary>
    public static string Compute(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
