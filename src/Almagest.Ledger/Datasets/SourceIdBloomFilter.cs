using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// Tells source ids that are new for certain from those that may have come before, in a fixed amount of memory: a Bloom filter (Bloom 1970)
/// whose bits for one id share one word, so that asking costs one memory access (Putze, Sanders and Singler 2009). What it takes for a
/// repetition the database decides.
/// </summary>
internal sealed class SourceIdBloomFilter
{
    private const int MinBits = 1 << 16,
        MaxBits = 1 << 29;

    private readonly ulong[] _words;
    private readonly int _shift;

    /// <param name="fileBytes">of the catalogue, however compressed: two bits for each make mistakes rare, and 64 MiB are the most it
    /// takes</param>
    public SourceIdBloomFilter(long fileBytes)
    {
        var bits = (uint)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(2 * fileBytes, MinBits, MaxBits));
        _words = new ulong[bits / 64];
        _shift = 64 - BitOperations.Log2((uint)_words.Length);
    }

    /// <returns>false where the id is certainly new</returns>
    public bool MayHave(string id)
    {
        var size = Encoding.UTF8.GetMaxByteCount(id.Length);
        var text = size <= 256 ? stackalloc byte[256] : new byte[size];
        // As the database will hold it: different broken surrogates are the same character there.
        var hash = Hash(text[..Encoding.UTF8.GetBytes(id, text)]);
        var bits = 1UL << (int)(hash & 63) | 1UL << (int)(hash >> 6 & 63) | 1UL << (int)(hash >> 12 & 63) | 1UL << (int)(hash >> 18 & 63);
        ref var word = ref _words[hash >> _shift];
        var seen = (word & bits) == bits;
        word |= bits;
        return seen;
    }

    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        var hash = 0x9E3779B97F4A7C15 + (ulong)text.Length;
        for (; text.Length >= 8; text = text[8..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        ulong rest = 0;
        foreach (var b in text)
            rest = rest << 8 | b;
        return Mix(hash ^ rest);
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
