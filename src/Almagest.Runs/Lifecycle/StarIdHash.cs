using System.Buffers.Binary;
using System.Security.Cryptography;
using Almagest.Discovery.Clustering.Auto;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The first rule of a run's hash (<c>results_hash_version</c> 1), for runs that have it: SHA-256 over the rows in ascending order of
/// star_id, which differs from ledger to ledger. Today's is <see cref="ResultsHash"/>.
/// </summary>
/// <remarks>
/// A row is, big-endian: one byte that says what is there (1 = score, 2 = cluster, 4 = membership), star_id (8 bytes), is_anomaly (1 byte),
/// then what is there in this order: score (IEEE 754, 8 bytes), cluster_id (4 bytes), membership (8 bytes): HDBSCAN's strength, or the
/// probability of auto, which had one column. Not thread-safe.
/// </remarks>
internal sealed class StarIdHash : IDisposable
{
    private const int MostRowBytes = 1 + 8 + 1 + 8 + 4 + 8;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[MostRowBytes * 1024];
    private int _used;
    private long _last = long.MinValue;

    /// <summary>Whether every row came after one of a lesser star_id.</summary>
    public bool InOrder { get; private set; } = true;

    /// <param name="row">of a run of that algorithm</param>
    public void Add(string algorithm, in StoredResult row) =>
        Add(row.StarId, row.IsAnomaly, row.Score, row.ClusterId, MembershipOf(algorithm, row));

    /// <summary>The one number that was stored of a membership then.</summary>
    public static double? MembershipOf(string algorithm, in StoredResult row) =>
        algorithm == AutoParameters.Name ? row.Probability : row.Strength;

    private void Add(long starId, bool isAnomaly, double? score, int? clusterId, double? membership)
    {
        InOrder &= starId > _last;
        _last = starId;
        if (_buffer.Length - _used < MostRowBytes)
            Flush();
        var row = _buffer.AsSpan(_used);
        row[0] = (byte)((score is null ? 0 : 1) | (clusterId is null ? 0 : 2) | (membership is null ? 0 : 4));
        BinaryPrimitives.WriteInt64BigEndian(row[1..], starId);
        row[9] = isAnomaly ? (byte)1 : (byte)0;
        var length = 10;
        if (score is { } s)
        {
            BinaryPrimitives.WriteDoubleBigEndian(row[length..], s);
            length += 8;
        }
        if (clusterId is { } c)
        {
            BinaryPrimitives.WriteInt32BigEndian(row[length..], c);
            length += 4;
        }
        if (membership is { } p)
        {
            BinaryPrimitives.WriteDoubleBigEndian(row[length..], p);
            length += 8;
        }
        _used += length;
    }

    /// <summary>64 hexadecimal digits.</summary>
    /// <exception cref="InvalidOperationException">the rows were not in order</exception>
    public string Finish()
    {
        if (!InOrder)
            throw new InvalidOperationException("the rows came out of the order of star_id");
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }

    public void Dispose() => _hash.Dispose();
}
