using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>A centre and a covariance, as a root of its inverse: the squared distance of x is |Root (x - Centre)|².</summary>
internal sealed class Ellipsoid
{
    /// <summary>
    /// The least variance in any direction, of columns of a width of about 1. Where most stars lie in a plane, those outside of it are far
    /// away, by a number that is large and still finite.
    /// </summary>
    private const double Flat = 1e-12;

    private readonly double[] _root;
    private readonly int[] _lengths;

    private Ellipsoid(double[] centre, double[] root, int[] lengths, double logDeterminant, bool isFlat) =>
        (Centre, _root, _lengths, LogDeterminant, IsFlat) = (centre, root, lengths, logDeterminant, isFlat);

    public double[] Centre { get; }

    public double LogDeterminant { get; }

    /// <summary>Whether the variance in some direction was none, and is taken for a small one.</summary>
    public bool IsFlat { get; }

    private int Dimensions => Centre.Length;

    /// <param name="covariance">row by row, its lower half filled</param>
    public static Ellipsoid Of(double[] centre, double[] covariance) => Regular(centre, covariance) ?? Flattened(centre, covariance);

    public void Write(BinaryWriter to)
    {
        to.Write(Dimensions);
        to.Write(LogDeterminant);
        to.Write(IsFlat);
        foreach (var value in Centre.Concat(_root))
            to.Write(value);
        foreach (var length in _lengths)
            to.Write(length);
    }

    public static Ellipsoid Read(BinaryReader from)
    {
        var size = from.ReadInt32();
        var (logDeterminant, isFlat) = (from.ReadDouble(), from.ReadBoolean());
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => from.ReadDouble())];
        var (centre, root) = (Values(size), Values(size * size));
        return new Ellipsoid(centre, root, [.. Enumerable.Range(0, size).Select(_ => from.ReadInt32())], logDeterminant, isFlat);
    }

    /// <summary>The squared distance of one row, the same as in blocks to the last bit.</summary>
    public double Squared(ReadOnlySpan<double> row)
    {
        double total = 0;
        for (var i = 0; i < Dimensions; i++)
        {
            double sum = 0;
            for (var j = 0; j < _lengths[i]; j++)
                sum += _root[i * Dimensions + j] * (row[j] - Centre[j]);
            total += sum * sum;
        }
        return total;
    }

    /// <summary>The parts of the columns in a squared distance, which add up to it: (x - μ)_j Σ_k ω_jk (x - μ)_k.</summary>
    public double[] Parts(ReadOnlySpan<double> row)
    {
        var parts = new double[Dimensions];
        for (var i = 0; i < Dimensions; i++)
        {
            double sum = 0;
            for (var j = 0; j < _lengths[i]; j++)
                sum += _root[i * Dimensions + j] * (row[j] - Centre[j]);
            for (var j = 0; j < _lengths[i]; j++)
                parts[j] += _root[i * Dimensions + j] * (row[j] - Centre[j]) * sum;
        }
        return parts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Squared(ScaledColumns data, int first, Span<double> target)
    {
        var dimensions = Dimensions;
        Span<Vector256<double>> differences = stackalloc Vector256<double>[dimensions];
        var i = 0;
        for (; i + 4 <= target.Length; i += 4)
        {
            for (var j = 0; j < dimensions; j++)
                differences[j] = Vector256.LoadUnsafe(ref data[j][0], (nuint)(first + i)) - Vector256.Create(Centre[j]);
            var total = Vector256<double>.Zero;
            for (var k = 0; k < dimensions; k++)
            {
                var sum = Vector256<double>.Zero;
                for (var j = 0; j < _lengths[k]; j++)
                    sum += Vector256.Create(_root[k * dimensions + j]) * differences[j];
                total += sum * sum;
            }
            total.StoreUnsafe(ref target[0], (nuint)i);
        }
        Span<double> row = stackalloc double[dimensions];
        for (; i < target.Length; i++)
        {
            for (var j = 0; j < dimensions; j++)
                row[j] = data[j][first + i];
            target[i] = Squared(row);
        }
    }

    /// <summary>By Cholesky's factor and its inverse; null where a direction has no width.</summary>
    private static Ellipsoid? Regular(double[] centre, double[] covariance)
    {
        var size = centre.Length;
        var factor = new double[size * size];
        double logDeterminant = 0;
        for (var i = 0; i < size; i++)
        for (var j = 0; j <= i; j++)
        {
            var sum = covariance[i * size + j];
            for (var k = 0; k < j; k++)
                sum -= factor[i * size + k] * factor[j * size + k];
            if (i != j)
            {
                factor[i * size + j] = sum / factor[j * size + j];
                continue;
            }
            // The least eigenvalue may be less than a pivot.
            if (!(sum > 1e3 * Flat && double.IsFinite(sum)))
                return null;
            factor[i * size + i] = Math.Sqrt(sum);
            logDeterminant += Math.Log(sum);
        }
        var inverse = new double[size * size];
        for (var column = 0; column < size; column++)
        for (var i = column; i < size; i++)
        {
            var sum = i == column ? 1.0 : 0;
            for (var k = column; k < i; k++)
                sum -= factor[i * size + k] * inverse[k * size + column];
            inverse[i * size + column] = sum / factor[i * size + i];
        }
        return new Ellipsoid(centre, inverse, [.. Enumerable.Range(1, size)], logDeterminant, false);
    }

    private static Ellipsoid Flattened(double[] centre, double[] covariance)
    {
        var size = centre.Length;
        var matrix = new double[size * size];
        for (var i = 0; i < size; i++)
        for (var j = 0; j < size; j++)
            matrix[i * size + j] = covariance[Math.Max(i, j) * size + Math.Min(i, j)];
        var vectors = SymmetricEigen.Decompose(matrix, size);
        var root = new double[size * size];
        double logDeterminant = 0;
        var isFlat = false;
        for (var i = 0; i < size; i++)
        {
            var variance = Math.Max(matrix[i * size + i], Flat);
            isFlat |= variance <= Flat;
            logDeterminant += Math.Log(variance);
            for (var j = 0; j < size; j++)
                root[i * size + j] = vectors[j * size + i] / Math.Sqrt(variance);
        }
        return new Ellipsoid(centre, root, [.. Enumerable.Repeat(size, size)], logDeterminant, isFlat);
    }
}
