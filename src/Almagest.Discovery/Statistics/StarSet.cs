using System.Collections;
using System.Numerics;

namespace Almagest.Discovery.Statistics;

/// <summary>
/// A set of star ids as bitmaps of 65,536 ids each: one bit a star where ids are dense, as those of a dataset are; at most 8 KiB for each
/// bitmap that holds any. Counting what two sets share takes a few instructions for 64 stars. Enumerates ascending. Not thread-safe while
/// it is filled.
/// </summary>
public sealed class StarSet : IEnumerable<long>
{
    internal const int WordsPerChunk = 1024,
        ChunkShift = 16;
    private readonly SortedList<long, ulong[]> _chunks = [];

    public StarSet() { }

    public StarSet(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var id in ids)
            Add(id);
    }

    public long Count { get; private set; }

    public void Add(long id) => AddWord(id >> 6, 1UL << (int)(id & 63));

    /// <summary>Adds up to 64 neighbours at once.</summary>
    /// <param name="word">id / 64, rounded down</param>
    /// <param name="bits">bit i stands for id 64 × <paramref name="word"/> + i</param>
    public void AddWord(long word, ulong bits)
    {
        if (bits == 0)
            return;
        if (!_chunks.TryGetValue(word >> 10, out var chunk))
            _chunks.Add(word >> 10, chunk = new ulong[WordsPerChunk]);
        ref var stored = ref chunk[(int)(word & (WordsPerChunk - 1))];
        Count += BitOperations.PopCount(bits & ~stored);
        stored |= bits;
    }

    public bool Contains(long id) =>
        _chunks.TryGetValue(id >> ChunkShift, out var chunk) && (chunk[(int)(id >> 6 & (WordsPerChunk - 1))] >> (int)(id & 63) & 1) != 0;

    /// <summary>How many ids are in both sets.</summary>
    public static long CountCommon(StarSet first, StarSet second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (ReferenceEquals(first, second))
            return first.Count;
        if (first._chunks.Count > second._chunks.Count)
            (first, second) = (second, first);
        long common = 0;
        foreach (var (key, a) in first._chunks)
        {
            if (!second._chunks.TryGetValue(key, out var b))
                continue;
            for (var i = 0; i < WordsPerChunk; i++)
                common += BitOperations.PopCount(a[i] & b[i]);
        }
        return common;
    }

    /// <summary>The ids of one set that are not in another.</summary>
    public static StarSet Without(StarSet set, StarSet other)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(other);
        var rest = new StarSet();
        foreach (var (word, bits) in set.Words())
        {
            var taken = other._chunks.TryGetValue(word >> 10, out var chunk) ? chunk[(int)(word & (WordsPerChunk - 1))] : 0;
            rest.AddWord(word, bits & ~taken);
        }
        return rest;
    }

    public static StarSet Union(IEnumerable<StarSet> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        var all = new StarSet();
        foreach (var set in sets)
        {
            foreach (var (word, bits) in set.Words())
                all.AddWord(word, bits);
        }
        return all;
    }

    /// <summary>The words that hold any id, ascending.</summary>
    internal IEnumerable<(long Word, ulong Bits)> Words()
    {
        foreach (var (key, chunk) in _chunks)
        {
            for (var i = 0; i < WordsPerChunk; i++)
            {
                if (chunk[i] != 0)
                    yield return (key * WordsPerChunk + i, chunk[i]);
            }
        }
    }

    public IEnumerator<long> GetEnumerator()
    {
        foreach (var (word, all) in Words())
        {
            for (var bits = all; bits != 0; bits &= bits - 1)
                yield return word * 64 + BitOperations.TrailingZeroCount(bits);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
