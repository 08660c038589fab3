using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.InPlace;

/// <summary>
/// The set of stars that a run analysed, where the ledger has not a result of each: blocks of 1,024 ids as bits, and how many there are in
/// each cell of the sky. It is recognised as the views recognise the set of any run: by its size, the exclusive or of its ids' hashes and
/// that of the ids themselves.
/// </summary>
public sealed class AnalysedStars
{
    private const int WordsOfBlock = 16;

    private readonly List<long> _blocks = [];
    private readonly List<ulong> _words = [];
    private readonly CellCounts _cells = new();
    private long _last;

    public long Count { get; private set; }

    /// <summary>As <c>bit_xor(hashint8extended(star_id, 1))</c> of PostgreSQL.</summary>
    internal long Hash1 { get; private set; }

    /// <summary>As <c>bit_xor(star_id)</c>.</summary>
    internal long Hash2 { get; private set; }

    /// <summary>The cell of a position, ICRS in degrees, as the star's row would have it.</summary>
    public static long CellOf(double raDeg, double decDeg) => CellCounts.CellOf(raDeg, decDeg);

    /// <param name="starId">greater than that of the star before</param>
    /// <param name="healpix6">cell of order 6, nested scheme: the first bits of the star's cell of order 29</param>
    public void Add(long starId, long healpix6)
    {
        if (Count > 0 && starId <= _last)
            throw new ArgumentException("the stars of a set come in ascending order of their ids", nameof(starId));
        _last = starId;
        var block = starId >> 10;
        if (_blocks.Count == 0 || _blocks[^1] != block)
        {
            _blocks.Add(block);
            CollectionsMarshal.SetCount(_words, _words.Count + WordsOfBlock);
            CollectionsMarshal.AsSpan(_words)[^WordsOfBlock..].Clear();
        }
        var bit = (int)(starId & 1023);
        CollectionsMarshal.AsSpan(_words)[^(WordsOfBlock - (bit >> 6))] |= 1UL << (bit & 63);
        _cells.Add(healpix6);
        Count++;
        Hash1 ^= StarIdSum.Of(starId);
        Hash2 ^= starId;
    }

    /// <summary>Stores the set, within a transaction of the caller's who gives it to a run there. A set that equals it is found instead,
    /// and stays until the transaction has ended.</summary>
    /// <returns>its number</returns>
    /// <exception cref="Contract.Errors.LedgerException">the tables of the ledger are distributed</exception>
    public async Task<long> SaveAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await RunRows.RequireOneMachineAsync(connection, cancellationToken);
        while (true)
        {
            // Who takes the last run of a set away waits, and then sees that another has it.
            if (
                await connection.ScalarAsync(
                    "select set_id from public.analysed_sets where star_count = $1 and hash_1 = $2 and hash_2 = $3 for key share",
                    cancellationToken,
                    Count,
                    Hash1,
                    Hash2
                )
                is long found
            )
                return found;
            if (
                await connection.ScalarAsync(
                    """
                    insert into public.analysed_sets (dataset_id, star_count, hash_1, hash_2) values ($1, $2, $3, $4)
                    on conflict do nothing returning set_id
                    """,
                    cancellationToken,
                    datasetId,
                    Count,
                    Hash1,
                    Hash2
                )
                is not long made
            )
                continue;
            await SaveBlocksAsync(connection, made, cancellationToken);
            await connection.ExecuteAsync(
                """
                insert into public.analysed_set_cells (set_id, dataset_id, healpix_6, stars)
                select $1, $2, * from unnest($3::bigint[], $4::bigint[])
                """,
                cancellationToken,
                made,
                datasetId,
                _cells.Numbers,
                _cells.Stars
            );
            return made;
        }
    }

    private async Task SaveBlocksAsync(NpgsqlConnection connection, long set, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.analysed_set_blocks (set_id, block, members) from stdin (format binary)",
            cancellationToken
        );
        copy.Timeout = TimeSpan.FromHours(1);
        var bytes = new byte[WordsOfBlock * sizeof(ulong)];
        for (var i = 0; i < _blocks.Count; i++)
        {
            for (var k = 0; k < WordsOfBlock; k++)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(k * sizeof(ulong)), _words[i * WordsOfBlock + k]);
            copy.StartRow();
            copy.Write(set, NpgsqlDbType.Bigint);
            copy.Write(_blocks[i], NpgsqlDbType.Bigint);
            copy.Write(new BitArray(bytes), NpgsqlDbType.Bit);
        }
        await copy.CompleteAsync(cancellationToken);
    }
}

/// <summary>What PostgreSQL's <c>hashint8extended(id, 1)</c> says of a star's id: Jenkins' lookup3 over the two halves of the
/// number.</summary>
internal static class StarIdSum
{
    private const uint Start = 0x9e3779b9 + sizeof(uint) + 3923095;
    private static readonly (uint A, uint B, uint C) s_seeded = Mix(Start, Start + 1, Start);

    public static long Of(long value)
    {
        var low = (uint)value;
        var high = (uint)(value >> 32);
        var (a, b, c) = s_seeded;
        a += low ^ (value >= 0 ? high : ~high);
        c ^= b;
        c -= BitOperations.RotateLeft(b, 14);
        a ^= c;
        a -= BitOperations.RotateLeft(c, 11);
        b ^= a;
        b -= BitOperations.RotateLeft(a, 25);
        c ^= b;
        c -= BitOperations.RotateLeft(b, 16);
        a ^= c;
        a -= BitOperations.RotateLeft(c, 4);
        b ^= a;
        b -= BitOperations.RotateLeft(a, 14);
        c ^= b;
        c -= BitOperations.RotateLeft(b, 24);
        return (long)(((ulong)b << 32) | c);
    }

    private static (uint A, uint B, uint C) Mix(uint a, uint b, uint c)
    {
        a = (a - c) ^ BitOperations.RotateLeft(c, 4);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 6);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 8);
        b += a;
        a = (a - c) ^ BitOperations.RotateLeft(c, 16);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 19);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 4);
        b += a;
        return (a, b, c);
    }
}
