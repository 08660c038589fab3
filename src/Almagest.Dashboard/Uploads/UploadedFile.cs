using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Ledger.Database;

namespace Almagest.Dashboard.Uploads;

/// <summary>A catalogue that a browser sent, in a folder of its own that goes with it.</summary>
internal sealed class UploadedFile : IDisposable
{
    /// <summary>Rows that a mapping is tried on before anything is loaded.</summary>
    public const int TriedRows = 2000;

    private readonly ScratchFolder _folder;

    private UploadedFile(ScratchFolder folder, string path) => (_folder, Path) = (folder, path);

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Its name without endings, as the name of a dataset.</summary>
    public string DatasetName => Almagest.Ledger.Datasets.DatasetName.OfFile(Path);

    /// <param name="name">as the browser says it: only for people, never a path</param>
    /// <param name="received">told the bytes so far</param>
    public static async Task<UploadedFile> ReceiveAsync(
        Stream content,
        string name,
        Action<long> received,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(received);
        var folder = ScratchFolder.Create();
        try
        {
            var path = await folder.SaveAsync(
                content,
                name,
                total =>
                {
                    DiskSpace.RequireForFiles(folder.Path, 0);
                    received(total);
                },
                cancellationToken
            );
            return new UploadedFile(folder, path);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The tables of a file with several; none of any other.</summary>
    /// <exception cref="CatalogFormatException">it is not a catalogue</exception>
    public IReadOnlyList<CatalogTable> Tables() => CatalogFile.Tables(Path);

    /// <exception cref="CatalogFormatException">it is not a catalogue, or has no such table</exception>
    public CatalogPreview Preview(UploadReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return CatalogPreview.Of(Path, 6, reading.Open);
    }

    /// <summary>How a mapping does on the first rows.</summary>
    /// <param name="mapping">as it is without <paramref name="reading"/></param>
    /// <exception cref="CatalogFormatException">the mapping has no position, or the file is damaged</exception>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">a year cannot be read</exception>
    public UploadTrial Try(ColumnMapping mapping, UploadReading reading)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(reading);
        using var reader = CatalogFile.Open(Path, reading.Open);
        var stars = new StarReader(reader, reading.Apply(mapping), reading.Stars(TriedRows));
        var first = stars.ReadBatches().FirstOrDefault();
        if (first is null)
            return new UploadTrial(0, [], 0, null);
        return new UploadTrial(
            first.Count,
            first.Rejected,
            first.NotCarried,
            first.Count == 0 ? null : (first.RaDeg[0], first.DecDeg[0], double.IsNaN(first.Epoch[0]) ? null : first.Epoch[0])
        );
    }

    public void Dispose() => _folder.Dispose();
}
