using System.Numerics;

namespace Almagest.Discovery.Anomaly;

/// <summary>
/// The random numbers of one tree: xoshiro256** 1.0 (Blackman and Vigna, 2018), its state filled by SplitMix64 from the
/// run's seed and the tree's number. Ours and not the library's, so that a stored seed means the same forest for ever.
/// </summary>
internal struct TreeRandom
{
    private ulong _s0,
        _s1,
        _s2,
        _s3;

    public TreeRandom(long seed, int tree)
    {
        // Two rounds: nearby seeds and nearby trees must not share states.
        var state = SplitMix64((ulong)seed) ^ (ulong)tree * 0xD1342543DE82EF95UL;
        _s0 = SplitMix64(state);
        _s1 = SplitMix64(state += Golden);
        _s2 = SplitMix64(state += Golden);
        _s3 = SplitMix64(state + Golden);
    }

    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound), by Lemire's multiplication with rejection (2019), without bias.</summary>
    public int Next(int bound)
    {
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), (ulong)bound, out var low);
            if (low >= (ulong)bound || low >= (0UL - (ulong)bound) % (ulong)bound)
                return (int)high;
        }
    }

    private static ulong SplitMix64(ulong x)
    {
        x += Golden;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ x >> 27) * 0x94D049BB133111EBUL;
        return x ^ x >> 31;
    }
}
