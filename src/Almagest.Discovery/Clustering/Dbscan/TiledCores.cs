using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Which stars are core, tile by tile, and those that are not, with a number each.</summary>
internal sealed unsafe class TiledCores
{
    /// <summary>The number of a star that is core after all.</summary>
    public const int Core = -1;

    /// <summary>The number of a star that is not core and that no cluster has reached.</summary>
    public const int Unreached = int.MaxValue;

    private readonly TiledDbscan _work;
    private readonly Sequence<byte> _isCore;
    private readonly PointRun[] _others;

    private TiledCores(TiledDbscan work)
    {
        _work = work;
        _isCore = work.Tiles.Room.Create<byte>(work.Tiles.Rows);
        _others = new PointRun[work.Tiles.Tiles.Count];
        Others = new PointFile(work.Tiles.Room, work.Tiles.Rows, work.Tiles.Columns);
    }

    /// <summary>The stars that their own tile did not make core. Their places are those in their tile.</summary>
    public PointFile Others { get; }

    /// <summary>Those of a tile.</summary>
    public PointRun OthersOf(int tile) => _others[tile];

    /// <summary>Of each star of a tile 1 where it is core, else 0.</summary>
    public byte[] Flags(int tile)
    {
        var flags = new byte[_work.Tiles.Tiles[tile].Count];
        _isCore.CopyTo(_work.Tiles.Tiles[tile].First, flags);
        return flags;
    }

    public static TiledCores Find(TiledDbscan work)
    {
        var cores = new TiledCores(work);
        var tiles = work.Tiles.Tiles.Count;
        for (var tile = 0; tile < tiles; tile++)
        {
            cores.CountOwn(tile);
            work.Told(0.1, 0.3, tile + 1);
        }
        for (var tile = 0; tile < tiles; tile++)
        {
            cores.Answer(tile);
            work.Told(0.3, 0.5, tile + 1);
        }
        for (var tile = 0; tile < tiles; tile++)
            cores.Settle(tile);
        return cores;
    }

    /// <summary>Counts the neighbours of the stars of a tile in this tile; those that have too few wait for the other tiles.</summary>
    private void CountOwn(int tile)
    {
        var tree = _work.Grow(_work.Tiles.Points(_work.Tiles.Tiles[tile]));
        var points = tree.Points;
        var counts = CorePoints.CountNeighbours(tree, _work.Limit, _work.Enough, _work.Parallel);
        var isCore = new byte[counts.Length];
        var waiting = new List<int>();
        for (var place = 0; place < counts.Length; place++)
        {
            if (counts[place] >= _work.Enough)
                isCore[points.Row[place]] = 1;
            else
                waiting.Add(place);
        }
        _isCore.Write(_work.Tiles.Tiles[tile].First, isCore);
        var values = new double[waiting.Count * points.Dimensions];
        fixed (double* target = values)
            for (var i = 0; i < waiting.Count; i++)
                points.CopyPoint(waiting[i], target + i * points.Dimensions);
        _others[tile] = Others.Add([.. waiting.Select(place => points.Row[place])], values, [.. waiting.Select(place => counts[place])]);
    }

    /// <summary>Counts the stars of a tile that are neighbours of those of other tiles which still have too few.</summary>
    private void Answer(int tile)
    {
        CellTree? tree = null;
        for (var other = 0; other < _others.Length; other++)
        {
            if (other == tile || !_others[other].Box.IsNear(_work.Tiles.Tiles[tile].Box, _work.Limit))
                continue;
            var asked = tree ??= _work.Grow(_work.Tiles.Points(_work.Tiles.Tiles[tile]));
            Others.ForEachBlock(_others[other], true, _work.Parallel, (points, counts, walk) => Count(asked, points, counts, walk));
        }
    }

    private void Count(CellTree tree, ReadOnlySpan<double> points, Span<int> counts, CellWalk walk)
    {
        var dimensions = tree.Points.Dimensions;
        var box = stackalloc double[2 * dimensions];
        if (!PointBlock.Box(points, counts, 0, _work.Enough - 1, dimensions, box))
            return;
        if (BoxDistance.Nearest(box, tree.Box(0), dimensions) > _work.Limit)
            return;
        var shared = CorePoints.SharedNeighbours(tree, box, _work.Limit, _work.Enough, walk);
        fixed (double* all = points)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                if (counts[i] >= _work.Enough)
                    continue;
                var found = (int)Math.Min(_work.Enough, (long)counts[i] + shared);
                foreach (var (start, end) in walk.Runs)
                {
                    if (found >= _work.Enough)
                        break;
                    found += tree.Points.CountWithin(all + i * dimensions, start, end, _work.Limit, _work.Enough - found);
                }
                counts[i] = Math.Min(found, _work.Enough);
            }
        }
    }

    /// <summary>Notes which stars of a tile are core with the neighbours that they have in other tiles.</summary>
    private void Settle(int tile)
    {
        var run = _others[tile];
        if (run.Count == 0)
            return;
        var (flags, places, notes, points) = (Flags(tile), Others.Places(run), Others.Notes(run), Others.Points(run));
        var box = new PointBox(_work.Tiles.Columns);
        for (var i = 0; i < notes.Length; i++)
        {
            if (notes[i] >= _work.Enough)
                (flags[places[i]], notes[i]) = (1, Core);
            else
            {
                notes[i] = Unreached;
                box.Add(points.AsSpan(i * _work.Tiles.Columns, _work.Tiles.Columns));
            }
        }
        _isCore.Write(_work.Tiles.Tiles[tile].First, flags);
        Others.SetNotes(run, notes);
        _others[tile] = run with { Box = box };
    }
}
