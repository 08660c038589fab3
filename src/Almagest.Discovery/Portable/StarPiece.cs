using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Portable;

/// <summary>Some stars of a selection, next to each other, that one worker takes.</summary>
/// <param name="First">the least star_id</param>
/// <param name="Last">the greatest</param>
/// <param name="Count">how many stars of the selection</param>
/// <param name="Digest">of all that was loaded of them: whoever loads them later sees whether they are still the same</param>
public sealed record StarPiece(long First, long Last, int Count, byte[] Digest)
{
    /// <summary>The pieces of a selection, in order of star_id.</summary>
    /// <param name="stars">the whole selection</param>
    /// <param name="most">stars of a piece</param>
    public static IEnumerable<StarPiece> Of(StarColumns stars, int most)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        foreach (var (_, tile) in stars.Tiles())
        {
            for (var first = 0; first < tile.Count; first += most)
            {
                var count = Math.Min(most, tile.Count - first);
                yield return new StarPiece(tile.StarId[first], tile.StarId[first + count - 1], count, DigestOf(tile, first, count));
            }
        }
    }

    /// <summary>Whether these are its stars, as they were.</summary>
    /// <param name="stars">in memory, with the numbers that the selection was loaded with</param>
    public static bool IsOf(StarColumns stars, byte[] digest)
    {
        ArgumentNullException.ThrowIfNull(stars);
        return DigestOf(stars, 0, stars.Count).AsSpan().SequenceEqual(digest);
    }

    private static byte[] DigestOf(StarColumns stars, int first, int count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(stars.StarId.AsSpan(first, count)));
        double[][] usual = [stars.RaDeg, stars.DecDeg, stars.ParallaxMas, stars.PmraMasYr, stars.PmdecMasYr, stars.Magnitude, stars.Color];
        foreach (var column in usual.Concat(stars.Further.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)))
            hash.AppendData(MemoryMarshal.AsBytes(column.AsSpan(first, count)));
        return hash.GetHashAndReset();
    }
}
