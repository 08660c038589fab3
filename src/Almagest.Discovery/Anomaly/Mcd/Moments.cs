using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>Sums of values and of their products about a centre.</summary>
internal sealed class Moments(double[] centre)
{
    private readonly double[] _sums = new double[centre.Length];
    private readonly double[] _products = new double[centre.Length * centre.Length];

    public long Count { get; private set; }

    /// <summary>Adds the rows of a block whose distance is less than a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ScaledColumns data, int first, ReadOnlySpan<double> distances, double limit)
    {
        var dimensions = centre.Length;
        Span<Vector256<double>> differences = stackalloc Vector256<double>[dimensions];
        Span<Vector256<double>> sums = stackalloc Vector256<double>[dimensions];
        Span<Vector256<double>> products = stackalloc Vector256<double>[dimensions * (dimensions + 1) / 2];
        sums.Clear();
        products.Clear();
        var i = 0;
        for (; i + 4 <= distances.Length; i += 4)
        {
            var mask = Vector256.LessThan(Vector256.LoadUnsafe(in distances[0], (nuint)i), Vector256.Create(limit));
            var bits = mask.ExtractMostSignificantBits();
            if (bits == 0)
                continue;
            Count += System.Numerics.BitOperations.PopCount(bits);
            var at = 0;
            for (var j = 0; j < dimensions; j++)
            {
                var difference = Vector256.LoadUnsafe(ref data[j][0], (nuint)(first + i)) - Vector256.Create(centre[j]);
                differences[j] = difference & mask;
                sums[j] += differences[j];
                for (var k = 0; k <= j; k++)
                    products[at++] += differences[j] * differences[k];
            }
        }
        var next = 0;
        for (var j = 0; j < dimensions; j++)
        {
            _sums[j] += Vector256.Sum(sums[j]);
            for (var k = 0; k <= j; k++)
                _products[j * dimensions + k] += Vector256.Sum(products[next++]);
        }
        for (; i < distances.Length; i++)
        {
            if (distances[i] < limit)
                Add(data, first + i);
        }
    }

    public void Add(ScaledColumns data, int row)
    {
        Count++;
        for (var j = 0; j < centre.Length; j++)
        {
            var difference = data[j][row] - centre[j];
            _sums[j] += difference;
            for (var k = 0; k <= j; k++)
                _products[j * centre.Length + k] += difference * (data[k][row] - centre[k]);
        }
    }

    public void Add(Moments other)
    {
        Count += other.Count;
        for (var i = 0; i < _sums.Length; i++)
            _sums[i] += other._sums[i];
        for (var i = 0; i < _products.Length; i++)
            _products[i] += other._products[i];
    }

    /// <summary>Mean and covariance (divided by the number of rows).</summary>
    public Ellipsoid ToEllipsoid()
    {
        var dimensions = centre.Length;
        var (mean, covariance) = (new double[dimensions], new double[dimensions * dimensions]);
        for (var j = 0; j < dimensions; j++)
        {
            mean[j] = centre[j] + _sums[j] / Count;
            for (var k = 0; k <= j; k++)
                covariance[j * dimensions + k] = _products[j * dimensions + k] / Count - _sums[j] / Count * (_sums[k] / Count);
        }
        return Ellipsoid.Of(mean, covariance);
    }
}
