using System.Buffers.Binary;
using System.Text;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Rows kept aside while a table is not whole: in memory as long as they are few, then in a temporary file that vanishes with the program.
/// Learns what a format with fixed cells must know beforehand: the number of rows, the widths of texts, the integers that do not occur.
/// </summary>
internal sealed class RowSpool : IDisposable
{
    private const int MemoryBytes = 4 << 20;
    private const int DrainBytes = 1 << 16;

    private readonly IReadOnlyList<CatalogColumn> _columns;
    private readonly ulong[] _lowest;
    private readonly ByteSink _sink = new();
    private Stream _kept = new MemoryStream();

    public RowSpool(IReadOnlyList<CatalogColumn> columns)
    {
        _columns = columns;
        Widths = new int[columns.Count];
        HasNull = new bool[columns.Count];
        Changed = new long[columns.Count];
        _lowest = new ulong[columns.Count];
    }

    public long Rows { get; private set; }

    /// <summary>The longest text of each column, in bytes.</summary>
    public int[] Widths { get; }

    public bool[] HasNull { get; }

    /// <summary>How many texts of each column had characters that are escaped.</summary>
    public long[] Changed { get; }

    /// <summary>An integer that the column does not hold: the lowest there is, as a rule.</summary>
    /// <exception cref="InvalidOperationException">the column holds each of the 64 lowest integers</exception>
    public long Unused(int column) =>
        _lowest[column] != ulong.MaxValue
            ? long.MinValue + System.Numerics.BitOperations.TrailingZeroCount(~_lowest[column])
            : throw new InvalidOperationException($"column {_columns[column].Name} leaves no integer that could stand for a missing one");

    public async Task AddAsync(IReadOnlyList<object?[]> batch, CancellationToken cancellationToken)
    {
        foreach (var row in batch)
        {
            for (var i = 0; i < _columns.Count; i++)
                Add(row[i], i);
            Rows++;
            if (_sink.Length >= DrainBytes)
                await DrainAsync(cancellationToken);
        }
        await DrainAsync(cancellationToken);
    }

    /// <summary>The rows again, from the first one, as cells of fixed widths, big-endian, in pieces of whole rows.</summary>
    /// <param name="nulls">what stands for a missing integer, by column</param>
    public IEnumerable<ByteSink> Fixed(long[] nulls)
    {
        _kept.Position = 0;
        using var reader = new BinaryReader(new BufferedStream(_kept, DrainBytes), Encoding.ASCII, leaveOpen: true);
        var cells = new ByteSink();
        for (long row = 0; row < Rows; row++)
        {
            for (var i = 0; i < _columns.Count; i++)
                Copy(reader, i, nulls[i], cells);
            if (cells.Length < DrainBytes)
                continue;
            yield return cells;
            cells.Clear();
        }
        if (cells.Length > 0)
            yield return cells;
    }

    public void Dispose() => _kept.Dispose();

    private void Add(object? value, int column)
    {
        switch (_columns[column].Type)
        {
            case ColumnType.Int64:
                _sink.Add(value is null ? (byte)0 : (byte)1);
                if (value is long whole)
                {
                    if (whole < long.MinValue + 64)
                        _lowest[column] |= 1UL << (int)(whole - long.MinValue);
                    _sink.AddInt64(whole);
                }
                else
                    HasNull[column] = value is null
                        ? true
                        : throw new InvalidCastException($"column {_columns[column].Name} holds a {value.GetType().Name}, no Int64");
                break;
            case ColumnType.Double:
                _sink.AddDouble((double?)value ?? double.NaN);
                break;
            case ColumnType.Boolean:
                _sink.Add(
                    value is bool truth
                        ? truth
                            ? (byte)'T'
                            : (byte)'F'
                        : (byte)0
                );
                break;
            default:
                var text = (string?)value ?? "";
                var plain = TextEscapes.Escape(text);
                if (!ReferenceEquals(plain, text))
                    Changed[column]++;
                Widths[column] = Math.Max(Widths[column], plain.Length);
                _sink.AddInt32(plain.Length);
                _sink.AddText(plain);
                break;
        }
    }

    private void Copy(BinaryReader reader, int column, long mark, ByteSink cells)
    {
        switch (_columns[column].Type)
        {
            case ColumnType.Int64:
                cells.AddInt64(reader.ReadByte() == 0 ? mark : BinaryPrimitives.ReverseEndianness(reader.ReadInt64()));
                break;
            case ColumnType.Double:
                // Already as it is to be.
                cells.AddInt64(BinaryPrimitives.ReverseEndianness(reader.ReadInt64()));
                break;
            case ColumnType.Boolean:
                cells.Add(reader.ReadByte());
                break;
            default:
                var length = BinaryPrimitives.ReverseEndianness(reader.ReadInt32());
                var cell = cells.Zeros(Math.Max(1, Widths[column]));
                reader.BaseStream.ReadExactly(cell[..length]);
                break;
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_kept is MemoryStream memory && memory.Length + _sink.Length > MemoryBytes)
        {
            var file = new FileStream(
                Path.Combine(Path.GetTempPath(), $"almagest-{Guid.NewGuid():N}.rows"),
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose | FileOptions.Asynchronous
            );
            _kept = file;
            memory.Position = 0;
            await memory.CopyToAsync(file, cancellationToken);
            await memory.DisposeAsync();
        }
        await _sink.DrainAsync(_kept, cancellationToken);
    }
}
