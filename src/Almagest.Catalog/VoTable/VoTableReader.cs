using System.Globalization;
using System.Text;
using System.Xml;
using Almagest.Catalog.Fits;
using Almagest.Catalog.Input;

namespace Almagest.Catalog.VoTable;

/// <summary>
/// Reads one table of a VOTable (versions 1.0 to 1.5; TABLEDATA, BINARY, BINARY2 or FITS within). Document types are ignored, no entity
/// is expanded and nothing outside the file is opened.
/// </summary>
internal sealed class VoTableReader : ICatalogReader
{
    private readonly CatalogInput _input;
    private readonly Stream _content;
    private readonly XmlReader _xml;
    private readonly VoTableHeader _header;
    private readonly FitsReader? _fits;
    private readonly int _maxRowBytes;
    private readonly bool _chosen;
    private bool _started;

    public VoTableReader(CatalogInput input, CatalogOpenOptions options)
    {
        _input = input;
        _maxRowBytes = options.MaxRowBytes;
        _chosen = options.Table is not null;
        _content = new BoundedMarkup(input.OpenContent());
        // The declaration of a document that was UTF-16 is no longer true.
        _xml = input.IsTranscoded
            ? XmlReader.Create(new StreamReader(_content, Encoding.UTF8), Settings())
            : XmlReader.Create(_content, Settings());
        var better = options.Table is null ? PositionTable(input) : null;
        _header = Guard(() => VoTableHeader.Find(_xml, input.Name, better?.Number ?? options.Table));
        if (better is not null)
            _header.Warnings.Add(better.Value.Why);
        var fields = _header.Fields;
        if (_header.Serialization == "FITS")
            _fits = Guard(() =>
                new FitsReader(CatalogInput.Open(new Base64ElementStream(_xml), input.Name, leaveOpen: false), CatalogOpenOptions.Default)
            );
        var names = TextInput.ColumnNames.Distinct(fields.Select(f => f.Name).ToArray());
        Columns = fields
            .Select(
                (f, i) =>
                    new CatalogColumn(names[i], _fits is null ? f.Type : FitsType(i), f.Unit, f.Ucd, f.Description, _header.SystemOf(f))
                    {
                        DataType = f.Declared,
                        XType = f.XType,
                        // As text a number has the digits that somebody gave it.
                        IsNarrow = _fits is not null ? _fits.Columns[i].IsNarrow : _header.Serialization != "TABLEDATA" && f.IsNarrow,
                    }
            )
            .ToArray();
        Format = $"VOTable {_header.Serialization ?? "without data"}{(input.IsGzip ? ", gzip" : "")}";
    }

    /// <summary>No document type is processed, no entity resolved, nothing fetched; names are no more than those of a table.</summary>
    internal static XmlReaderSettings Settings() =>
        new()
        {
            NameTable = new BoundedNames(),
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CheckCharacters = false,
        };

    /// <summary>Every table with columns of its own; those without are counted, as they are when a table is chosen by its number.</summary>
    public static IEnumerable<CatalogTable> Tables(CatalogInput input)
    {
        using var content = new BoundedMarkup(input.OpenContent());
        using var xml = XmlReader.Create(content, Settings());
        CatalogTable? open = null;
        var number = 0;
        while (xml.Step())
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            if (xml.LocalName == "TABLE")
            {
                long? rows = long.TryParse(xml.GetAttribute("nrows"), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    ? n
                    : null;
                open = new CatalogTable(++number, xml.GetAttribute("name") ?? xml.GetAttribute("ID"), rows);
            }
            else if (xml.LocalName == "FIELD" && open is not null)
            {
                yield return open;
                open = null;
            }
        }
    }

    /// <summary>The first table with a position, where the first table with columns has none; null where that is the one to take.</summary>
    private static (string Number, string Why)? PositionTable(CatalogInput input)
    {
        // A second TABLE is seldom; where it begins within the first bytes, or behind, it costs a second look at the file.
        (int First, int Number, bool Whole) found;
        using (var memory = new MemoryStream(input.Sample.ToArray(), writable: false))
            found = FindPosition(memory);
        if (found is { First: > 0, Number: 0, Whole: false } && !input.SampleIsAll)
        {
            using var scan = input.OpenScan();
            found = FindPosition(scan);
        }
        return found.Number <= found.First
            ? null
            : (
                found.Number.ToString(CultureInfo.InvariantCulture),
                $"The file holds several tables; the first with a position is table {found.Number}, which was read."
            );
    }

    /// <summary>The number of the first table with columns, and of the first with a position; 0 where there is none.</summary>
    private static (int First, int Number, bool Whole) FindPosition(Stream content)
    {
        int first = 0,
            number = 0;
        var columns = new List<CatalogColumn>();
        bool HasPosition()
        {
            var mapping = Mapping.ColumnMapping.Automatic([.. columns.Select(Mapping.UnitNames.Split)]);
            return mapping[Mapping.StarField.RaDeg] is not null && mapping[Mapping.StarField.DecDeg] is not null;
        }
        try
        {
            using var xml = XmlReader.Create(new StreamReader(new BoundedMarkup(content), Encoding.UTF8), Settings());
            while (xml.Step())
            {
                if (xml.NodeType != XmlNodeType.Element)
                    continue;
                if (xml.LocalName == "TABLE")
                {
                    number++;
                    columns.Clear();
                }
                else if (xml.LocalName == "FIELD" && number > 0 && columns.Count < 20_000)
                {
                    if (first == 0)
                        first = number;
                    var text = xml.GetAttribute("datatype") is "char" or "unicodeChar" or "string";
                    columns.Add(
                        new CatalogColumn(
                            xml.GetAttribute("name") ?? xml.GetAttribute("ID") ?? "",
                            text ? ColumnType.Text : ColumnType.Double,
                            xml.GetAttribute("unit") is { Length: > 0 } unit ? unit : null,
                            xml.GetAttribute("ucd")
                        )
                    );
                }
                else if (xml.LocalName == "DATA" && HasPosition())
                    return (first, number, true);
            }
            return (first, 0, true);
        }
        catch (Exception e) when (e is XmlException or IOException or InvalidDataException or ArgumentException or CatalogFormatException)
        {
            return (first, 0, false);
        }
    }

    private ColumnType FitsType(int column)
    {
        if (_fits!.Columns.Count != _header.Fields.Count)
            throw new CatalogFormatException(
                $"The VOTable declares {_header.Fields.Count} fields and the FITS table in it has {_fits.Columns.Count} columns: it "
                    + $"is damaged."
            );
        return _fits.Columns[column].Type;
    }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public IReadOnlyList<string> Warnings => _header.Warnings;

    public long BytesRead => _input.BytesRead;

    public long TotalBytes => _input.TotalBytes;

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
        IVoTableRows? rows = _header.Serialization switch
        {
            "TABLEDATA" => new TableDataRows(_xml, _header.Fields, _maxRowBytes),
            "BINARY" => new BinaryRows(new ByteSource(new Base64ElementStream(_xml), _maxRowBytes), _header.Fields, masked: false),
            "BINARY2" => new BinaryRows(new ByteSource(new Base64ElementStream(_xml), _maxRowBytes), _header.Fields, masked: true),
            _ => null,
        };
        if (_fits is not null)
        {
            using var batches = _fits.ReadBatches(rowsPerBatch, cancellationToken).GetEnumerator();
            while (Guard(batches.MoveNext))
                yield return batches.Current;
        }
        while (rows is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = Guard(() => ReadBatch(rows, rowsPerBatch));
            if (batch.Count > 0 || batch.Rejected.Count > 0)
                yield return batch;
            if (rows.AtEnd)
                break;
        }
        Guard(ReadOn);
    }

    private CatalogBatch ReadBatch(IVoTableRows rows, int rowsPerBatch)
    {
        var vectors = Columns.Select(c => CatalogVectors.New(c.Type, rowsPerBatch)).ToArray();
        var lines = new long[rowsPerBatch];
        var rejected = new List<RejectedRow>();
        var count = 0;
        while (count < rowsPerBatch && rejected.Count < rowsPerBatch && rows.Read(vectors, count, out var line, out var bad))
        {
            if (bad is not null)
                rejected.Add(bad);
            else
                lines[count++] = line;
        }
        return new CatalogBatch
        {
            Count = count,
            Columns = vectors,
            LineNumber = lines,
            Rejected = rejected,
        };
    }

    /// <summary>To the end of the document: it must have one, and may say that the rows were cut off.</summary>
    private bool ReadOn()
    {
        var tables = new List<string>();
        while (_xml.Step())
        {
            if (_xml.NodeType != XmlNodeType.Element)
                continue;
            if (_xml.LocalName == "TABLE" && tables.Count < 100)
                tables.Add(_xml.GetAttribute("name") ?? _xml.GetAttribute("ID") ?? "without a name");
            else if (_xml.LocalName == "INFO" && _header.Info(_xml) is { } error)
                throw new CatalogFormatException(
                    $"The service that wrote the VOTable reports an error behind its rows, so that they are not complete: "
                        + $"{RejectedRow.Clip(error)}"
                );
        }
        if (tables.Count == 0 || _chosen)
            return true;
        _header.Warnings.Add(
            $"The file holds {tables.Count} further table{(tables.Count == 1 ? "" : "s")} "
                + $"({RejectedRow.Clip(string.Join(", ", tables))}), not read; choose one by name or number."
        );
        return true;
    }

    /// <summary>XML errors as errors of the catalogue.</summary>
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException e)
        {
            throw new CatalogFormatException(
                $"'{_input.Name}' is not a well-formed VOTable: {RejectedRow.Clip(e.Message)} It may be cut short or damaged; "
                    + "fetch it again.",
                e
            );
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or DecoderFallbackException
                        or ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
            )
        {
            throw new CatalogFormatException($"'{_input.Name}' is not a VOTable that can be read: {RejectedRow.Clip(e.Message)}", e);
        }
    }

    public void Dispose()
    {
        _fits?.Dispose();
        _xml.Dispose();
        _content.Dispose();
        _input.Dispose();
    }
}
