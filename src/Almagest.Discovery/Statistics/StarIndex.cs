using System.Numerics;

namespace Almagest.Discovery.Statistics;

/// <summary>Numbers the stars of a set from 0, ascending by id: what is kept for each star becomes a plain array. Thread-safe.</summary>
internal sealed class StarIndex
{
    private readonly Dictionary<long, (ulong Bits, int Before)> _words = [];
    private readonly long[] _ids;

    /// <exception cref="DiscoveryException">the set has more stars than an array holds</exception>
    public StarIndex(StarSet stars)
    {
        ArgumentNullException.ThrowIfNull(stars);
        if (stars.Count > Array.MaxLength)
            throw new DiscoveryException($"{stars.Count} stars are too many to compare at once, at most {Array.MaxLength} are possible");
        _ids = new long[stars.Count];
        var at = 0;
        foreach (var (word, all) in stars.Words())
        {
            _words.Add(word, (all, at));
            for (var bits = all; bits != 0; bits &= bits - 1)
                _ids[at++] = word * 64 + BitOperations.TrailingZeroCount(bits);
        }
    }

    public int Count => _ids.Length;

    /// <summary>The id of a number.</summary>
    public long this[int number] => _ids[number];

    /// <summary>The number of an id; -1 where the set does not hold it.</summary>
    public int IndexOf(long id)
    {
        if (!_words.TryGetValue(id >> 6, out var word))
            return -1;
        var bit = 1UL << (int)(id & 63);
        return (word.Bits & bit) == 0 ? -1 : word.Before + BitOperations.PopCount(word.Bits & (bit - 1));
    }
}
