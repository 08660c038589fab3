namespace Almagest.Discovery.Statistics;

/// <summary>
/// The overlap of two independent random choices: <c>first</c> and <c>second</c> of <c>total</c> things (the hypergeometric
/// distribution; its upper tail is Fisher's exact test, one-sided).
/// </summary>
public static class Hypergeometric
{
    /// <summary>How many things two independent choices share on average.</summary>
    public static double Mean(long total, long first, long second) => total == 0 ? 0 : (double)first * second / total;

    /// <summary>log10 of the chance that two independent choices share at least <paramref name="common"/> things; 0 where that is certain.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the counts contradict each other</exception>
    public static double Log10UpperTail(long total, long first, long second, long common)
    {
        var (least, most) = (Math.Max(0, first + second - total), Math.Min(first, second));
        if (total < 0 || first < 0 || second < 0 || most > total || Math.Max(first, second) > total || common > most)
            throw new ArgumentOutOfRangeException(nameof(common), $"{common} common of {first} and {second} out of {total}");
        if (common <= least) return 0;
        // From the wanted term upwards each term follows from the last; the sum is kept relative to the first.
        double sum = 0, term = 1;
        for (var k = common; k <= most; k++)
        {
            sum += term;
            term *= (double)(first - k) / (k + 1) * ((double)(second - k) / (total - first - second + k + 1));
            if (term < sum * 1e-17) break;
        }
        var log = LogChoose(first, common) + LogChoose(total - first, second - common) - LogChoose(total, second) + Math.Log(sum);
        return Math.Min(0, log / Math.Log(10));
    }

    static double LogChoose(long n, long k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    /// <summary>ln n!: the sum of logarithms for small n, else Stirling's series, whose next term is below 1e-15.</summary>
    static double LogFactorial(long n)
    {
        if (n < 32)
        {
            double sum = 0;
            for (var i = 2; i <= n; i++) sum += Math.Log(i);
            return sum;
        }
        double x = n, inverse = 1 / x, square = inverse * inverse;
        return x * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI * x) + inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    }
}
