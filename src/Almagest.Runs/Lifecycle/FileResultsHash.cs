using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The hash of a run's results that are in files (<c>results_hash_version</c> 3): SHA-256 over the analysed stars in the order of the
/// catalogue's rows. Equal hashes mean equal files of the catalogue and equal results to the last bit, whatever the ledger. Of more rows
/// than can be put into the order of their ids at little cost; that of a run over the same stars in the ledger is another
/// (<see cref="ResultsHash"/>).
/// </summary>
/// <remarks>
/// First the dataset's checksum as text, behind the number of its bytes (4 bytes). Then a row for each star, big-endian: one byte that says
/// what is there as in version 2 (1 = score, 2 = cluster, 4 = membership strength, 8 = membership probability, 16 = flag probability,
/// 32 = spread of the score, 64 = membership stability), the number of the star's row among those of all files, from 0 (8 bytes),
/// is_anomaly (1 byte), then what is there in this order: score (IEEE 754, 8 bytes), cluster_id (4 bytes), strength, probability, flag
/// probability, spread, stability (8 bytes each). Not thread-safe.
/// </remarks>
internal sealed class FileResultsHash : IDisposable
{
    /// <summary>What is stored as <c>results_hash_version</c>.</summary>
    public const int Version = 3;

    private const int MostRowBytes = 1 + 8 + 1 + 4 + 6 * 8;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[MostRowBytes * 2048];
    private readonly long _firstStar;
    private int _used;

    /// <param name="checksum">of the dataset</param>
    /// <param name="firstStar">star_id of row 0</param>
    public FileResultsHash(string checksum, long firstStar)
    {
        _firstStar = firstStar;
        var text = Encoding.UTF8.GetBytes(checksum);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
        _hash.AppendData(length);
        _hash.AppendData(text);
    }

    /// <param name="row">greater in star_id than the one before</param>
    public void Add(in StoredResult row)
    {
        if (_buffer.Length - _used < MostRowBytes)
            Flush();
        var to = _buffer.AsSpan(_used);
        to[0] = row.Parts;
        BinaryPrimitives.WriteInt64BigEndian(to[1..], row.StarId - _firstStar);
        to[9] = row.IsAnomaly ? (byte)1 : (byte)0;
        var length = 10;
        length += Write(to[length..], row.Score);
        if (row.ClusterId is { } cluster)
        {
            BinaryPrimitives.WriteInt32BigEndian(to[length..], cluster);
            length += 4;
        }
        length += Write(to[length..], row.Strength);
        length += Write(to[length..], row.Probability);
        length += Write(to[length..], row.FlagProbability);
        length += Write(to[length..], row.ScoreSpread);
        length += Write(to[length..], row.Stability);
        _used += length;
    }

    /// <summary>64 hexadecimal digits.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private static int Write(Span<byte> to, double? value)
    {
        if (value is not { } known)
            return 0;
        BinaryPrimitives.WriteDoubleBigEndian(to, known);
        return 8;
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }

    public void Dispose() => _hash.Dispose();
}
