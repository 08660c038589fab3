using System.Globalization;
using System.Text.Json;
using Almagest.Catalog.Delimited;
using Almagest.Catalog.Input;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Refining;
using Almagest.Catalog.TextInput;
using Almagest.Catalog.VoTable;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace Almagest.Catalog.Parquet;

/// <summary>
/// Reads a Parquet file row group by row group; memory depends on the largest row group, of which all columns are held at once. Lists
/// become JSON arrays, members of structs columns named <c>struct.member</c>, lists of lists are left out. Units, UCDs and descriptions
/// come from VOParquet metadata (IVOA note "Parquet in the VO", key <c>IVOA.VOTable-Parquet.content</c>), from the key <c>columns</c> that
/// Almagest writes, or from the header that astropy writes (<c>table_meta_yaml</c>).
/// </summary>
internal sealed class ParquetCatalogReader : ICatalogReader
{
    private readonly CatalogInput _input;
    private readonly Stream _content;
    private readonly ParquetReader _parquet;
    private readonly ParquetColumn[] _columns;
    private readonly IReadOnlySet<string>? _read;
    private readonly List<string> _warnings = [];
    private bool _started;

    public ParquetCatalogReader(CatalogInput input, CatalogOpenOptions options)
    {
        _input = input;
        _read = options.Read;
        if (options.Table is not (null or "1"))
            throw new CatalogFormatException(
                $"'{input.Name}' is a Parquet file, which holds one table; there is no table {options.Table}."
            );
        var content = input.OpenSeekable();
        IReadOnlyList<int> halves = [];
        _content = Guarded(() => ParquetGuard.CheckFooter(content, out halves));
        _parquet = Guarded(() =>
        {
            return ParquetReader.CreateAsync(_content, leaveStreamOpen: true).GetAwaiter().GetResult();
        });
        _columns = OpenFirst(Guarded(() => Leaves(_parquet, halves)));
        if (_columns.Length is 0 or > 20_000)
            throw ContentSniffer.Refuse(input, $"a Parquet file with {_columns.Length} columns that can be read", "");
        var about = Guarded(Describe);
        Columns = _columns
            .Select(c =>
                (about.GetValueOrDefault(c.Name) ?? new CatalogColumn(c.Name, c.Type)) with
                {
                    Name = c.Name,
                    Type = c.Type,
                    IsNarrow = c.IsNarrow,
                }
            )
            .ToArray();
        Glances = Look();
        Format = input.IsGzip ? "Parquet, gzip" : "Parquet";
        Metadata = new Dictionary<string, string>
        {
            ["rows"] = (_parquet.Metadata?.NumRows ?? 0).ToString(CultureInfo.InvariantCulture),
            ["row_groups"] = _parquet.RowGroupCount.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>What the first rows hold; null where they were not looked at.</summary>
    public IReadOnlyList<ColumnGlance>? Glances { get; }

    public string Format { get; }

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<string> Warnings => _warnings;

    public long BytesRead { get; private set; }

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
        long done = 0;
        for (var g = 0; g < _parquet.RowGroupCount; g++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long rows = 0;
            var cursors = new List<ParquetColumn.Cursor>();
            try
            {
                Guarded(() => rows = OpenGroup(g, cursors, cancellationToken));
                for (long from = 0; from < rows; from += rowsPerBatch)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = (int)Math.Min(rowsPerBatch, rows - from);
                    var vectors = Guarded(() => cursors.Select(c => c.Take(count)).ToArray());
                    var lines = new long[count];
                    for (var i = 0; i < count; i++)
                        lines[i] = ++done;
                    yield return new CatalogBatch
                    {
                        Count = count,
                        Columns = vectors,
                        LineNumber = lines,
                        Rejected = [],
                    };
                }
            }
            finally
            {
                cursors.ForEach(c => c.Dispose());
            }
            BytesRead = TotalBytes * (g + 1) / _parquet.RowGroupCount;
        }
        BytesRead = TotalBytes;
    }

    /// <summary>
    /// Reads the first group that has rows, which is kept until its turn, and leaves out the columns of which the library cannot read it:
    /// their encoding is newer, or rarer, than it. A group that lies of itself fails in its turn.
    /// </summary>
    private ParquetColumn[] OpenFirst(ParquetColumn[] columns)
    {
        if (FirstWithRows() is not { } index || columns.Length is 0 or > 20_000)
            return columns;
        var kept = new List<ParquetColumn>();
        var cursors = new List<ParquetColumn.Cursor>();
        var left = new List<string>();
        var tooLong = new List<string>();
        try
        {
            using var group = _parquet.OpenRowGroupReader(index);
            var chunks = columns.Select(c => group.GetMetadata(c.Field)).ToArray();
            if (Array.Exists(chunks, c => c?.MetaData is null))
                return columns;
            ParquetGuard.CheckGroup(_content, group.RowGroup, chunks!);
            foreach (var (column, chunk) in columns.Zip(chunks))
            {
                if (column.Field.MaxRepetitionLevel == 0 && chunk!.MetaData!.NumValues != group.RowCount)
                    return columns;
                try
                {
                    cursors.Add(Open(group, column, CancellationToken.None));
                    kept.Add(column);
                }
                catch (Exception e) when (e is not (CatalogFormatException or OutOfMemoryException))
                {
                    (IsTooLong(e) ? tooLong : left).Add(column.Name);
                }
            }
            if (kept.Count == 0)
            {
                // Not one column: rather the file is damaged.
                return columns;
            }
            _first = (index, group.RowCount, [.. cursors]);
            cursors.Clear();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return columns;
        }
        finally
        {
            cursors.ForEach(c => c.Dispose());
        }
        if (left.Count > 0)
            _warnings.Add(
                $"Columns in an encoding that is not read were left out: {RejectedRow.Clip(string.Join(", ", left))}. Written anew they "
                    + $"can be: {WrittenAnew}."
            );
        if (tooLong.Count > 0)
            _warnings.Add(
                $"Columns of decimals with more than 28 digits were left out: {RejectedRow.Clip(string.Join(", ", tooLong))}. Written "
                    + "as texts, or as doubles, they are read."
            );
        return [.. kept];
    }

    private static bool IsTooLong(Exception? e) => e is OverflowException || (e is not null && IsTooLong(e.InnerException));

    /// <summary>By whom, in one line: what DuckDB writes of itself, in version 1, is read, and so is what Arrow writes.</summary>
    private string WrittenAnew =>
        $"in Python by pandas.read_parquet('{_input.Name}').to_parquet('new.parquet'), in DuckDB by copy (from '{_input.Name}') to "
        + "'new.parquet' (format parquet, parquet_version v1)";

    private (int Index, long Rows, List<ParquetColumn.Cursor> Cursors)? _first;

    private int? FirstWithRows()
    {
        for (var g = 0; g < _parquet.RowGroupCount; g++)
        {
            using var group = _parquet.OpenRowGroupReader(g);
            if (group.RowCount != 0)
                return g;
        }
        return null;
    }

    /// <summary>What the first rows hold; null where they cannot be read.</summary>
    private IReadOnlyList<ColumnGlance>? Look()
    {
        if (_first is not { Rows: > 0 } first)
            return null;
        var rows = (int)Math.Min(first.Rows, Glance.MaxRows);
        try
        {
            return Glance.At(first.Cursors.ConvertAll(c => c.Take(rows)), rows, whole: _parquet.RowGroupCount == 1 && rows == first.Rows);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever reads the rows is told.
            return null;
        }
        finally
        {
            first.Cursors.ForEach(c => c.Rewind());
        }
    }

    private long OpenGroup(int index, List<ParquetColumn.Cursor> cursors, CancellationToken cancellationToken)
    {
        if (_first is { } first && first.Index == index)
        {
            _first = null;
            cursors.AddRange(first.Cursors);
            return first.Rows;
        }
        using var group = _parquet.OpenRowGroupReader(index);
        var chunks = _columns
            .Select(c => group.GetMetadata(c.Field) ?? throw ParquetGuard.Damaged($"row group {index + 1} has no column '{c.Name}'"))
            .ToArray();
        // Arrow writes no page of a group without rows, and an offset of 0 for it.
        if (group.RowCount == 0 && Array.TrueForAll(chunks, c => c.MetaData is null or { NumValues: 0 }))
            return 0;
        ParquetGuard.CheckGroup(_content, group.RowGroup, chunks);
        for (var i = 0; i < _columns.Length; i++)
        {
            var values = chunks[i].MetaData!.NumValues;
            if (_columns[i].Field.MaxRepetitionLevel == 0 && values != group.RowCount)
                throw ParquetGuard.Damaged(
                    $"column '{_columns[i].Name}' has {values:N0} values in a row group of {group.RowCount:N0} rows"
                );
            cursors.Add(Open(group, _columns[i], cancellationToken));
        }
        return group.RowCount;
    }

    private ParquetColumn.Cursor Open(ParquetRowGroupReader group, ParquetColumn column, CancellationToken cancellationToken) =>
        new(
            column,
            IsRead(column.Name) ? group.ReadRawColumnDataBaseAsync(column.Field, cancellationToken).AsTask().GetAwaiter().GetResult() : null
        );

    // A column is known by its name without the unit, too, and not without its mask.
    private bool IsRead(string column) =>
        _read is null
        || _read.Contains(column)
        || column.EndsWith(".mask", StringComparison.Ordinal)
        || _read.Contains(UnitNames.Split(new CatalogColumn(column, ColumnType.Double)).Name);

    private ParquetColumn[] Leaves(ParquetReader parquet, IReadOnlyList<int> halves)
    {
        var elements = parquet.Metadata!.Schema;
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 1;
        for (var i = elements[0].NumChildren ?? 0; i > 0; i--)
            Walk(elements, ref next, [], 0, 0, levels, numbers);
        var kept = new List<(DataField Field, string Name)>();
        var dropped = new List<string>();
        foreach (var field in parquet.Schema.GetDataFields())
        {
            // The wrappers list/element of the standard's lists say nothing to people.
            var name = string.Join(
                '.',
                field
                    .Path.ToList()
                    .Where((part, i) => i == 0 || part is not ("list" or "element" or "item" or "array" or "bag" or "array_element"))
            );
            if (field.MaxRepetitionLevel > 1)
                dropped.Add(name);
            else
                kept.Add((field, name));
        }
        if (dropped.Count > 0)
            _warnings.Add($"Lists of lists were left out: {string.Join(", ", dropped)}.");
        var names = ColumnNames.Distinct(kept.Select(k => k.Name).ToArray());
        return kept.Select(
                (k, i) =>
                    new ParquetColumn(
                        k.Field,
                        names[i],
                        levels.GetValueOrDefault(k.Field.Path.ToString()),
                        halves.Contains(numbers.GetValueOrDefault(k.Field.Path.ToString())),
                        ParquetMeaning.Of(elements.ElementAtOrDefault(numbers.GetValueOrDefault(k.Field.Path.ToString())))
                    )
            )
            .ToArray();
    }

    /// <summary>The definition level at which the repeated part of each leaf begins.</summary>
    private static void Walk(
        List<SchemaElement> elements,
        ref int next,
        List<string> path,
        int definition,
        int repeated,
        Dictionary<string, int> levels,
        Dictionary<string, int> numbers
    )
    {
        if (next >= elements.Count || path.Count > 20)
            throw ParquetGuard.Damaged("its schema is not whole");
        var number = next;
        var element = elements[next++];
        if (element.RepetitionType is FieldRepetitionType.OPTIONAL or FieldRepetitionType.REPEATED)
            definition++;
        if (element.RepetitionType == FieldRepetitionType.REPEATED)
            repeated = definition;
        path.Add(element.Name);
        if (element.NumChildren is > 0 and { } children)
            for (var i = 0; i < children; i++)
                Walk(elements, ref next, path, definition, repeated, levels, numbers);
        else
        {
            levels[new FieldPath(path).ToString()] = repeated;
            numbers[new FieldPath(path).ToString()] = number;
        }
        path.RemoveAt(path.Count - 1);
    }

    private Dictionary<string, CatalogColumn> Describe()
    {
        var found = new Dictionary<string, CatalogColumn>(StringComparer.Ordinal);
        var pairs = _parquet.CustomMetadata;
        if (pairs.GetValueOrDefault("IVOA.VOTable-Parquet.content") is { } votable)
        {
            try
            {
                foreach (var field in VoTableHeader.Describe(votable, _input.Name))
                    found[field.Name] = field;
            }
            catch (CatalogFormatException)
            {
                _warnings.Add("The VOParquet metadata is not a readable VOTable and was ignored: units and UCDs are unknown.");
            }
        }
        else if (pairs.GetValueOrDefault("columns") is { } columns && columns.StartsWith('{'))
            DescribeOwn(columns, found);
        else if (pairs.GetValueOrDefault("table_meta_yaml") is { } yaml)
        {
            foreach (var column in EcsvHeader.Describe(yaml))
                found[column.Name] = column;
        }
        return found;
    }

    private static void DescribeOwn(string json, Dictionary<string, CatalogColumn> found)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var column in document.RootElement.EnumerateObject())
            {
                if (column.Value.ValueKind != JsonValueKind.Object)
                    continue;
                string? Text(string name) =>
                    column.Value.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                found[column.Name] = new CatalogColumn(column.Name, ColumnType.Text, Text("unit"), Text("ucd"), Text("description"));
            }
        }
        catch (JsonException)
        {
            // Another program's key of this name.
        }
    }

    /// <summary>Whatever the library throws at a damaged file is the file's fault: its bytes were checked only as far as they describe
    /// themselves.</summary>
    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (OperationCanceledException or CatalogFormatException))
        {
            throw new CatalogFormatException(
                $"'{_input.Name}' is a Parquet file that cannot be read: {RejectedRow.Clip(e.Message)} It may be damaged, or use an "
                    + $"encoding that is not supported: then it is read when it is written anew, {WrittenAnew}.",
                e
            );
        }
    }

    public void Dispose()
    {
        _first?.Cursors.ForEach(c => c.Dispose());
        _parquet?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _content.Dispose();
        _input.Dispose();
    }
}
