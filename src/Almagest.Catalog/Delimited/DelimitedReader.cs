using System.Buffers;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>Reads the rows of a text table whose shape is known.</summary>
internal sealed class DelimitedReader : ICatalogReader
{
    private static readonly SearchValues<byte> s_border = SearchValues.Create("+-=|: "u8);

    private readonly CatalogInput _input;
    private readonly TextTable _table;
    private readonly ColumnType[] _types;
    private readonly int _maxRowBytes;
    private readonly List<string> _warnings;
    private readonly byte[] _scratch = new byte[64];
    private readonly bool _isPlain;
    private readonly int _first;
    private bool _started;

    public DelimitedReader(CatalogInput input, TextTable table, CatalogOpenOptions options)
    {
        _input = input;
        _table = table;
        _maxRowBytes = options.MaxRowBytes;
        _types = TypeInference.Infer(table, input.Sample, input.SampleIsAll, options.MaxRowBytes);
        _isPlain = table is { OuterBars: false, DecimalComma: false, Formulas: false };
        _first = table.OuterBars ? 1 : 0;
        _warnings = [.. table.Warnings];
        Format = table.Format + (input.IsGzip ? ", gzip" : "");
        Columns = table.Columns.Select((c, i) => new CatalogColumn(c.Name, _types[i], c.Unit, c.Ucd, c.Description, c.System)).ToArray();
    }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata => _table.Metadata;

    public IReadOnlyList<string> Warnings => _warnings;

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
        var tokens = new RecordTokenizer(content, _table.Delimiter, _table.DataLine, _maxRowBytes);
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = ReadBatch(tokens, rowsPerBatch, ref more);
            if (batch.Count > 0 || batch.Rejected.Count > 0)
                yield return batch;
        }
    }

    private CatalogBatch ReadBatch(RecordTokenizer tokens, int rowsPerBatch, ref bool more)
    {
        var vectors = new CatalogVector[_types.Length];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = CatalogVectors.New(_types[i], rowsPerBatch);
        var lines = new long[rowsPerBatch];
        var rejected = new List<RejectedRow>();
        var row = 0;
        while (row < rowsPerBatch && rejected.Count < rowsPerBatch)
        {
            var kind = tokens.Read();
            if (kind == RecordKind.Blank)
                continue;
            if (kind == RecordKind.End || (kind == RecordKind.Comment && BeginsNextTable(tokens)) || IsEod(tokens))
            {
                more = false;
                break;
            }
            if (kind == RecordKind.Comment || (_table.OuterBars && IsBorder(tokens)))
                continue;
            if (!HasRightFields(tokens))
            {
                rejected.Add(Ragged(tokens));
                continue;
            }
            if (_isPlain)
                for (var i = 0; i < vectors.Length; i++)
                    Cell.Store(vectors[i], row, tokens.Field(i));
            else
                for (var i = 0; i < vectors.Length; i++)
                    Cell.Store(vectors[i], row, SpreadsheetField.Plain(_table, tokens.Field(i + _first), _scratch));
            lines[row++] = tokens.RecordLine;
        }
        return new CatalogBatch
        {
            Count = row,
            Columns = vectors,
            LineNumber = lines,
            Rejected = rejected,
        };
    }

    /// <summary>As many fields as columns; one more is allowed if it is empty, as a delimiter at the line's end makes it.</summary>
    private bool HasRightFields(RecordTokenizer tokens) =>
        _table.OuterBars
            ? tokens.FieldCount == _types.Length + 2
            : tokens.FieldCount == _types.Length || (tokens.FieldCount == _types.Length + 1 && tokens.Field(_types.Length).IsEmpty);

    /// <summary>A line of dashes between the bars, or the border of a drawn table.</summary>
    public static bool IsBorder(RecordTokenizer tokens)
    {
        if (tokens.FieldCount == 1)
            return tokens.Field(0).IndexOfAnyExcept(s_border) < 0;
        for (var i = 0; i < tokens.FieldCount; i++)
            if (
                tokens.Field(i) is var field
                && (field.IndexOfAnyExcept(s_border) >= 0 || (field.IsEmpty && i > 0 && i < tokens.FieldCount - 1))
            )
                return false;
        // Dashes alone may be all that a row says.
        return tokens.FieldCount > 2 && tokens.Field(1).Length >= 2;
    }

    private RejectedRow Ragged(RecordTokenizer tokens)
    {
        var which = tokens.FieldCount < _types.Length ? "too few" : "too many";
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < tokens.FieldCount && text.Length <= RejectedRow.ClipLength; i++)
        {
            if (i > 0)
                text.Append((char)_table.Delimiter);
            var field = tokens.Field(i);
            text.Append(Cell.Text(field[..Math.Min(field.Length, 4 * RejectedRow.ClipLength)]));
        }
        return new RejectedRow(
            tokens.RecordLine,
            "",
            $"{which} fields: found {tokens.FieldCount}, expected {_types.Length}",
            RejectedRow.Clip(text.ToString())
        );
    }

    private bool BeginsNextTable(RecordTokenizer tokens)
    {
        if (!_table.EndsAtNextTable)
            return false;
        var comment = tokens.Field(0);
        if (!comment.StartsWith("#Table"u8) && !comment.StartsWith("#RESOURCE"u8))
            return false;
        _warnings.Add(
            $"The file holds a further table from line {tokens.RecordLine} on "
                + $"({RejectedRow.Clip(Cell.Text(comment[1..]).Replace('\t', ' ').Trim(' ', ':'))}); only the first was read."
        );
        return true;
    }

    private bool IsEod(RecordTokenizer tokens) => _table.EndsAtEod && tokens.FieldCount == 1 && tokens.Field(0).SequenceEqual("[EOD]"u8);

    public void Dispose() => _input.Dispose();
}
