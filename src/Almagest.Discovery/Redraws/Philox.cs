namespace Almagest.Discovery.Redraws;

/// <summary>
/// Random numbers that follow from what they are for and from nothing before them: Philox4x32-10 (Salmon et al. 2011, Parallel Random
/// Numbers: As Easy as 1, 2, 3, SC11). Whatever thread asks, and in whatever order, a draw of a star has the same numbers.
/// </summary>
internal static class Philox
{
    /// <param name="key">the run's seed</param>
    /// <param name="star">of the star</param>
    /// <param name="draw">the number of the draw</param>
    /// <param name="block">further numbers of the same draw</param>
    public static (uint A, uint B, uint C, uint D) Of(long key, ulong star, uint draw, uint block)
    {
        var (k0, k1) = ((uint)key, (uint)((ulong)key >> 32));
        var (a, b, c, d) = ((uint)star, (uint)(star >> 32), draw, block);
        for (var round = 0; round < 10; round++)
        {
            var first = 0xD2511F53UL * a;
            var second = 0xCD9E8D57UL * c;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ k0, (uint)second, (uint)(first >> 32) ^ d ^ k1, (uint)first);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (a, b, c, d);
    }

    /// <summary>Numbers of the standard normal distribution, in steps: the quantiles of 65,536 equal shares, whose variance is less than 1
    /// by 10⁻⁵.</summary>
    /// <param name="normals">at most eight; two draws of four or fewer share a block of random numbers</param>
    public static void Normals(long key, ulong star, uint draw, uint block, Span<double> normals)
    {
        var isPaired = IsPaired(normals.Length);
        var bits = Bits(key, star, isPaired ? draw >> 1 : draw, block);
        Normals(bits, isPaired && (draw & 1) != 0, normals);
    }

    /// <summary>Whether two draws of so many numbers share a block.</summary>
    public static bool IsPaired(int normals) => normals <= 4;

    /// <summary>The random bits of a block.</summary>
    /// <param name="pair">half of the number of the draw where two share a block, else that number</param>
    public static (ulong Low, ulong High) Bits(long key, ulong star, uint pair, uint block)
    {
        var (a, b, c, d) = Of(key, star, pair, block);
        return (a | (ulong)b << 32, c | (ulong)d << 32);
    }

    /// <inheritdoc cref="Normals(long, ulong, uint, uint, Span{double})"/>
    /// <param name="bits">of their block</param>
    /// <param name="isSecond">whether they are those of the second of two draws that share it</param>
    public static void Normals((ulong Low, ulong High) bits, bool isSecond, Span<double> normals)
    {
        var (low, high) = (isSecond ? bits.High : bits.Low, bits.High);
        for (var i = 0; i < normals.Length; i++)
        {
            var share = (i < 4 ? low >> 16 * i : high >> 16 * (i - 4)) & 0xFFFF;
            // The sign without a branch, which no processor can foresee.
            var size = BitConverter.DoubleToUInt64Bits(s_upperHalf[share >> 1]);
            normals[i] = BitConverter.UInt64BitsToDouble(size ^ share << 63);
        }
    }

    private static readonly double[] s_upperHalf =
    [
        .. Enumerable.Range(0, 1 << 15).Select(i => NormalQuantile.Of(0.5 + (i + 0.5) / (1 << 16))),
    ];

    /// <summary>A well-mixed number of a bit pattern, to tell stars apart by their measurements (SplitMix64).</summary>
    public static ulong Mix(ulong state, double value)
    {
        // All that is not known is alike, and there is one zero.
        var bits = double.IsNaN(value) ? 0x7FF8000000000000UL : BitConverter.DoubleToUInt64Bits(value + 0.0);
        var x = (state ^ bits) + 0x9E3779B97F4A7C15UL;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ x >> 27) * 0x94D049BB133111EBUL;
        return x ^ x >> 31;
    }
}
