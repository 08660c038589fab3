using Almagest.Catalog.Input;

namespace Almagest.Catalog.Parquet;

/// <summary>
/// A folder of Parquet files that are one catalogue, as HATS lays it out (https://hats.readthedocs.io:
/// <c>dataset/Norder=2/Dir=0/Npix=17.parquet</c>
/// beside <c>hats.properties</c>), or simply several files. The files that hold only metadata (<c>_metadata</c>, <c>partition_info</c>) and
/// margins are left out.
/// </summary>
internal static class HatsFolder
{
    /// <summary>
    /// The folder of the catalogue itself: of a collection, which has margins and indexes beside it, that which
    /// <c>collection.properties</c> names.
    /// </summary>
    public static string Catalogue(string folder) =>
        Read(folder, ["collection.properties"]).GetValueOrDefault("hats_primary_table_url") is { Length: > 0 } primary
        && Path.Combine(folder, primary) is var inner
        && IsWithin(folder, inner)
        && Directory.Exists(inner)
            ? inner
            : folder;

    // A collection that somebody hands out leads to no folder but its own.
    private static bool IsWithin(string folder, string inner) =>
        Path.GetRelativePath(folder, inner) is var way
        && !Path.IsPathRooted(way)
        && way.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)[0] != "..";

    /// <summary>The files with rows, ordered by path; empty where there is none.</summary>
    /// <exception cref="CatalogFormatException">it cannot be listed, or holds several catalogues</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        folder = Catalogue(folder);
        var files = new List<string>();
        var suffix = Properties(folder).GetValueOrDefault("hats_npix_suffix", "").Trim();
        try
        {
            foreach (
                var file in Directory.EnumerateFiles(
                    folder,
                    "*",
                    new EnumerationOptions
                    {
                        RecurseSubdirectories = true,
                        IgnoreInaccessible = false,
                        AttributesToSkip = FileAttributes.Hidden,
                    }
                )
            )
                if (!Path.GetFileName(file).StartsWith('_') && IsPartition(file, suffix))
                    files.Add(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CatalogFormatException($"Cannot list the folder '{folder}': {e.Message}", e);
        }
        // Beside partitions lie statistics of them and the like.
        if (files.Exists(f => f.Contains("Norder=", StringComparison.Ordinal)))
            files.RemoveAll(f => !f.Contains("Norder=", StringComparison.Ordinal));
        var roots = files
            .Select(f => f.IndexOf("Norder=", StringComparison.Ordinal) is > 0 and var at ? f[..at] : folder)
            .Distinct(StringComparer.Ordinal)
            .Select(r =>
                Path.GetRelativePath(folder, Path.TrimEndingDirectorySeparator(r))
                    .Replace(Path.DirectorySeparatorChar + "dataset", "", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        if (roots.Count > 1)
            throw new CatalogFormatException(
                $"'{folder}' holds {roots.Count} HATS catalogues: {RejectedRow.Clip(string.Join(", ", roots))}. Name the folder of one."
            );
        // Partitions by order and pixel, as numbers.
        return files
            .OrderBy(f => Partition(f, "Norder="))
            .ThenBy(f => Partition(f, "Npix="))
            .ThenBy(f => f, StringComparer.Ordinal)
            .ToArray();
    }

    /// <summary>By its ending; <c>hats_npix_suffix</c> may be another, or <c>/</c> for folders of files.</summary>
    private static bool IsPartition(string file, string suffix)
    {
        var name = Path.GetFileName(file);
        if (name.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
            return true;
        if (
            suffix is { Length: > 1 }
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && name.StartsWith("Npix=", StringComparison.Ordinal)
        )
            return true;
        return Path.GetExtension(name).ToLowerInvariant() is ".parq" or ".pq" or ".pqt";
    }

    /// <summary>The columns that folders are named by, as in <c>year=2026/a.parquet</c>: writers leave them out of the files.</summary>
    public static string[] ColumnsOfPaths(string folder, IReadOnlyList<string> files) =>
        files
            .SelectMany(f => Path.GetRelativePath(folder, Path.GetDirectoryName(f)!).Split(Path.DirectorySeparatorChar))
            .Where(part => part.IndexOf('=', StringComparison.Ordinal) > 0)
            .Select(part => Uri.UnescapeDataString(part[..part.IndexOf('=', StringComparison.Ordinal)]))
            .Distinct(StringComparer.Ordinal)
            .ToArray();

    private static long Partition(string path, string key)
    {
        var at = path.LastIndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return -1;
        var end = at += key.Length;
        while (end < path.Length && char.IsAsciiDigit(path[end]))
            end++;
        return long.TryParse(path.AsSpan(at, end - at), out var value) ? value : -1;
    }

    /// <summary>What <c>hats.properties</c> (or <c>properties</c>) says, at the folder's top or just below; empty where there is
    /// none.</summary>
    public static Dictionary<string, string> Properties(string folder) =>
        Read(
            Catalogue(folder),
            ["hats.properties", "properties", Path.Combine("dataset", "hats.properties"), Path.Combine("dataset", "properties")]
        );

    private static Dictionary<string, string> Read(string folder, string[] names)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path) || new FileInfo(path).Length > 1 << 20)
                continue;
            foreach (var line in File.ReadLines(path))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && !line.StartsWith('#'))
                    found.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim());
            }
            break;
        }
        return found;
    }

    /// <exception cref="CatalogFormatException">no Parquet file is in it, or the first cannot be read</exception>
    public static HatsReader Open(string folder, CatalogOpenOptions options)
    {
        var files = Files(folder);
        if (files.Count == 0)
            throw new CatalogFormatException(
                $"'{folder}' is a folder without Parquet files. Name a catalogue file in it, or the folder of a HATS catalogue."
            );
        return new HatsReader(folder, files, Properties(folder), options);
    }
}

/// <summary>One file after another, as one table; each must have the columns of the first.</summary>
internal sealed class HatsReader : ICatalogReader
{
    private readonly IReadOnlyList<string> _files;
    private readonly CatalogOpenOptions _options;
    private readonly string _folder;
    private readonly List<string> _warnings = [];
    private readonly List<long> _rowsBefore = [];
    private ParquetCatalogReader? _current;
    private long _before;
    private bool _started;

    public HatsReader(string folder, IReadOnlyList<string> files, Dictionary<string, string> properties, CatalogOpenOptions options)
    {
        _folder = folder;
        _files = files;
        _options = options;
        TotalBytes = files.Sum(f => new FileInfo(f).Length);
        _current = Open(files[0]);
        string ra = properties.GetValueOrDefault("hats_col_ra") ?? "",
            dec = properties.GetValueOrDefault("hats_col_dec") ?? "";
        Columns = _current
            .Columns.Select(c =>
                c.Ucd is not null ? c
                : c.Name == ra ? c with { Ucd = "pos.eq.ra;meta.main" }
                : c.Name == dec ? c with { Ucd = "pos.eq.dec;meta.main" }
                : c
            )
            .ToArray();
        Glances = _current.Glances;
        _warnings.AddRange(_current.Warnings);
        var hats = properties.ContainsKey("hats_col_ra") || files[0].Contains("Npix=", StringComparison.Ordinal);
        Format = hats ? "HATS catalogue" : "Parquet folder";
        if (!hats && HatsFolder.ColumnsOfPaths(folder, files).Except(Columns.Select(c => c.Name)).ToArray() is { Length: > 0 } lost)
            _warnings.Add(
                $"Columns that only the names of the folders hold, as in '{lost[0]}=…', were not read: "
                    + $"{RejectedRow.Clip(string.Join(", ", lost))}. "
                    + "Write them into the files, too, to keep them."
            );
        var metadata = new Dictionary<string, string>
        {
            ["files"] = files.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        foreach (var key in new[] { "obs_collection", "obs_title", "hats_nrows", "hats_order", "hats_version" })
            if (properties.GetValueOrDefault(key) is { Length: > 0 } value)
                metadata[key] = value;
        Metadata = metadata;
    }

    /// <summary>What the first rows of the first file hold.</summary>
    public IReadOnlyList<ColumnGlance>? Glances { get; }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<string> Warnings => _warnings;

    public long BytesRead => _before + (_current?.BytesRead ?? 0);

    public long TotalBytes { get; }

    public IEnumerable<CatalogBatch> ReadBatches(int rowsPerBatch = 8192, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerBatch, 1);
        if (_started)
            throw new InvalidOperationException("A catalogue is read once; open it again.");
        _started = true;
        return Read(rowsPerBatch, cancellationToken);
    }

    private IEnumerable<CatalogBatch> Read(int rowsPerBatch, CancellationToken cancellationToken)
    {
        long row = 0;
        for (var f = 0; f < _files.Count; f++)
        {
            var reader = _current ??= Open(_files[f]);
            var order = Order(reader, _files[f]);
            lock (_rowsBefore)
                _rowsBefore.Add(row);
            foreach (var batch in reader.ReadBatches(rowsPerBatch, cancellationToken))
            {
                for (var i = 0; i < batch.Count; i++)
                    batch.LineNumber[i] = ++row;
                yield return new CatalogBatch
                {
                    Count = batch.Count,
                    Columns = order.Select((c, i) => CatalogVectors.As(Columns[i].Type, batch.Columns[c], batch.Count)).ToArray(),
                    LineNumber = batch.LineNumber,
                    Rejected = batch.Rejected,
                    File = f,
                };
            }
            _before += reader.TotalBytes;
            reader.Dispose();
            _current = null;
        }
    }

    public (string? File, long Line) Locate(long line)
    {
        lock (_rowsBefore)
        {
            var file = _rowsBefore.FindLastIndex(before => before < line);
            return file < 0 ? (null, line) : (Path.GetRelativePath(_folder, _files[file]).Replace('\\', '/'), line - _rowsBefore[file]);
        }
    }

    private ParquetCatalogReader Open(string file)
    {
        try
        {
            var input = CatalogInput.Open(CatalogInput.OpenFile(file), Path.GetFileName(file), leaveOpen: false);
            try
            {
                return ContentSniffer.Detect(input) == ContentKind.Parquet
                    ? new ParquetCatalogReader(input, _options)
                    : throw new CatalogFormatException("it is not a Parquet file");
            }
            catch
            {
                input.Dispose();
                throw;
            }
        }
        catch (CatalogFormatException e)
        {
            throw new CatalogFormatException($"{Path.GetRelativePath(_folder, file)} in '{Path.GetFileName(_folder)}': {e.Message}", e);
        }
    }

    private int[] Order(ParquetCatalogReader reader, string file)
    {
        var index = reader.Columns.Select((c, i) => (c, i)).ToDictionary(x => x.c.Name, x => x, StringComparer.Ordinal);
        return Columns
            .Select(wanted =>
                index.TryGetValue(wanted.Name, out var there)
                && (there.c.Type == wanted.Type || CatalogVectors.Fits(there.c.Type, wanted.Type))
                    ? there.i
                    : throw new CatalogFormatException(
                        $"{Path.GetRelativePath(_folder, file)} has no column '{wanted.Name}' of type {wanted.Type} as the first file "
                            + $"of the folder has. Expected the files of one catalogue."
                    )
            )
            .ToArray();
    }

    public void Dispose() => _current?.Dispose();
}
