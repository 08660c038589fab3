using System.Numerics;
using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// The k points that are nearest to a point of a tree, itself left out. Of points at the same distance the one of the lower row is nearer,
/// so that the answer depends on the rows alone. One instance a thread.
/// </summary>
/// <param name="k">at least 1, less than the number of points</param>
internal sealed unsafe class NeighbourSearch(NeighbourTree tree, int k)
{
    private readonly CellTree _cells = tree.Cells;

    // A heap while it is filled, the farthest on top.
    private readonly double[] _squared = new double[k];
    private readonly int[] _places = new int[k];
    private int _found;
    private int[] _open = new int[64];
    private double[] _openDistance = new double[64];

    /// <summary>How many the last search found: k, where there are as many.</summary>
    public int Found => _found;

    /// <summary>Of the last search, the nearest first.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <summary>The squared distances of <see cref="Places"/>.</summary>
    public ReadOnlySpan<double> Squared => _squared;

    /// <summary>The squared distance of the k-th neighbour; <see cref="Places"/> are in no order.</summary>
    public double KthSquared(int place)
    {
        Find(place);
        return _squared[0];
    }

    public void FindSorted(int place)
    {
        Find(place);
        Sort();
    }

    /// <summary>Of a point that is none of the tree's, one of which is left out.</summary>
    /// <param name="without">the place of the point that is left out</param>
    public void FindSorted(ReadOnlySpan<double> point, int without)
    {
        fixed (double* at = point)
            Find(at, without);
        Sort();
    }

    private void Sort()
    {
        for (var end = k - 1; end > 0; end--)
        {
            var (distance, at) = (_squared[end], _places[end]);
            (_squared[end], _places[end]) = (_squared[0], _places[0]);
            Sift(distance, at, end);
        }
    }

    private void Find(int place)
    {
        var point = stackalloc double[_cells.Points.Dimensions];
        _cells.Points.CopyPoint(place, point);
        Find(point, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find(double* point, int place)
    {
        var points = _cells.Points;
        var nodes = _cells.Nodes;
        var dimensions = points.Dimensions;
        var distances = stackalloc double[4];
        _found = 0;
        var bound = double.PositiveInfinity;
        var open = 1;
        (_open[0], _openDistance[0]) = (0, 0);
        while (open > 0)
        {
            open--;
            if (_openDistance[open] > bound)
                continue;
            var at = _open[open];
            while (!nodes[at].IsLeaf)
            {
                int near = at + 1,
                    far = nodes[at].Right;
                var nearDistance = BoxDistance.NearestToPoint(point, _cells.Box(near), dimensions);
                var farDistance = BoxDistance.NearestToPoint(point, _cells.Box(far), dimensions);
                if (farDistance < nearDistance)
                    (near, far, nearDistance, farDistance) = (far, near, farDistance, nearDistance);
                if (farDistance <= bound)
                    Push(far, farDistance, ref open);
                if (nearDistance > bound)
                    goto next;
                at = near;
            }

            ref readonly var leaf = ref nodes[at];
            // Of equal points no more than k beside the point itself matter, and those of the lowest rows come first.
            var end = leaf.Compact ? (int)Math.Min(leaf.End, leaf.Start + (long)k + 1) : leaf.End;
            for (var i = leaf.Start; i < end; i += 4)
            {
                var mask = points.Near4(point, i, end, bound, distances);
                while (mask != 0)
                {
                    var lane = BitOperations.TrailingZeroCount(mask);
                    mask &= mask - 1;
                    if (i + lane == place)
                        continue;
                    Offer(distances[lane], i + lane);
                    if (_found == k)
                        bound = _squared[0];
                }
            }

            next:
            ;
        }
    }

    private void Push(int node, double distance, ref int open)
    {
        if (open == _open.Length)
        {
            Array.Resize(ref _open, 2 * open);
            Array.Resize(ref _openDistance, 2 * open);
        }

        (_open[open], _openDistance[open]) = (node, distance);
        open++;
    }

    private void Offer(double distance, int place)
    {
        if (_found == k)
        {
            if (IsNearer(distance, place, _squared[0], _places[0]))
                Sift(distance, place, k);
            return;
        }

        var at = _found++;
        while (at > 0 && IsNearer(_squared[(at - 1) / 2], _places[(at - 1) / 2], distance, place))
        {
            (_squared[at], _places[at]) = (_squared[(at - 1) / 2], _places[(at - 1) / 2]);
            at = (at - 1) / 2;
        }

        (_squared[at], _places[at]) = (distance, place);
    }

    /// <summary>Puts a point where the top was, and lets it sink.</summary>
    private void Sift(double distance, int place, int size)
    {
        var at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= size)
                break;
            if (child + 1 < size && IsNearer(_squared[child], _places[child], _squared[child + 1], _places[child + 1]))
                child++;
            if (!IsNearer(distance, place, _squared[child], _places[child]))
                break;
            (_squared[at], _places[at]) = (_squared[child], _places[child]);
            at = child;
        }

        (_squared[at], _places[at]) = (distance, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNearer(double distance, int place, double otherDistance, int otherPlace) =>
        distance < otherDistance || (distance == otherDistance && _cells.Points.Row[place] < _cells.Points.Row[otherPlace]);
}
