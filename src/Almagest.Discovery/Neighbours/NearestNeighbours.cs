using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// Squared distances from points of a tree to their k-th nearest point, themselves counted as the first. For trees whose
/// compact cells hold equal points only (built with a limit of 0). One instance a thread.
/// </summary>
internal sealed unsafe class NearestNeighbours(CellTree tree, int k)
{
    private readonly double[] _nearest = new double[k]; // a heap, the farthest on top
    private readonly CellWalk _walk = new();
    private int _found;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double KthSquaredDistance(int place)
    {
        var points = tree.Points;
        var dimensions = points.Dimensions;
        var point = stackalloc double[dimensions];
        var distances = stackalloc double[4];
        points.CopyPoint(place, point);
        _found = 0;
        _walk.Clear();
        _walk.Push(0);
        while (_walk.TryPop(out var at))
        {
            if (_found == k && BoxDistance.NearestToPoint(point, tree.Box(at), dimensions) >= _nearest[0])
                continue;
            ref readonly var node = ref tree.Nodes[at];
            if (!node.IsLeaf)
            {
                _walk.PushNearLast(tree, at, point);
                continue;
            }

            // Of equal points no more than k matter.
            var end = node.Compact ? Math.Min(node.End, node.Start + k) : node.End;
            for (var i = node.Start; i < end; i += 4)
            {
                points.SquaredDistances4(point, i, distances);
                for (var lane = 0; lane < Math.Min(4, end - i); lane++)
                    Offer(distances[lane]);
            }
        }

        return _nearest[0];
    }

    private void Offer(double distance)
    {
        var heap = _nearest;
        int at;
        if (_found < k)
        {
            at = _found++;
            while (at > 0 && heap[(at - 1) / 2] < distance)
            {
                heap[at] = heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }

            heap[at] = distance;
            return;
        }

        if (distance >= heap[0])
            return;
        at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= k)
                break;
            if (child + 1 < k && heap[child + 1] > heap[child])
                child++;
            if (heap[child] <= distance)
                break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = distance;
    }
}
