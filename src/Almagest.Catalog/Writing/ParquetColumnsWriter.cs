using Parquet;
using Parquet.Schema;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes columns of numbers as Apache Parquet, a row group at a time, in as few bytes as numbers of these kinds need: integers by their
/// differences (<c>DELTA_BINARY_PACKED</c>), doubles byte by byte (<c>BYTE_STREAM_SPLIT</c>), all compressed with zstd. The metadata are
/// those of other tables. Not thread-safe.
/// </summary>
public sealed class ParquetColumnsWriter : IAsyncDisposable
{
    private const int MostPooled = 1 << 23;

    private readonly ExportTable _table;
    private readonly DataField[] _fields;
    private readonly BufferedWriteStream _buffered;
    private readonly ParquetWriter _writer;

    private ParquetColumnsWriter(ExportTable table, DataField[] fields, BufferedWriteStream buffered, ParquetWriter writer) =>
        (_table, _fields, _buffered, _writer) = (table, fields, buffered, writer);

    /// <param name="table">columns and provenance; its rows are not read</param>
    /// <param name="optional">names of columns that may lack values; a double that lacks one is NaN where it is given</param>
    /// <param name="stream">need not seek; stays the caller's to dispose of</param>
    public static async Task<ParquetColumnsWriter> CreateAsync(
        ExportTable table,
        IReadOnlySet<string> optional,
        Stream stream,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(optional);
        var fields = table.Columns.Select(c => Field(c, optional.Contains(c.Name))).ToArray();
        var options = new ParquetOptions
        {
            CompressionMethod = CompressionMethod.Zstd,
            CompressionLevel = System.IO.Compression.CompressionLevel.Fastest,
            // Without limits the buffers of all columns are kept for ever.
            MaximumSmallPoolFreeBytes = MostPooled,
            MaximumLargePoolFreeBytes = MostPooled,
        };
        var schema = new ParquetSchema(fields);
        foreach (var (field, column) in schema.DataFields.Zip(table.Columns))
            if (column.Type is ColumnType.Int64)
                options.ColumnEncodingHints[field.Path.ToString()] = EncodingHint.DeltaBinaryPacked;
            else if (column.Type is ColumnType.Double)
                options.ColumnEncodingHints[field.Path.ToString()] = EncodingHint.ByteSplitStream;
        var buffered = new BufferedWriteStream(stream);
        try
        {
            var writer = await ParquetWriter.CreateAsync(schema, buffered, options, cancellationToken: cancellationToken);
            writer.CustomMetadata = ParquetTableWriter.Metadata(table);
            return new ParquetColumnsWriter(table, fields, buffered, writer);
        }
        catch
        {
            await buffered.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a row group.</summary>
    /// <param name="columns">arrays of <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, as the types
    /// of the columns say; they may be longer</param>
    /// <param name="rows">how many of each</param>
    public async Task WriteAsync(IReadOnlyList<Array> columns, int rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        using (var group = _writer.CreateRowGroup())
        {
            for (var i = 0; i < _fields.Length; i++)
            {
                var about = ParquetTableWriter.About(_table.Columns[i]);
                switch (columns[i])
                {
                    case long[] numbers:
                        await group.WriteAsync<long>(_fields[i], numbers.AsMemory(0, rows), null, about, cancellationToken);
                        break;
                    case double[] numbers when _fields[i].IsNullable:
                        await group.WriteAsync<double>(_fields[i], Known(numbers, rows), null, about, cancellationToken);
                        break;
                    case double[] numbers:
                        await group.WriteAsync<double>(_fields[i], numbers.AsMemory(0, rows), null, about, cancellationToken);
                        break;
                    case bool[] truths:
                        await group.WriteAsync<bool>(_fields[i], truths.AsMemory(0, rows), null, about, cancellationToken);
                        break;
                    case string[] texts:
                        await group.WriteAsync(_fields[i], new ArraySegment<string>(texts, 0, rows));
                        break;
                    default:
                        throw new ArgumentException($"column {_fields[i].Name} is of no type that is written", nameof(columns));
                }
            }
        }
        await _buffered.DrainAsync(cancellationToken);
    }

    private static ReadOnlyMemory<double?> Known(double[] numbers, int rows)
    {
        var known = new double?[rows];
        for (var i = 0; i < rows; i++)
            known[i] = double.IsNaN(numbers[i]) ? null : numbers[i];
        return known;
    }

    private static DataField Field(CatalogColumn column, bool isOptional) =>
        (column.Type, isOptional) switch
        {
            (ColumnType.Int64, false) => new DataField<long>(column.Name),
            (ColumnType.Double, false) => new DataField<double>(column.Name),
            (ColumnType.Double, true) => new DataField<double?>(column.Name),
            (ColumnType.Boolean, false) => new DataField<bool>(column.Name),
            (ColumnType.Text, _) => new DataField<string>(column.Name),
            _ => throw new ArgumentException($"column {column.Name} is of no type that is written", nameof(column)),
        };

    /// <summary>Writes what ends the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _buffered.DrainAsync(CancellationToken.None);
        await _buffered.DisposeAsync();
    }
}
