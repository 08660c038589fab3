using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// Bounds of squared distances between boxes (lows, then highs). Subtraction, squaring and addition round monotonically,
/// so these bounds hold for the rounded distances of the kernels too, not only for the true ones: what they decide is exact.
/// </summary>
internal static unsafe class BoxDistance
{
    /// <summary>No pair of points of the two boxes is nearer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Nearest(double* a, double* b, int dimensions)
    {
        double sum = 0;
        for (var j = 0; j < dimensions; j++)
        {
            var gap = double.MaxNative(0, double.MaxNative(b[j] - a[dimensions + j], a[j] - b[dimensions + j]));
            sum += gap * gap;
        }

        return sum;
    }

    /// <summary>No pair of points of the two boxes is farther.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Farthest(double* a, double* b, int dimensions)
    {
        double sum = 0;
        for (var j = 0; j < dimensions; j++)
        {
            var reach = double.MaxNative(b[dimensions + j] - a[j], a[dimensions + j] - b[j]);
            sum += reach * reach;
        }

        return sum;
    }

    /// <summary>No point of the box is nearer to the point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double NearestToPoint(double* point, double* box, int dimensions)
    {
        double sum = 0;
        for (var j = 0; j < dimensions; j++)
        {
            var gap = double.MaxNative(0, double.MaxNative(box[j] - point[j], point[j] - box[dimensions + j]));
            sum += gap * gap;
        }

        return sum;
    }
}
