namespace Almagest.Catalog;

/// <summary>
/// One open table of a catalogue file, read forward once as batches of typed columns; memory use depends on the batch size and the
/// longest row, not on the file. Not thread safe. Content that cannot be read throws <see cref="CatalogFormatException"/>, when
/// opening or between two batches; a file that is cut short does so at its end, after its last whole batch.
/// </summary>
public interface ICatalogReader : IDisposable
{
    /// <summary>"CSV", "ECSV", "VizieR TSV", …, with ", gzip" appended where it is compressed.</summary>
    string Format { get; }

    IReadOnlyList<CatalogColumn> Columns { get; }

    /// <summary>What else the header says: delimiter, table name and title, coordinate system, …</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Remarks for the user, such as further tables that were not read. More may appear while reading.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Bytes of the (compressed) file consumed so far.</summary>
    long BytesRead { get; }

    /// <summary>Bytes of the (compressed) file; -1 where unknown.</summary>
    long TotalBytes { get; }

    /// <summary>Reads the whole table. Can be called once.</summary>
    /// <param name="rowsPerBatch">at least 1</param>
    /// <exception cref="CatalogFormatException">the file is damaged or cut short</exception>
    /// <exception cref="InvalidOperationException">called twice</exception>
    IEnumerable<CatalogBatch> ReadBatches(int rowsPerBatch = 8192, CancellationToken cancellationToken = default);

    /// <summary>Of a folder: the file, from the folder and with slashes, that a row is of which was read, and its number there. Thread
    /// safe; also when the reader is disposed.</summary>
    /// <param name="line">of the row, among all (<see cref="CatalogBatch.LineNumber"/>)</param>
    (string? File, long Line) Locate(long line) => (null, line);
}
