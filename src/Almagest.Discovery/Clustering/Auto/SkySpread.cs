namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// Whether stars are nearer to each other on the sky than others of similar motion: the mean logarithm of the distance of two of them,
/// beside
/// that of as many drawn from the others. What is only the densest part of the field's motions lies on the sky as its surroundings do.
/// </summary>
internal sealed class SkySpread
{
    private const int MostStars = 200,
        Draws = 30;

    private readonly double[][] _direction;

    public SkySpread(double[][] direction) => _direction = direction;

    /// <param name="group">the stars in question</param>
    /// <param name="others">stars of similar motion that are none of them</param>
    /// <returns>how far below the others' the mean is, in standard deviations of the draws, and by which factor the distances are
    /// smaller</returns>
    public (double Deviations, double Factor) Compare(int[] group, int[] others, long seed)
    {
        var count = Math.Min(Math.Min(group.Length, MostStars), others.Length / 2);
        if (count < 5)
            return (0, 1);
        var random = new ShuffleRandom(seed, -2);
        int[] drawn = [.. group],
            pool = [.. others];
        random.Draw(drawn, count);
        var mean = MeanLogDistance(drawn.AsSpan(0, count));
        var means = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            random.Draw(pool, count);
            means[i] = MeanLogDistance(pool.AsSpan(0, count));
        }

        var expected = means.Average();
        var deviation = Math.Sqrt(means.Sum(m => (m - expected) * (m - expected)) / (Draws - 1));
        return ((expected - mean) / Math.Max(deviation, 1e-9), Math.Exp(expected - mean));
    }

    /// <summary>The angle from their middle within which half of the stars lie, degrees.</summary>
    public double HalfAngle(int[] stars)
    {
        var middle = _direction.Select(c => stars.Sum(s => c[s])).ToArray();
        var length = Math.Sqrt(middle.Sum(m => m * m));
        if (length <= 0)
            return 180;
        var cosines = stars.Select(s => _direction.Select((c, d) => c[s] * middle[d]).Sum() / length).Order().ToArray();
        return double.RadiansToDegrees(Math.Acos(Math.Clamp(cosines[cosines.Length / 2], -1, 1)));
    }

    private double MeanLogDistance(ReadOnlySpan<int> stars)
    {
        double[] x = _direction[0],
            y = _direction[1],
            z = _direction[2];
        double sum = 0;
        for (var i = 1; i < stars.Length; i++)
        {
            var a = stars[i];
            for (var j = 0; j < i; j++)
            {
                var b = stars[j];
                double dx = x[a] - x[b],
                    dy = y[a] - y[b],
                    dz = z[a] - z[b];
                // 0.2″ of distance at least: two entries of one star say nothing.
                sum += Math.Log(dx * dx + dy * dy + dz * dz + 1e-12);
            }
        }

        return sum / (0.5 * stars.Length * (stars.Length - 1)) / 2;
    }
}
