using System.Numerics;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// The density of field stars in a ball around a cluster: the exponential of a polynomial of third degree in the place, fitted as an
/// inhomogeneous Poisson process (its likelihood has one maximum, found by Newton's steps). The ball has radius 1 here; densities are per
/// its unit of volume.
/// </summary>
internal sealed class FieldModel
{
    private const int Samples = 1500;
    private const double Ridge = 0.3,
        RidgeOfThird = 1,
        // How far the logarithm of the density may bend between the middle and the edge: a field is smooth there, a cluster is not.
        MostSlope = 2,
        MostBend = 0.5,
        MostTwist = 1.5;

    private readonly int _dimensions;
    private readonly int _terms;
    private readonly double[] _points; // terms of points that fill the ball evenly
    private readonly double _volume; // of each point
    private readonly double[] _theta;
    private readonly double[] _gradient;
    private readonly double[] _hessian;

    public FieldModel(int dimensions)
    {
        _dimensions = dimensions;
        _terms = dimensions == 3 ? 20 : 10;
        _theta = new double[_terms];
        _gradient = new double[_terms];
        _hessian = new double[_terms * _terms];
        BallVolume = dimensions == 3 ? 4 * Math.PI / 3 : Math.PI;
        _volume = BallVolume / Samples;
        _points = new double[Samples * _terms];
        Span<double> at = stackalloc double[dimensions];
        for (int i = 0, n = 1; i < Samples; n++)
        {
            double square = 0;
            for (var d = 0; d < dimensions; d++)
            {
                at[d] =
                    2
                        * Halton(
                            n,
                            d == 0 ? 2
                                : d == 1 ? 3
                                : 5
                        )
                    - 1;
                square += at[d] * at[d];
            }

            if (square <= 1)
                Terms(at, _points.AsSpan(i++ * _terms, _terms));
        }
    }

    public double BallVolume { get; }

    /// <summary>How far the logarithm of the density may rise from the middle to both edges of an axis: a field that may be hollow leaves
    /// its stars to the cluster.</summary>
    public double MostRise { get; init; } = MostBend;

    /// <summary>How far it may fall.</summary>
    public double MostFall { get; init; } = MostBend;

    /// <summary>A field to which the shape is held, by <see cref="Lean"/>; null = to an even one.</summary>
    public FieldModel? Prior { get; init; }

    /// <summary>How firmly.</summary>
    public double Lean { get; init; }

    /// <summary>Numbers of a star's place that the density is made of.</summary>
    public int TermCount => _terms;

    /// <summary>The density in the middle.</summary>
    public double Middle => Math.Exp(_theta[0]);

    public void Start(double density)
    {
        Array.Clear(_theta);
        _theta[0] = Math.Log(density);
    }

    /// <summary>Makes it denser, or thinner, everywhere.</summary>
    public void Scale(double factor) => _theta[0] = Math.Clamp(_theta[0] + Math.Log(factor), -45, 45);

    public void Terms(ReadOnlySpan<double> at, Span<double> terms)
    {
        var n = 0;
        terms[n++] = 1;
        for (var i = 0; i < _dimensions; i++)
            terms[n++] = at[i];
        for (var i = 0; i < _dimensions; i++)
        for (var j = i; j < _dimensions; j++)
            terms[n++] = at[i] * at[j];
        for (var i = 0; i < _dimensions; i++)
        for (var j = i; j < _dimensions; j++)
        for (var k = j; k < _dimensions; k++)
            terms[n++] = at[i] * at[j] * at[k];
    }

    public double Density(ReadOnlySpan<double> terms)
    {
        double sum = 0;
        var theta = _theta.AsSpan(0, terms.Length);
        for (var i = 0; i < terms.Length; i++)
            sum += theta[i] * terms[i];
        return Math.Exp(Math.Clamp(sum, -50, 50));
    }

    /// <summary>Some of Newton's steps towards the stars' terms, each with its weight.</summary>
    public void Fit(double[] terms, double[] weights, int steps)
    {
        var observed = new double[_terms];
        for (var i = 0; i < weights.Length; i++)
        for (var t = 0; t < _terms; t++)
            observed[t] += weights[i] * terms[i * _terms + t];
        for (var step = 0; step < steps; step++)
        {
            Slopes(observed);
            if (!Cholesky.Factor(_hessian, _terms))
                return;
            Cholesky.Solve(_hessian, _terms, _gradient);
            var largest = 1e-12;
            foreach (var change in _gradient)
                largest = Math.Max(largest, Math.Abs(change));
            for (var t = 0; t < _terms; t++)
                _theta[t] = Bounded(t, _theta[t] + _gradient[t] * Math.Min(1, 2 / largest));
            // With the others in their bounds, the first makes the total right.
            _theta[0] += Math.Log((observed[0] + 0.1) / Total());
            if (largest < 1e-4)
                return;
        }
    }

    private void Slopes(double[] observed)
    {
        Array.Clear(_hessian);
        for (var t = 0; t < _terms; t++)
        {
            var ridge = RidgeOf(t);
            _gradient[t] = observed[t] - ridge * _theta[t] + (t == 0 ? 0.1 : 0);
            _hessian[t * _terms + t] = ridge + 1e-9;
            if (Prior is null || t == 0)
                continue;
            _gradient[t] -= Lean * (_theta[t] - Prior._theta[t]);
            _hessian[t * _terms + t] += Lean;
        }

        var gradient = _gradient.AsSpan();
        for (var i = 0; i < Samples; i++)
        {
            var point = _points.AsSpan(i * _terms, _terms);
            var expected = Density(point) * _volume;
            AddMultiple(gradient, -expected, point);
            // The lower triangle, in whole vectors: what they write beyond it is not looked at.
            for (var t = 0; t < _terms; t++)
            {
                var length = Math.Min(_terms, (t / Vector<double>.Count + 1) * Vector<double>.Count);
                AddMultiple(_hessian.AsSpan(t * _terms, length), expected * point[t], point[..length]);
            }
        }
    }

    // Several numbers at a time: each sum is made in the same order as one after the other, and is the same to the last bit.
    private static void AddMultiple(Span<double> sums, double factor, ReadOnlySpan<double> values)
    {
        var i = 0;
        var factors = new Vector<double>(factor);
        for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(sums[i..]) + factors * new Vector<double>(values[i..])).CopyTo(sums[i..]);
        for (; i < sums.Length; i++)
            sums[i] += factor * values[i];
    }

    private double Total()
    {
        double sum = 0;
        for (var i = 0; i < Samples; i++)
            sum += Density(_points.AsSpan(i * _terms, _terms));
        return sum * _volume;
    }

    private int Degree(int term) =>
        term == 0 ? 0
        : term <= _dimensions ? 1
        : term <= _dimensions + _dimensions * (_dimensions + 1) / 2 ? 2
        : 3;

    // Of the second degree those of one axis alone: 4 and 7 and 9 of three axes, 3 and 5 of two.
    private bool IsSquare(int term) => _dimensions == 3 ? term is 4 or 7 or 9 : term is 3 or 5;

    private double RidgeOf(int term) =>
        Degree(term) switch
        {
            0 => 0,
            3 => RidgeOfThird,
            _ => Ridge,
        };

    private double Bounded(int term, double value) =>
        Degree(term) switch
        {
            0 => Math.Clamp(value, -45, 45),
            1 => Math.Clamp(value, -MostSlope, MostSlope),
            2 => Math.Clamp(value, -MostFall, IsSquare(term) ? MostRise : MostBend),
            _ => Math.Clamp(value, -MostTwist, MostTwist),
        };

    internal static double Halton(int n, int radix)
    {
        double share = 1,
            value = 0;
        for (; n > 0; n /= radix)
        {
            share /= radix;
            value += share * (n % radix);
        }

        return value;
    }
}
