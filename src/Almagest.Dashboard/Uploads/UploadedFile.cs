using Almagest.Catalog;

namespace Almagest.Dashboard.Uploads;

/// <summary>A catalogue that a browser sent, in a folder of its own that goes with it.</summary>
public sealed class UploadedFile : IDisposable
{
    /// <summary>Rows that a mapping is tried on before anything is loaded.</summary>
    public const int TriedRows = 2000;

    readonly DirectoryInfo folder;

    UploadedFile(DirectoryInfo folder, string path) => (this.folder, Path) = (folder, path);

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Its name without endings, as the name of a dataset.</summary>
    public string DatasetName => Name.IndexOf('.', 1) is > 0 and var dot ? Name[..dot] : Name;

    /// <param name="name">as the browser says it: only for people, never a path</param>
    /// <param name="received">told the bytes so far</param>
    public static async Task<UploadedFile> ReceiveAsync(Stream content, string name, Action<long> received, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(received);
        var safe = string.Concat(name.Split('/', '\\')[^1].Where(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ' ').Take(100)).TrimStart('.');
        var folder = Directory.CreateTempSubdirectory("almagest-upload-");
        var file = new UploadedFile(folder, System.IO.Path.Combine(folder.FullName, safe.Length == 0 ? "upload" : safe));
        try
        {
            await using var disk = File.Create(file.Path);
            var buffer = new byte[1 << 17];
            long total = 0;
            for (int n; (n = await content.ReadAsync(buffer, cancellation)) > 0;)
            {
                await disk.WriteAsync(buffer.AsMemory(0, n), cancellation);
                received(total += n);
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="CatalogFormatException">it is no catalogue</exception>
    public CatalogPreview Preview() => CatalogPreview.Of(Path, 6);

    /// <summary>How a mapping does on the first rows.</summary>
    /// <returns>the stars read, and the rows that would be rejected</returns>
    /// <exception cref="CatalogFormatException">the mapping has no position, or the file is damaged</exception>
    public (long Stars, IReadOnlyList<RejectedRow> Rejected) Try(ColumnMapping mapping, bool zeroParallaxIsMissing)
    {
        using var reader = CatalogFile.Open(Path);
        var stars = new StarReader(reader, mapping, new StarReaderOptions { RowsPerBatch = TriedRows, ZeroParallaxIsMissing = zeroParallaxIsMissing });
        var first = stars.ReadBatches().FirstOrDefault();
        return (first?.Count ?? 0, first?.Rejected ?? []);
    }

    public void Dispose()
    {
        if (folder.Exists) folder.Delete(recursive: true);
    }
}
