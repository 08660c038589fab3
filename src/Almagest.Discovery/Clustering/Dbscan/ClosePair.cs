using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>
/// Whether two runs of many points have a pair within a limit, by halving both and dropping halves that are too far
/// apart: for crowded cells that face each other across a gap, where comparing all pairs would be quadratic.
/// </summary>
internal sealed unsafe class ClosePair(PointColumns points, double limit)
{
    private const int PlainComparisons = 256;

    private readonly int _dimensions = points.Dimensions;

    public bool Exists(int startA, int endA, int startB, int endB) =>
        startA < endA
        && startB < endB
        && Exists([.. Enumerable.Range(startA, endA - startA)], [.. Enumerable.Range(startB, endB - startB)]);

    private bool Exists(Span<int> a, Span<int> b)
    {
        var boxA = stackalloc double[2 * _dimensions];
        var boxB = stackalloc double[2 * _dimensions];
        Box(a, boxA);
        Box(b, boxB);
        if (BoxDistance.Nearest(boxA, boxB, _dimensions) > limit)
            return false;
        if (BoxDistance.Farthest(boxA, boxB, _dimensions) <= limit)
            return true;
        if ((long)a.Length * b.Length <= PlainComparisons)
            return Compare(a, b);
        if (b.Length > a.Length)
        {
            var larger = b;
            b = a;
            a = larger;
            boxA = boxB;
        }

        // By the median, so that the depth stays logarithmic whatever the values.
        var (dimension, _) = CellTreeBuilder.Halving(boxA, _dimensions);
        var keys = new double[a.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = points.Column(dimension)[a[i]];
        keys.AsSpan().Sort(a);
        var middle = a.Length / 2;
        return Exists(a[..middle], b) || Exists(a[middle..], b);
    }

    private bool Compare(Span<int> a, Span<int> b)
    {
        foreach (var i in a)
        {
            foreach (var j in b)
            {
                double sum = 0;
                for (var k = 0; k < _dimensions; k++)
                {
                    var difference = points.Column(k)[i] - points.Column(k)[j];
                    sum += difference * difference;
                }

                if (sum <= limit)
                    return true;
            }
        }

        return false;
    }

    private void Box(Span<int> run, double* box)
    {
        for (var k = 0; k < _dimensions; k++)
        {
            var column = points.Column(k);
            double low = column[run[0]],
                high = low;
            foreach (var i in run)
            {
                low = Math.Min(low, column[i]);
                high = Math.Max(high, column[i]);
            }

            box[k] = low;
            box[_dimensions + k] = high;
        }
    }
}
