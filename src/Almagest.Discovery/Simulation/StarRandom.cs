using System.Numerics;

namespace Almagest.Discovery.Simulation;

/// <summary>
/// The random numbers of one star, from the seed and its index alone, so that any star can be made by itself
/// (SplitMix64: Steele, Lea and Flood 2014, OOPSLA).
/// </summary>
internal struct StarRandom(ulong seed, long index)
{
    private ulong _state = Mix(seed ^ Mix((ulong)index + 0x9E3779B97F4A7C15));

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in (0, 1): never 0, whose logarithm does not exist.</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        return ((Mix(_state) >> 12) + 0.5) * (1.0 / (1UL << 52));
    }

    public double Between(double low, double high) => low + (high - low) * Uniform();

    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>Gaussian of mean 0 and deviation 1 (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>The first index whose cumulative weight exceeds a random share of the last.</summary>
    public int Pick(ReadOnlySpan<double> cumulative)
    {
        var found = cumulative.BinarySearch(Uniform() * cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, cumulative.Length - 1);
    }

    /// <summary>A permutation of 0 … count-1, one element at a time: a Feistel network over the next power of four, walked until it falls
    /// inside.</summary>
    public static long Shuffle(ulong seed, long index, long count)
    {
        var half = (BitOperations.Log2((ulong)count) + 2) / 2;
        var mask = (1UL << half) - 1;
        var value = (ulong)index;
        do
        {
            for (ulong round = 0; round < 4; round++)
            {
                var right = value & mask;
                value = (right << half) | ((value >> half) ^ (Mix(seed + (round << 56) + right + 1) & mask));
            }
        } while (value >= (ulong)count);

        return (long)value;
    }
}
