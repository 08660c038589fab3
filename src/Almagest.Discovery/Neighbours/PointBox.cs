namespace Almagest.Discovery.Neighbours;

/// <summary>The tight box around the points that were added; of none it is nowhere, and near to nothing.</summary>
internal sealed unsafe class PointBox
{
    private readonly int _dimensions;

    // Lows, then highs, as in BoxDistance.
    private readonly double[] _sides;

    public PointBox(int dimensions)
    {
        _dimensions = dimensions;
        _sides = new double[2 * dimensions];
        _sides.AsSpan(0, dimensions).Fill(double.PositiveInfinity);
        _sides.AsSpan(dimensions).Fill(double.NegativeInfinity);
    }

    public void Add(ReadOnlySpan<double> point)
    {
        for (var j = 0; j < _dimensions; j++)
        {
            // What is no number is near to nothing, and hides nothing.
            if (point[j] < _sides[j])
                _sides[j] = point[j];
            if (point[j] > _sides[_dimensions + j])
                _sides[_dimensions + j] = point[j];
        }
    }

    /// <summary>Whether a point may be within the limit, a squared distance, of a point of the box.</summary>
    public bool IsNear(ReadOnlySpan<double> point, double limit)
    {
        if (_sides[0] > _sides[_dimensions])
            return false;
        fixed (
            double* at = point,
                sides = _sides
        )
            return BoxDistance.NearestToPoint(at, sides, _dimensions) <= limit;
    }

    /// <summary>Whether a pair of points, one of each box, may be within the limit, a squared distance.</summary>
    public bool IsNear(PointBox other, double limit)
    {
        if (_sides[0] > _sides[_dimensions] || other._sides[0] > other._sides[_dimensions])
            return false;
        fixed (
            double* a = _sides,
                b = other._sides
        )
            return BoxDistance.Nearest(a, b, _dimensions) <= limit;
    }
}
