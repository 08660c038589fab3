using System.Globalization;
using Almagest.Catalog.Delimited;
using Almagest.Catalog.Input;
using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Fits;

/// <summary>
/// Reads one binary or ASCII table extension of a FITS file (FITS standard 4.0), row by row: scaled and unsigned integers, TNULL, logical,
/// text, and fixed arrays as JSON. Variable-length arrays, which are stored behind all rows, are left out with a warning.
/// </summary>
internal sealed class FitsReader : ICatalogReader
{
    private readonly CatalogInput _input;
    private readonly Stream _content;
    private readonly FitsColumn[] _columns;
    private readonly long _rows;
    private readonly int _rowBytes;
    private readonly long _behindRows;
    private readonly bool _chosen;
    private readonly List<string> _warnings = [];
    private bool _started;

    public FitsReader(CatalogInput input, CatalogOpenOptions options)
    {
        _input = input;
        _content = input.OpenContent();
        if (options.Table is null && PositionTable(input) is { } better)
        {
            _warnings.Add(better.Why);
            options = options with { Table = better.Number.ToString(CultureInfo.InvariantCulture) };
        }
        var header = FindTable(_content, input, options);
        var ascii = header.Text("XTENSION") == "TABLE";
        var rowBytes = header.Integer("NAXIS1", 0);
        if (rowBytes > options.MaxRowBytes)
            throw new CatalogFormatException(
                $"A row of the FITS table takes {rowBytes:N0} bytes, more than {options.MaxRowBytes:N0}. Expected one star per row; "
                    + $"is this another kind of table?"
            );
        _rowBytes = (int)rowBytes;
        _rows = header.Integer("NAXIS2", 0);
        _behindRows = Math.Max(0, header.DataBytes - rowBytes * _rows);
        _chosen = options.Table is not null;
        var fields = (int)header.Integer("TFIELDS", 0);
        if (fields is 0 or > 999)
            throw new CatalogFormatException($"The FITS table declares {fields} columns; expected 1 to 999.");
        long offset = 0;
        _columns = new FitsColumn[fields];
        for (var i = 0; i < fields; i++)
            _columns[i] = ascii ? FitsColumn.Ascii(header, i + 1, rowBytes) : FitsColumn.Binary(header, i + 1, ref offset);
        if (offset > rowBytes)
            throw new CatalogFormatException(
                $"The columns of the FITS table take {offset} bytes and its rows only {rowBytes}: the file is damaged."
            );
        if (_rows == 1 && fields > 1 && _columns[0].Count > 1 && _columns.All(c => c.Count % _columns[0].Count == 0))
            throw ContentSniffer.Refuse(
                input,
                "a column-oriented FITS table (one row that holds whole columns)",
                "Convert it with `stilts tcopy ifmt=colfits-basic F G.fits`."
            );
        Format = $"FITS {(ascii ? "ASCII" : "binary")} table{(input.IsGzip ? ", gzip" : "")}";
        var names = TextInput.ColumnNames.Distinct(_columns.Select(c => c.Name).ToArray());
        var system = SystemOf(header);
        var described = header.SerializedColumns is { } yaml
            ? EcsvHeader.Describe(yaml).ToDictionary(c => c.Name, StringComparer.Ordinal)
            : [];
        Columns = _columns
            .Select(
                (c, i) =>
                    (
                        described.TryGetValue(c.Name, out var about) && about.System is not null
                            ? new CatalogColumn(names[i], c.Type, c.Unit ?? about.Unit, c.Ucd ?? about.Ucd, c.Description, about.System)
                            : new CatalogColumn(names[i], c.Type, c.Unit, c.Ucd, c.Description, system)
                    ) with
                    {
                        IsNarrow = c.IsNarrow,
                    }
            )
            .ToArray();
        var variable = names.Where((_, i) => _columns[i].IsVariable).ToArray();
        if (variable.Length > 0)
            _warnings.Add($"Columns of variable-length arrays were left out: {string.Join(", ", variable)}.");
        var metadata = new Dictionary<string, string> { ["rows"] = _rows.ToString(CultureInfo.InvariantCulture) };
        foreach (
            var key in new[] { "EXTNAME", "ORIGIN", CoordinateSystem.FitsFrame, CoordinateSystem.FitsEpoch, "EQUINOX", "EPOCH", "TELESCOP" }
        )
            if (header.Text(key) is { } value)
                metadata[key.ToLowerInvariant()] = value;
        Metadata = metadata;
    }

    /// <summary>As FITS says (Calabretta and Greisen 2002, A&amp;A 395, 1077): an equinox alone means FK4 before 1984, FK5 from then
    /// on.</summary>
    private static CoordinateSystem? SystemOf(FitsHeader header)
    {
        var name = header.Text(CoordinateSystem.FitsFrame) ?? header.Text("RADECSYS");
        var equinox = header.Text("EQUINOX");
        if (name is null && equinox is null)
            return null;
        var year = header.Real("EQUINOX", 2000);
        name ??= year < 1984 ? "FK4" : "FK5";
        return new CoordinateSystem(
            name,
            equinox is null
                ? null
                : (name.StartsWith("FK4", StringComparison.OrdinalIgnoreCase) ? "B" : "J") + year.ToString(CultureInfo.InvariantCulture),
            EpochOf(header)
        );
    }

    private static string? EpochOf(FitsHeader header)
    {
        if (header.Real(CoordinateSystem.FitsEpoch, double.NaN) is var julian and >= 1600 and <= 2200)
            return CoordinateSystem.Julian(julian);
        return header.Real("BEPOCH", double.NaN) is var besselian and >= 1600 and <= 2200
            ? "B" + besselian.ToString(CultureInfo.InvariantCulture)
            : null;
    }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<string> Warnings => _warnings;

    public long BytesRead => _input.BytesRead;

    public long TotalBytes => _input.TotalBytes;

    /// <summary>
    /// The first table with a position, where the first table of the file has none: SExtractor's LDAC_IMHEAD holds the header of an
    /// image. Looks only at what can be read without taking the rows away; null where the first table is the one to take.
    /// </summary>
    private static (int Number, string Why)? PositionTable(CatalogInput input)
    {
        using var scan = input.OpenScan();
        var names = new List<string>();
        try
        {
            while (names.Count < 200 && FitsHeader.Read(scan) is { } header)
            {
                if (IsTable(header))
                {
                    names.Add(header.Text("EXTNAME") ?? "without a name");
                    if (HasPosition(header))
                        return names.Count == 1
                            ? null
                            : (
                                names.Count,
                                $"The file holds several tables; the first with a position is table {names.Count} ({names[^1]}), which was "
                                    + $"read. No position has: {RejectedRow.Clip(string.Join(", ", names.SkipLast(1)))}."
                            );
                }
                if (scan.CanSeek && header.DataBytes <= scan.Length - scan.Position)
                    scan.Position += header.DataBytes;
                else
                    CatalogInput.Skip(scan, header.DataBytes);
            }
        }
        catch (CatalogFormatException)
        {
            // What is in memory ends here, or the file is damaged.
        }
        return null;
    }

    private static bool HasPosition(FitsHeader header)
    {
        var columns = new List<CatalogColumn>();
        for (var i = 1; i <= Math.Min(header.Integer("TFIELDS", 0), 999); i++)
            columns.Add(
                new CatalogColumn(
                    header.Text($"TTYPE{i}") ?? "",
                    (header.Text($"TFORM{i}") ?? "").Contains('A', StringComparison.OrdinalIgnoreCase)
                        ? ColumnType.Text
                        : ColumnType.Double,
                    header.Text($"TUNIT{i}"),
                    header.Text($"TUCD{i}")
                )
            );
        var mapping = ColumnMapping.Automatic([.. columns.Select(UnitNames.Split)]);
        return mapping[StarField.RaDeg] is not null && mapping[StarField.DecDeg] is not null;
    }

    /// <summary>The header of the wanted table extension; the stream then stands at its data.</summary>
    private static FitsHeader FindTable(Stream content, CatalogInput input, CatalogOpenOptions options)
    {
        var seen = new List<string>();
        var compressed = false;
        while (FitsHeader.Read(content) is { } header)
        {
            compressed |= header.Text("ZTABLE") == "T";
            if (IsTable(header))
            {
                seen.Add(header.Text("EXTNAME") ?? "(no name)");
                var wanted =
                    options.Table is null
                    || options.Table == seen[^1]
                    || options.Table == seen.Count.ToString(CultureInfo.InvariantCulture);
                if (wanted)
                    return header;
            }
            CatalogInput.Skip(content, header.DataBytes);
        }
        if (seen.Count == 0 && compressed)
            throw ContentSniffer.Refuse(
                input,
                "a FITS table that is compressed (ZTABLE)",
                $"Unpack it first: `funpack {input.Name}` does it (of CFITSIO; Debian's package libcfitsio-bin)."
            );
        if (seen.Count == 0)
            throw ContentSniffer.Refuse(input, "a FITS file without a table (an image?)", "");
        throw new CatalogFormatException(
            $"'{input.Name}' has no table '{options.Table}'. Its tables are: "
                + $"{string.Join(", ", seen.Select((name, i) => $"{i + 1} {name}"))}."
        );
    }

    /// <summary>Every table extension of the file.</summary>
    public static IEnumerable<CatalogTable> Tables(CatalogInput input)
    {
        using var content = input.OpenContent();
        var number = 0;
        while (FitsHeader.Read(content) is { } header)
        {
            if (IsTable(header))
                yield return new CatalogTable(++number, header.Text("EXTNAME"), header.Integer("NAXIS2", 0));
            CatalogInput.Skip(content, header.DataBytes);
        }
    }

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
        // Several rows at a time, within a fixed amount of memory.
        var chunkRows = Math.Max(1, Math.Min(rowsPerBatch, (1 << 18) / Math.Max(1, _rowBytes)));
        var chunk = new byte[chunkRows * _rowBytes];
        for (long done = 0; done < _rows; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = (int)Math.Min(rowsPerBatch, _rows - done);
            var vectors = _columns.Select(c => CatalogVectors.New(c.Type, count)).ToArray();
            var lines = new long[count];
            for (var row = 0; row < count; )
            {
                var rows = Math.Min(chunkRows, count - row);
                var read = _content.ReadAtLeast(chunk.AsSpan(0, rows * _rowBytes), rows * _rowBytes, throwOnEndOfStream: false);
                if (read < rows * _rowBytes)
                    throw new CatalogFormatException(
                        $"The FITS file is cut short: its table declares {_rows:N0} rows and ends within row "
                            + $"{done + row + read / Math.Max(1, _rowBytes) + 1:N0}. Fetch it again."
                    );
                for (var c = 0; c < _columns.Length; c++)
                    _columns[c].Read(chunk.AsSpan(0, rows * _rowBytes), _rowBytes, vectors[c], row, rows);
                for (var i = 0; i < rows; i++, row++)
                    lines[row] = done + row + 1;
            }
            done += count;
            yield return new CatalogBatch
            {
                Count = count,
                Columns = vectors,
                LineNumber = lines,
                Rejected = [],
            };
        }
        if (!_chosen)
            WarnOfFurtherTables();
    }

    /// <summary>The rows are complete; what follows them is only looked at to say that it is there.</summary>
    private void WarnOfFurtherTables()
    {
        var further = new List<string>();
        try
        {
            CatalogInput.Skip(_content, _behindRows);
            while (further.Count < 100 && FitsHeader.Read(_content) is { } header)
            {
                if (IsTable(header))
                    further.Add(header.Text("EXTNAME") ?? "without a name");
                CatalogInput.Skip(_content, header.DataBytes);
            }
        }
        catch (CatalogFormatException)
        {
            // Rubbish behind the table is no matter of the table's.
        }
        if (further.Count > 0)
            _warnings.Add(
                $"The file holds {further.Count} further table{(further.Count == 1 ? "" : "s")} "
                    + $"({RejectedRow.Clip(string.Join(", ", further))}), not read; choose one by name or number."
            );
    }

    private static bool IsTable(FitsHeader header) =>
        header.Text("XTENSION") is "BINTABLE" or "A3DTABLE" or "TABLE" && header.Text("ZIMAGE") != "T" && header.Text("ZTABLE") != "T";

    public void Dispose()
    {
        _content.Dispose();
        _input.Dispose();
    }
}
