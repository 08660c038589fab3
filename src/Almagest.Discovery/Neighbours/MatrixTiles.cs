using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// The rows of a matrix sorted into tiles of the space of its features, each small enough to be held in memory. Which rows are in which
/// tile says nothing about them: rows of different tiles may be near to each other, or alike.
/// </summary>
internal sealed class MatrixTiles
{
    private const int MostSample = 1 << 16;

    // A part has more rows than its share of the sample says, or fewer.
    private const double Spare = 0.7;

    private readonly FeatureMatrix _of;
    private readonly TileCuts _cuts;

    // Of each part its first tile, and where the last one ends.
    private readonly int[] _firstOf;
    private readonly Sequence<double> _points;
    private readonly Sequence<int> _rows;

    private MatrixTiles(FeatureMatrix of, TileCuts cuts, MatrixTile[] tiles, int[] firstOf)
    {
        (_of, _cuts, Tiles, _firstOf) = (of, cuts, tiles, firstOf);
        _points = of.Room.Create<double>((long)of.Rows * of.Columns);
        _rows = of.Room.Create<int>(of.Rows);
    }

    public IReadOnlyList<MatrixTile> Tiles { get; }

    public int Rows => _of.Rows;

    /// <summary>Of the features.</summary>
    public IReadOnlyList<string> Names => _of.Names;

    public int Columns => _of.Columns;

    public Room Room => _of.Room;

    /// <param name="reach">what lies so far from each other along a feature had better be in one tile</param>
    /// <param name="most">rows of a tile</param>
    public static MatrixTiles Of(FeatureMatrix features, double reach, int most, CancellationToken cancellationToken)
    {
        var sampled = Math.Min(features.Rows, MostSample);
        var sample = features.Pick([.. Enumerable.Range(0, sampled).Select(i => (int)((long)i * features.Rows / sampled))]);
        var share = sampled == features.Rows ? most : (int)Math.Max(1, Spare * most * sampled / features.Rows);
        var cuts = TileCuts.Of(sample, reach, share);
        var counts = new long[cuts.Parts];
        ForEachRow(features, (_, row) => counts[cuts.PartOf(row)]++, cancellationToken);
        var (tiles, firstOf) = Divide(counts, most, features.Columns);
        var sorted = new MatrixTiles(features, cuts, tiles, firstOf);
        sorted.Sort(cancellationToken);
        return sorted;
    }

    /// <summary>Parts that hold too many, because their rows are all but alike, or the sample missed them, become several tiles in the
    /// order of the rows.</summary>
    private static (MatrixTile[] Tiles, int[] FirstOf) Divide(long[] counts, int most, int columns)
    {
        var tiles = new List<MatrixTile>();
        var firstOf = new int[counts.Length + 1];
        var first = 0;
        for (var part = 0; part < counts.Length; part++)
        {
            firstOf[part] = tiles.Count;
            var number = (int)((counts[part] + most - 1) / most);
            for (var i = 0; i < number; i++)
            {
                var count = (int)(counts[part] * (i + 1) / number - counts[part] * i / number);
                tiles.Add(new MatrixTile(first, count, columns));
                first += count;
            }
        }
        firstOf[^1] = tiles.Count;
        return ([.. tiles], firstOf);
    }

    private void Sort(CancellationToken cancellationToken)
    {
        var points = new BucketWriter<double>(_points, Columns, Tiles.Select(t => (long)t.First));
        var rows = new BucketWriter<int>(_rows, 1, Tiles.Select(t => (long)t.First));
        ForEach(
            (number, tile, row) =>
            {
                Tiles[tile].Box.Add(row);
                points.Add(tile, row);
                rows.Add(tile, [number]);
            },
            cancellationToken
        );
        points.Finish();
        rows.Finish();
    }

    /// <summary>Goes over all rows in the order of the matrix, and says in which tile they are.</summary>
    public void ForEach(TileWork work, CancellationToken cancellationToken)
    {
        var tileOf = _firstOf[..^1];
        var filled = new int[Tiles.Count];
        ForEachRow(
            _of,
            (number, row) =>
            {
                ref var tile = ref tileOf[_cuts.PartOf(row)];
                if (filled[tile] == Tiles[tile].Count)
                    tile++;
                filled[tile]++;
                work(number, tile, row);
            },
            cancellationToken
        );
    }

    /// <summary>The features of the rows of a tile.</summary>
    public FeatureMatrix Points(MatrixTile tile)
    {
        var values = new double[tile.Count * Columns];
        _points.CopyTo((long)tile.First * Columns, values);
        return new FeatureMatrix(tile.Count, _of.Names, values);
    }

    /// <summary>The numbers of the rows of a tile in the matrix, ascending.</summary>
    public int[] RowsOf(MatrixTile tile)
    {
        var rows = new int[tile.Count];
        _rows.CopyTo(tile.First, rows);
        return rows;
    }

    /// <summary>Numbers of the rows, in the order of the matrix.</summary>
    /// <param name="sorted">in the order of the tiles, and in each in that of <see cref="RowsOf"/></param>
    public Sequence<int> InOrder(Sequence<int> sorted, CancellationToken cancellationToken)
    {
        const int Window = 1 << 20,
            Look = 1 << 12;
        var ordered = Room.Create<int>(Rows);
        var next = Tiles.Select(t => t.First).ToArray();
        var (numbers, rows, values) = (new int[Math.Min(Window, Rows)], new int[Look], new int[Look]);
        for (long first = 0; first < Rows; first += numbers.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = Math.Min(Rows, first + numbers.Length);
            for (var t = 0; t < Tiles.Count; t++)
            {
                var last = Tiles[t].First + Tiles[t].Count;
                for (var isDone = false; !isDone && next[t] < last; )
                {
                    var count = Math.Min(Look, last - next[t]);
                    _rows.CopyTo(next[t], rows.AsSpan(0, count));
                    sorted.CopyTo(next[t], values.AsSpan(0, count));
                    var i = 0;
                    for (; i < count && rows[i] < end; i++)
                        numbers[rows[i] - first] = values[i];
                    next[t] += i;
                    isDone = i < count;
                }
            }
            ordered.Write(first, numbers.AsSpan(0, (int)(end - first)));
        }
        return ordered;
    }

    private static void ForEachRow(FeatureMatrix features, RowWork work, CancellationToken cancellationToken)
    {
        var most = Math.Max(1, Math.Min(features.Room.Stretch, 1 << 16) / features.Columns);
        for (var first = 0; first < features.Rows; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(most, features.Rows - first);
            using var block = features.Block(first, count);
            for (var i = 0; i < count; i++)
                work(first + i, block.Span.Slice(i * features.Columns, features.Columns));
            first += count;
        }
    }

    /// <param name="number">of the row in the matrix</param>
    public delegate void TileWork(int number, int tile, ReadOnlySpan<double> row);

    private delegate void RowWork(int number, ReadOnlySpan<double> row);
}
