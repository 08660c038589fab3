using Almagest.Discovery.Features;

namespace Almagest.Discovery.Neighbours;

/// <summary>All rows of a matrix, laid out so that the nearest others of each are found quickly; memory is linear in the rows.</summary>
internal sealed class NeighbourTree
{
    private const int LeafSize = 16;
    private const int LeavesAtOnce = 64;

    private readonly ParallelOptions _parallel;

    public NeighbourTree(FeatureMatrix features, ParallelOptions parallel)
    {
        _parallel = parallel;
        Cells = CellTree.Build(new PointColumns(features), 0, LeafSize, parallel);
        // Of equal points the lower rows come first: which of them are neighbours depends on nothing else.
        Parallel.ForEach(
            Cells.Leaves.Where(leaf => Cells.Nodes[leaf].Compact),
            parallel,
            leaf => Array.Sort(Cells.Points.Row, Cells.Nodes[leaf].Start, Cells.Nodes[leaf].Count)
        );
    }

    public CellTree Cells { get; }

    public int Count => Cells.Points.Count;

    /// <summary>Where each row is in the tree.</summary>
    public int[] Places()
    {
        var places = new int[Count];
        for (var i = 0; i < places.Length; i++)
            places[Cells.Points.Row[i]] = i;
        return places;
    }

    /// <summary>Calls the work for the places of the tree, near ones after each other, each thread with a state of its own.</summary>
    /// <param name="progress">told the share done, from any thread</param>
    public void ForEachPlace<TState>(Func<TState> state, Action<int, TState> work, Action<double>? progress = null)
    {
        var leaves = Cells.Leaves;
        var chunks = (leaves.Length + LeavesAtOnce - 1) / LeavesAtOnce;
        var done = 0;
        Parallel.For(
            0,
            chunks,
            _parallel,
            state,
            (chunk, _, own) =>
            {
                foreach (var leaf in leaves.AsSpan(chunk * LeavesAtOnce, Math.Min(LeavesAtOnce, leaves.Length - chunk * LeavesAtOnce)))
                {
                    var node = Cells.Nodes[leaf];
                    for (var place = node.Start; place < node.End; place++)
                        work(place, own);
                }
                progress?.Invoke((double)Interlocked.Increment(ref done) / chunks);
                return own;
            },
            _ => { }
        );
    }
}
