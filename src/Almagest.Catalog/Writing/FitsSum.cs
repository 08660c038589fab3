using System.Buffers.Binary;

namespace Almagest.Catalog.Writing;

/// <summary>The checksum of the FITS standard 4.0, appendix J: the ones' complement sum of big-endian 32-bit words, in pieces of any
/// length.</summary>
internal sealed class FitsSum
{
    private readonly byte[] _begun = new byte[4];
    private int _pending;
    private ulong _sum;

    /// <summary>As if zeros followed.</summary>
    public uint Value
    {
        get
        {
            if (_pending == 0)
                return Fold(_sum);
            Span<byte> word = stackalloc byte[4];
            _begun.AsSpan(0, _pending).CopyTo(word);
            return Fold(_sum + BinaryPrimitives.ReadUInt32BigEndian(word));
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (_pending > 0 && bytes.Length > 0)
        {
            _begun[_pending++] = bytes[0];
            bytes = bytes[1..];
            if (_pending < 4)
                continue;
            _sum += BinaryPrimitives.ReadUInt32BigEndian(_begun);
            _pending = 0;
        }
        var whole = bytes.Length & ~3;
        for (var at = 0; at < whole; at += 4)
            _sum += BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
        _sum = Fold(_sum);
        foreach (var b in bytes[whole..])
            _begun[_pending++] = b;
    }

    public static uint Join(uint a, uint b) => Fold((ulong)a + b);

    /// <summary>The sixteen characters that bring a sum to zero.</summary>
    public static byte[] Encode(uint sum)
    {
        var value = ~sum;
        var text = new byte[16];
        Span<int> letters = stackalloc int[4];
        for (var i = 0; i < 4; i++)
        {
            var part = (int)(value >> (24 - 8 * i)) & 0xFF;
            letters.Fill(part / 4 + '0');
            letters[0] += part % 4;
            // Letters and digits alone: shift one up and its neighbour down, which keeps the sum.
            for (var again = true; again; )
            {
                again = false;
                for (var j = 0; j < 4; j += 2)
                {
                    if (char.IsAsciiLetterOrDigit((char)letters[j]) && char.IsAsciiLetterOrDigit((char)letters[j + 1]))
                        continue;
                    letters[j]++;
                    letters[j + 1]--;
                    again = true;
                }
            }
            // The value of the card begins one character behind a word's boundary.
            for (var j = 0; j < 4; j++)
                text[(4 * j + i + 1) % 16] = (byte)letters[j];
        }
        return text;
    }

    private static uint Fold(ulong sum)
    {
        while (sum >> 32 != 0)
            sum = (sum & 0xFFFFFFFF) + (sum >> 32);
        return (uint)sum;
    }
}
