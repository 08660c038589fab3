using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.InPlace;

/// <summary>Whether the files of a catalogue are those that were registered.</summary>
internal static class InPlaceFiles
{
    /// <summary>The files of a catalogue as they are now.</summary>
    /// <exception cref="CatalogFormatException">they cannot be listed or read</exception>
    public static IReadOnlyList<InPlaceFile> Look(string path, Action<long> read, CancellationToken cancellationToken)
    {
        var found = new List<InPlaceFile>();
        foreach (var file in CatalogFile.Files(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var info = new FileInfo(file);
            found.Add(new InPlaceFile(Relative(path, file), info.Length, info.LastWriteTimeUtc, CatalogChecksum.Compute(file)));
            read(info.Length);
        }
        return found;
    }

    /// <summary>
    /// Compares the files with what was registered: their names, sizes and times. Of one whose time alone differs, as of a copy, the
    /// bytes are compared by their checksum.
    /// </summary>
    /// <exception cref="LedgerException">a file is missing, another was added, or one has changed</exception>
    public static void Require(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var known = InPlaceCatalogue.Of(dataset)!;
        if (!File.Exists(known.Path) && !Directory.Exists(known.Path))
            throw Changed(dataset, $"on {Environment.MachineName} they are not there any more, or this program may not read them");
        IReadOnlyList<string> files;
        try
        {
            files = CatalogFile.Files(known.Path);
        }
        catch (CatalogFormatException e)
        {
            throw Changed(dataset, e.Message.TrimEnd('.'));
        }
        var there = files.ToDictionary(f => Relative(known.Path, f), StringComparer.Ordinal);
        if (known.Files.FirstOrDefault(f => !there.ContainsKey(f.Path)) is { } lost)
            throw Changed(dataset, $"'{lost.Path}' is missing");
        if (there.Keys.FirstOrDefault(f => !known.Files.Any(k => k.Path == f)) is { } added)
            throw Changed(dataset, $"'{added}' was added");
        foreach (var file in known.Files)
        {
            var info = new FileInfo(there[file.Path]);
            if (info.Length != file.Bytes)
                throw Changed(dataset, $"'{file.Path}' has {info.Length} bytes and had {file.Bytes}");
            // What is kept has microseconds at least.
            if (
                Math.Abs((info.LastWriteTimeUtc - file.ModifiedAt).TotalMilliseconds) >= 1
                && CatalogChecksum.Compute(info.FullName) != file.Checksum
            )
                throw Changed(dataset, $"'{file.Path}' has other contents");
        }
    }

    private static string Relative(string path, string file) =>
        Directory.Exists(path) ? Path.GetRelativePath(path, file).Replace('\\', '/') : Path.GetFileName(file);

    public static LedgerException Changed(Dataset dataset, string how) =>
        LedgerException
            .Of(
                ErrorCode.CatalogueFilesChanged,
                $"the files of dataset '{dataset.Name}', which is read where it lies, are not those that were registered: {how}",
                "Bring them back. Where the same files lie elsewhere, register them there under the same name: the dataset and its runs "
                    + "follow."
            )
            .With("dataset", dataset.Name);
}
