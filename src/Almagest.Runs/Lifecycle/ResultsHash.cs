using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The hash of a run's results: SHA-256 over its rows in the order of dataset checksum and catalogue id, both byte by byte. Equal hashes
/// mean equal rows to the last bit of every score, whatever the ledger, the number of threads, the batches or the mode of the views.
/// </summary>
/// <remarks>
/// A row is, big-endian: one byte that says what is there (1 = score, 2 = cluster, 4 = membership strength, 8 = membership probability,
/// 16 = flag probability, 32 = spread of the score, 64 = membership stability), the checksum as text, the number of bytes of source_id
/// (4 bytes), source_id in UTF-8, is_anomaly (1 byte), then what is there in this order: score (IEEE 754, 8 bytes), cluster_id (4 bytes),
/// strength, probability, flag probability, spread, stability (8 bytes each). Rows of one checksum and one source_id (a file that was
/// loaded twice) are in the order of their bytes. Not thread-safe.
/// </remarks>
internal sealed class ResultsHash : IDisposable
{
    /// <summary>What is stored as <c>results_hash_version</c>.</summary>
    public const int Version = 2;

    private const int FixedBytes = 1 + 4 + 1 + 8 + 4 + 5 * 8,
        EnoughToHash = 1 << 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The rows of the last id, which end the buffer: another one may have to come between them.
    private readonly List<int> _lengths = [];
    private byte[] _buffer = new byte[2 * EnoughToHash];
    private byte[] _checksum = [],
        _sourceId = [];
    private int _used;

    /// <param name="checksum">of the star's dataset, as text</param>
    /// <param name="sourceId">the catalogue's id, UTF-8</param>
    /// <exception cref="InvalidOperationException">the row comes before the last one</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> checksum, ReadOnlySpan<byte> sourceId, in StoredResult row)
    {
        var order = checksum.SequenceCompareTo(_checksum);
        order = order != 0 ? order : sourceId.SequenceCompareTo(_sourceId);
        if (order < 0)
            throw new InvalidOperationException("the rows came out of the order of checksum and source_id");
        if (order > 0)
        {
            EndId();
            (_checksum, _sourceId) = (checksum.SequenceEqual(_checksum) ? _checksum : checksum.ToArray(), sourceId.ToArray());
        }
        var most = _used + FixedBytes + checksum.Length + sourceId.Length;
        if (most > _buffer.Length)
            Array.Resize(ref _buffer, 2 * most);
        var length = Write(_buffer.AsSpan(_used), checksum, sourceId, row);
        _lengths.Add(length);
        _used += length;
    }

    /// <summary>64 hexadecimal digits.</summary>
    public string Finish()
    {
        EndId();
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
        (_checksum, _sourceId) = ([], []);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private void EndId()
    {
        if (_lengths.Count > 1)
        {
            var rows = new List<byte[]>();
            var start = _used - _lengths.Sum();
            for (var (i, at) = (0, start); i < _lengths.Count; at += _lengths[i++])
                rows.Add(_buffer[at..(at + _lengths[i])]);
            rows.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
            rows.SelectMany(row => row).ToArray().CopyTo(_buffer, start);
        }
        _lengths.Clear();
        if (_used < EnoughToHash)
            return;
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Write(Span<byte> to, ReadOnlySpan<byte> checksum, ReadOnlySpan<byte> sourceId, in StoredResult row)
    {
        var at = 0;
        to[at++] = row.Parts;
        checksum.CopyTo(to[at..]);
        at += checksum.Length;
        BinaryPrimitives.WriteInt32BigEndian(to[at..], sourceId.Length);
        at += 4;
        sourceId.CopyTo(to[at..]);
        at += sourceId.Length;
        to[at++] = row.IsAnomaly ? (byte)1 : (byte)0;
        at += Write(to[at..], row.Score);
        if (row.ClusterId is { } cluster)
        {
            BinaryPrimitives.WriteInt32BigEndian(to[at..], cluster);
            at += 4;
        }
        at += Write(to[at..], row.Strength);
        at += Write(to[at..], row.Probability);
        at += Write(to[at..], row.FlagProbability);
        at += Write(to[at..], row.ScoreSpread);
        return at + Write(to[at..], row.Stability);
    }

    private static int Write(Span<byte> to, double? value)
    {
        if (value is not { } known)
            return 0;
        BinaryPrimitives.WriteDoubleBigEndian(to, known);
        return 8;
    }

    public void Dispose() => _hash.Dispose();
}
