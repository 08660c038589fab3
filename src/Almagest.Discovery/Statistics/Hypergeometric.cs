namespace Almagest.Discovery.Statistics;

/// <summary>
/// The overlap of two independent random choices: <c>first</c> and <c>second</c> of <c>total</c> things (the hypergeometric
/// distribution; Fisher's exact test).
/// </summary>
internal static class Hypergeometric
{
    /// <summary>How many things two independent choices share on average.</summary>
    public static double Mean(long total, long first, long second) => total == 0 ? 0 : (double)first * second / total;

    /// <summary>log10 of the chance that two independent choices share at least <paramref name="common"/> things; 0 where that is
    /// certain.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the counts contradict each other</exception>
    public static double Log10UpperTail(long total, long first, long second, long common)
    {
        var (least, most) = (Math.Max(0, first + second - total), Math.Min(first, second));
        if (total < 0 || first < 0 || second < 0 || most > total || Math.Max(first, second) > total || common > most)
            throw new ArgumentOutOfRangeException(nameof(common), $"{common} common of {first} and {second} out of {total}");
        if (common <= least)
            return 0;
        // The sum runs from the tail's first term away from the middle, so that every term is smaller than the one before.
        if (common <= Mean(total, first, second))
        {
            var below = Math.Exp(LogTerm(total, first, second, common - 1)) * RelativeSum(total, first, second, common - 1, least, -1);
            return Math.Min(0, Math.Log(1 - Math.Min(1, below)) / Math.Log(10));
        }
        var log = LogTerm(total, first, second, common) + Math.Log(RelativeSum(total, first, second, common, most, +1));
        return Math.Min(0, log / Math.Log(10));
    }

    /// <summary>
    /// log10 of the chance of an overlap that is no more probable than <paramref name="common"/>, on either side of the mean: Fisher's
    /// exact test, two-sided, as SciPy and R do it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">the counts contradict each other</exception>
    public static double Log10TwoSided(long total, long first, long second, long common)
    {
        var (least, most) = (Math.Max(0, first + second - total), Math.Min(first, second));
        if (total < 0 || first < 0 || second < 0 || most > total || Math.Max(first, second) > total || common < least || common > most)
            throw new ArgumentOutOfRangeException(nameof(common), $"{common} common of {first} and {second} out of {total}");
        // What differs by less than the rounding of these logarithms is equally probable.
        var bound = LogTerm(total, first, second, common) + 1e-7;
        // The chances rise to the mode and fall from there.
        var mode = Math.Clamp((long)((first + 1.0) * (second + 1.0) / (total + 2.0)), least, most);
        if (LogTerm(total, first, second, mode) <= bound)
            return 0;
        var sum = Tail(most, +1) + Tail(least, -1);
        return Math.Min(0, (bound + Math.Log(sum)) / Math.Log(10));

        // The overlaps from the first that is so improbable to the end, relative to the bound.
        double Tail(long end, int step)
        {
            if (mode == end || LogTerm(total, first, second, end) > bound)
                return 0;
            var (near, far) = (0L, Math.Abs(end - mode));
            while (far - near > 1)
            {
                var middle = near + (far - near) / 2;
                if (LogTerm(total, first, second, mode + step * middle) <= bound)
                    far = middle;
                else
                    near = middle;
            }
            var from = mode + step * far;
            return Math.Exp(LogTerm(total, first, second, from) - bound) * RelativeSum(total, first, second, from, end, step);
        }
    }

    /// <summary>The terms from one overlap to another, as a multiple of the first.</summary>
    private static double RelativeSum(long total, long first, long second, long from, long to, int step)
    {
        double sum = 0,
            term = 1,
            rest = total - first - second;
        for (var k = from; ; k += step)
        {
            sum += term;
            term *=
                step > 0
                    ? (double)(first - k) / (k + 1) * ((second - k) / (rest + k + 1))
                    : k / (double)(first - k + 1) * ((rest + k) / (second - k + 1));
            if (k == to || term < sum * 1e-17)
                return sum;
        }
    }

    /// <summary>ln of the chance of exactly so many common things.</summary>
    private static double LogTerm(long total, long first, long second, long common) =>
        LogChoose(first, common) + LogChoose(total - first, second - common) - LogChoose(total, second);

    private static double LogChoose(long n, long k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    /// <summary>ln n!: the sum of logarithms for small n, else Stirling's series, whose next term is below 1e-15.</summary>
    private static double LogFactorial(long n)
    {
        if (n < 32)
        {
            double sum = 0;
            for (var i = 2; i <= n; i++)
                sum += Math.Log(i);
            return sum;
        }
        double x = n,
            inverse = 1 / x,
            square = inverse * inverse;
        return x * Math.Log(x)
            - x
            + 0.5 * Math.Log(2 * Math.PI * x)
            + inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    }
}
