using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.FixedWidth;

/// <summary>Reads lines whose columns stand at fixed bytes. A line in which no column has a value is passed over.</summary>
internal sealed class FixedWidthReader : ICatalogReader
{
    private readonly CatalogInput _input;
    private readonly FixedTable _table;
    private readonly int _maxRowBytes;
    private bool _started;

    public FixedWidthReader(CatalogInput input, FixedTable table, CatalogOpenOptions options)
    {
        _input = input;
        _table = table;
        _maxRowBytes = options.MaxRowBytes;
        Format = table.Format + (input.IsGzip ? ", gzip" : "");
        var names = ColumnNames.Distinct(table.Columns.Select(c => c.Name).ToArray());
        Columns = table.Columns.Select((c, i) => new CatalogColumn(names[i], c.Type, c.Unit, null, c.Description)).ToArray();
    }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata => _table.Metadata;

    public IReadOnlyList<string> Warnings => _table.Warnings;

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
        using var content = _input.OpenContent();
        CatalogInput.Skip(content, _table.DataOffset);
        var lines = new LineReader(content, _maxRowBytes, _table.DataLine);
        var ranges = _table.Columns.Select(c => (c.Start, c.End)).ToArray();
        var end = _table.EndLine is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vectors = _table.Columns.Select(c => CatalogVectors.New(c.Type, rowsPerBatch)).ToArray();
            var numbers = new long[rowsPerBatch];
            var rejected = new List<RejectedRow>();
            var row = 0;
            while (row < rowsPerBatch && rejected.Count < rowsPerBatch && (more = lines.Read()))
            {
                var line = lines.Current;
                if (line.Trim(" \t\0"u8).IsEmpty)
                    continue;
                if (end is not null && line.TrimEnd((byte)' ').SequenceEqual(end))
                {
                    more = false;
                    break;
                }
                if (_table.HasBlankGaps && line[0] == '#')
                    continue;
                if (_table.HasBlankGaps && !FixedTable.IsBlankBetween(line, ranges))
                {
                    rejected.Add(
                        new RejectedRow(
                            lines.Number,
                            "",
                            "something stands between the columns that the line below the names draws",
                            RejectedRow.Clip(Cell.Text(line[..Math.Min(line.Length, 4 * RejectedRow.ClipLength)]))
                        )
                    );
                    continue;
                }
                for (var i = 0; i < vectors.Length; i++)
                    _table.Columns[i].Store(line, vectors[i], row);
                numbers[row++] = lines.Number;
            }
            if (row > 0 || rejected.Count > 0)
                yield return new CatalogBatch
                {
                    Count = row,
                    Columns = vectors,
                    LineNumber = numbers,
                    Rejected = rejected,
                };
        }
    }

    public void Dispose() => _input.Dispose();
}
