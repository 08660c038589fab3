namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// The random numbers of one shuffled copy: SplitMix64 (Steele, Lea and Flood 2014, OOPSLA). Ours and not the library's, so that a stored
/// seed means the same copies for ever.
/// </summary>
internal struct ShuffleRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    private ulong _state;

    public ShuffleRandom(long seed, int stream)
    {
        _state = (ulong)seed;
        // Nearby seeds and nearby streams must not share states.
        _state = NextUInt64() ^ (ulong)(stream + 1) * 0xD1342543DE82EF95UL;
        NextUInt64();
    }

    /// <summary>Uniform in [0, bound); the bias of the multiplication is below 2⁻³² for every bound that an array has.</summary>
    public int Next(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    public void Shuffle(double[] values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Moves as many elements as asked for, drawn without replacement, to the front.</summary>
    public void Draw(int[] values, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var j = i + Next(values.Length - i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private ulong NextUInt64()
    {
        var x = _state += Golden;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ x >> 27) * 0x94D049BB133111EBUL;
        return x ^ x >> 31;
    }
}
