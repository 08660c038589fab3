using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Points with a number each, in runs that are written once; in a run near points stand next to each other.</summary>
internal sealed class PointFile
{
    /// <summary>Points of a block.</summary>
    private const int BlockSize = 64;

    private const int BlocksAtOnce = 128;

    private readonly int _columns;
    private readonly Sequence<int> _places;
    private readonly Sequence<double> _points;
    private readonly Sequence<int> _notes;
    private double[]? _buffer;
    private int[]? _noteBuffer;
    private int _count;

    /// <param name="most">points</param>
    public PointFile(Room room, int most, int columns)
    {
        _columns = columns;
        _places = room.Create<int>(most);
        _points = room.Create<double>((long)most * columns);
        _notes = room.Create<int>(most);
    }

    /// <summary>Work on the points of a block.</summary>
    /// <param name="points">row by row</param>
    /// <param name="notes">their numbers</param>
    public delegate void BlockWork(ReadOnlySpan<double> points, Span<int> notes, CellWalk walk);

    /// <param name="places">where they are elsewhere</param>
    public PointRun Add(ReadOnlySpan<int> places, ReadOnlySpan<double> points, ReadOnlySpan<int> notes)
    {
        var run = new PointRun(_count, places.Length, new PointBox(_columns));
        _places.Write(_count, places);
        _points.Write((long)_count * _columns, points);
        _notes.Write(_count, notes);
        for (var i = 0; i < points.Length; i += _columns)
            run.Box.Add(points.Slice(i, _columns));
        _count += places.Length;
        return run;
    }

    public int[] Places(PointRun run)
    {
        var places = new int[run.Count];
        _places.CopyTo(run.First, places);
        return places;
    }

    public double[] Points(PointRun run)
    {
        var points = new double[run.Count * _columns];
        _points.CopyTo((long)run.First * _columns, points);
        return points;
    }

    public int[] Notes(PointRun run)
    {
        var notes = new int[run.Count];
        _notes.CopyTo(run.First, notes);
        return notes;
    }

    public void SetNotes(PointRun run, ReadOnlySpan<int> notes) => _notes.Write(run.First, notes);

    /// <summary>Calls the work for all blocks of a run, many at once; one such call at a time.</summary>
    /// <param name="changes">whether what it writes into the numbers is kept</param>
    public void ForEachBlock(PointRun run, bool changes, ParallelOptions parallel, BlockWork work)
    {
        const int Most = BlockSize * BlocksAtOnce;
        // Of one call after the other.
        var (points, notes) = (_buffer ??= new double[Most * _columns], _noteBuffer ??= new int[Most]);
        for (var done = 0; done < run.Count; done += Most)
        {
            var count = Math.Min(Most, run.Count - done);
            _points.CopyTo((long)(run.First + done) * _columns, points.AsSpan(0, count * _columns));
            _notes.CopyTo(run.First + done, notes.AsSpan(0, count));
            Parallel.For(
                0,
                (count + BlockSize - 1) / BlockSize,
                parallel,
                () => new CellWalk(),
                (block, _, walk) =>
                {
                    var first = block * BlockSize;
                    var size = Math.Min(BlockSize, count - first);
                    work(points.AsSpan(first * _columns, size * _columns), notes.AsSpan(first, size), walk);
                    return walk;
                },
                _ => { }
            );
            if (changes)
                _notes.Write(run.First + done, notes.AsSpan(0, count));
        }
    }
}
