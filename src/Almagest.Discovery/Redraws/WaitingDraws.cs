using System.Runtime.InteropServices;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Redraws;

/// <summary>Draws to which core stars of other tiles may be nearer than those of their own, tile by tile.</summary>
internal sealed class WaitingDraws(Room room, int columns)
{
    // Small arrays, that what is made and forgotten in great numbers stays small.
    private const int Look = 1 << 10;

    private readonly Lock _guard = new();
    private readonly Sequence<double> _points = room.Create<double>(0);
    private readonly Sequence<WaitingDraw> _draws = room.Create<WaitingDraw>(0);
    private readonly List<Run> _runs = [];

    public int Count { get; private set; }

    public IReadOnlyList<Run> Runs => _runs;

    /// <param name="points">row by row</param>
    public delegate void Work(ReadOnlySpan<double> points, Span<WaitingDraw> draws);

    /// <summary>Those that come next are of this tile.</summary>
    public void Begin(int tile) => _runs.Add(new Run(tile, Count, 0, new PointBox(columns)));

    /// <summary>Adds a draw, by way of a block of whoever adds many.</summary>
    /// <param name="place">of the member in its tile</param>
    /// <param name="label">its cluster</param>
    public void Add(Block block, int place, int label, ReadOnlySpan<double> point, in Nearest nearest)
    {
        block.Points.AddRange(point);
        block.Draws.Add(new WaitingDraw(place, label, nearest.Row, nearest.Label, nearest.Squared));
        if (block.Draws.Count == Look)
            Write(block);
    }

    public void Write(Block block)
    {
        if (block.Draws.Count == 0)
            return;
        lock (_guard)
        {
            var points = CollectionsMarshal.AsSpan(block.Points);
            var draws = CollectionsMarshal.AsSpan(block.Draws);
            _points.Write((long)Count * columns, points);
            _draws.Write(Count, draws);
            for (var at = 0; at < points.Length; at += columns)
                _runs[^1].Box.Add(points.Slice(at, columns));
            Count = checked(Count + draws.Length);
        }
        block.Points.Clear();
        block.Draws.Clear();
    }

    public void End() => _runs[^1] = _runs[^1] with { Count = Count - _runs[^1].First };

    /// <param name="changes">whether what it writes into the draws is kept</param>
    public void ForEach(Run run, bool changes, AlgorithmContext context, Work work) =>
        RowBlocks.ForEach(
            run.Count,
            Look,
            context.MaxThreads,
            (first, count) =>
            {
                var (points, draws) = (new double[count * columns], new WaitingDraw[count]);
                _points.CopyTo((long)(run.First + first) * columns, points);
                _draws.CopyTo(run.First + first, draws);
                work(points, draws);
                if (changes)
                    _draws.Write(run.First + first, draws);
            },
            context.CancellationToken
        );

    public void Clear()
    {
        _runs.Clear();
        Count = 0;
    }

    /// <summary>The draws of a tile.</summary>
    public sealed record Run(int Tile, int First, int Count, PointBox Box);

    /// <summary>Draws of some members of a tile.</summary>
    public sealed class Block
    {
        public List<double> Points { get; } = [];

        public List<WaitingDraw> Draws { get; } = [];
    }
}

/// <summary>A draw of a member, and the nearest core star so far.</summary>
/// <param name="Place">of the member in its tile</param>
/// <param name="OwnLabel">the cluster of the member</param>
internal readonly record struct WaitingDraw(int Place, int OwnLabel, int Row, int Label, double Squared)
{
    public WaitingDraw With(in Nearest nearest) => this with { Row = nearest.Row, Label = nearest.Label, Squared = nearest.Squared };

    public bool IsAfter(in Nearest nearest) => nearest.Squared < Squared || (nearest.Squared == Squared && nearest.Row < Row);
}
