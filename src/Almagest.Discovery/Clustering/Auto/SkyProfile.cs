namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// How much denser on the sky a cluster is than the field, by the distance from its middle: (1 + (r / r₀)²)^-γ, the profile of King (1962)
/// and
/// of Plummer (1911) among others, over the field's own distribution, so that the shape of the selection does not matter.
/// </summary>
internal sealed class SkyProfile
{
    private const int Bins = 64;
    private const double Step = 0.1;
    private const int MostSampled = 20_000;

    private static readonly double[] s_exponents = [0, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];

    private readonly double[][] _direction;
    private readonly int _stride;
    private readonly double[] _middle = new double[3];
    private readonly double[] _all = new double[Bins];
    private double _edge;
    private double _radius = 1,
        _exponent,
        _norm = 1;

    public SkyProfile(double[][] direction)
    {
        _direction = direction;
        _stride = Math.Max(1, direction[0].Length / MostSampled);
    }

    /// <summary>Puts the middle where the likely members are densest, a mean that far ones have no part in.</summary>
    public void Centre(int[] stars, double[] probabilities)
    {
        Weigh(stars, i => probabilities[i] * probabilities[i]);
        var distances = new double[stars.Length];
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < stars.Length; i++)
                distances[i] = Distance(stars[i]);
            var scale = Math.Max(WithinShare(distances, probabilities, 0.6), 1e-9);
            Weigh(stars, i => probabilities[i] * Math.Exp(-0.5 * distances[i] * distances[i] / (scale * scale)));
        }

        _edge = 0;
        for (var s = 0; s < _direction[0].Length; s += _stride)
            _edge = Math.Max(_edge, Distance(s));
        Array.Clear(_all);
        for (var s = 0; s < _direction[0].Length; s += _stride)
            _all[Bin(Distance(s))] += _stride;
    }

    /// <summary>Fits radius and exponent to the likely members, beside all other stars.</summary>
    /// <param name="weight">how many stars each of these stands for</param>
    public void Fit(int[] stars, double[] probabilities, double weight)
    {
        var members = new double[Bins];
        for (var i = 0; i < stars.Length; i++)
            members[Bin(Distance(stars[i]))] += weight * probabilities[i];
        var total = members.Sum();
        var field = new double[Bins];
        for (var b = 0; b < Bins; b++)
            field[b] = Math.Max(0, _all[b] - members[b]);
        var fieldTotal = field.Sum();
        if (!(fieldTotal > 0) || !(total > 0))
            return;
        var best = double.NegativeInfinity;
        var logs = new double[Bins];
        for (var r = 0; r < 24; r++)
        {
            var radius = _edge * Math.Exp(-0.2 * r);
            for (var b = 0; b < Bins; b++)
            {
                var ratio = _edge * Math.Exp(-Step * (b + 0.5)) / radius;
                logs[b] = Math.Log(1 + ratio * ratio);
            }

            foreach (var exponent in s_exponents)
            {
                double norm = 0,
                    likelihood = 0;
                for (var b = 0; b < Bins; b++)
                {
                    norm += field[b] * Math.Exp(-exponent * logs[b]);
                    likelihood -= members[b] * exponent * logs[b];
                }

                norm /= fieldTotal;
                likelihood -= total * Math.Log(norm);
                if (likelihood > best + 1e-9)
                    (best, _radius, _exponent, _norm) = (likelihood, radius, exponent, norm);
            }
        }
    }

    /// <summary>Density of the cluster over that of the field at a star.</summary>
    public double Ratio(int star)
    {
        var ratio = Distance(star) / _radius;
        return Math.Exp(-_exponent * Math.Log(1 + ratio * ratio)) / _norm;
    }

    private double Distance(int star)
    {
        double x = _direction[0][star] - _middle[0],
            y = _direction[1][star] - _middle[1],
            z = _direction[2][star] - _middle[2];
        return Math.Sqrt(x * x + y * y + z * z);
    }

    private int Bin(double distance) => distance <= 0 ? Bins - 1 : (int)Math.Clamp(Math.Log(_edge / distance) / Step, 0, Bins - 1);

    private void Weigh(int[] stars, Func<int, double> weight)
    {
        Span<double> sum = stackalloc double[3];
        for (var i = 0; i < stars.Length; i++)
        {
            var w = weight(i);
            for (var d = 0; d < 3; d++)
                sum[d] += w * _direction[d][stars[i]];
        }

        var length = Math.Sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
        for (var d = 0; d < 3; d++)
            _middle[d] = length > 0 ? sum[d] / length : 0;
    }

    // The distance within which a share of the members lies.
    private static double WithinShare(double[] distances, double[] probabilities, double share)
    {
        var ascending = (double[])distances.Clone();
        int[] order = [.. Enumerable.Range(0, distances.Length)];
        Array.Sort(ascending, order);
        // Of equal distances the earlier star comes first, so that the sum is the same to the last bit whatever the sort does.
        for (var from = 0; from < order.Length; )
        {
            var to = from + 1;
            while (to < order.Length && ascending[to] == ascending[from])
                to++;
            if (to - from > 1)
                Array.Sort(order, from, to - from);
            from = to;
        }

        var wanted = share * probabilities.Sum();
        double sum = 0;
        foreach (var i in order)
        {
            sum += probabilities[i];
            if (sum >= wanted)
                return distances[i];
        }

        return distances[order[^1]];
    }
}
