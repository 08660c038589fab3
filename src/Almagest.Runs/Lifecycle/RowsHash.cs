using System.Text;
using Almagest.Ledger.Scratch;
using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The hash of rows that come in order of star_id, by the rule of <see cref="ResultsHash"/>, whose order is another: so many as fit are put
/// into that order at a time, those of large runs in files, which are merged.
/// </summary>
internal static class RowsHash
{
    /// <summary>Rows that are sorted in memory where there are no more.</summary>
    private const int Whole = 1 << 20;

    /// <summary>Rows that are sorted in memory where there are more.</summary>
    private const int Part = 1 << 18;

    /// <summary>Rows of so many that are sorted in memory at once.</summary>
    public static int SortedAtOnce(int rows, int whole = Whole, int part = Part) => rows <= whole ? whole : part;

    /// <param name="row">in ascending order of star_id; asked for within one part in any order, for the parts one after the other</param>
    /// <param name="whole">rows that are sorted in memory where there are no more</param>
    /// <param name="part">where there are more</param>
    public static async Task<string> OfAsync(
        NpgsqlConnection connection,
        int count,
        Func<int, StoredResult> row,
        CancellationToken cancellationToken,
        int whole = Whole,
        int part = Part
    )
    {
        var chunk = SortedAtOnce(count, whole, part);
        using var room = new ScratchRoom();
        var files = new List<Stream>();
        for (var first = 0; first < count || first == 0; first += chunk)
        {
            var (start, length) = (first, Math.Min(chunk, count - first));
            var ids = new long[length];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = row(start + i).StarId;
            var named = await CatalogueIds.ReadAsync(connection, ids, cancellationToken);
            if (length == count)
            {
                using var hash = new ResultsHash();
                named.InOrder((checksum, id, i) => hash.Add(checksum, id, row(i)));
                return hash.Finish();
            }
            var file = room.CreateStream();
            var writer = new BinaryWriter(file, Encoding.UTF8, true);
            named.InOrder((checksum, id, i) => Write(writer, checksum, id, row(start + i)));
            writer.Flush();
            file.Position = 0;
            files.Add(file);
        }
        return Merge(files, cancellationToken);
    }

    private static string Merge(List<Stream> files, CancellationToken cancellationToken)
    {
        using var hash = new ResultsHash();
        var next = new PriorityQueue<Source, Key>();
        foreach (var file in files)
        {
            var source = new Source(new BinaryReader(file));
            if (source.Next())
                next.Enqueue(source, source.Key);
        }
        for (long done = 0; next.Count > 0; done++)
        {
            if (done % 65536 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var source = next.Peek();
            hash.Add(source.Key.Checksum, source.Key.Id, source.Row);
            if (source.Next())
                next.DequeueEnqueue(source, source.Key);
            else
                next.Dequeue();
        }
        return hash.Finish();
    }

    private static void Write(BinaryWriter to, ReadOnlySpan<byte> checksum, ReadOnlySpan<byte> id, in StoredResult row)
    {
        to.Write7BitEncodedInt(checksum.Length);
        to.Write(checksum);
        to.Write7BitEncodedInt(id.Length);
        to.Write(id);
        to.Write(row.IsAnomaly);
        to.Write(row.ClusterId.HasValue);
        to.Write(row.ClusterId ?? 0);
        Write(to, row.Score);
        Write(to, row.Strength);
        Write(to, row.Probability);
        Write(to, row.FlagProbability);
        Write(to, row.ScoreSpread);
        Write(to, row.Stability);
    }

    private static void Write(BinaryWriter to, double? value)
    {
        to.Write(value.HasValue);
        if (value is { } known)
            to.Write(known);
    }

    /// <summary>What the rows are in order of.</summary>
    private readonly record struct Key(byte[] Checksum, byte[] Id) : IComparable<Key>
    {
        public int CompareTo(Key other)
        {
            var order = Checksum.AsSpan().SequenceCompareTo(other.Checksum);
            return order != 0 ? order : Id.AsSpan().SequenceCompareTo(other.Id);
        }
    }

    /// <summary>A file of rows in the order of the hash.</summary>
    private sealed class Source(BinaryReader from)
    {
        private readonly long _end = from.BaseStream.Length;

        public Key Key { get; private set; }

        public StoredResult Row { get; private set; }

        public bool Next()
        {
            if (from.BaseStream.Position == _end)
                return false;
            var checksum = from.ReadBytes(from.Read7BitEncodedInt());
            Key = new Key(
                checksum.AsSpan().SequenceEqual(Key.Checksum) ? Key.Checksum : checksum,
                from.ReadBytes(from.Read7BitEncodedInt())
            );
            var (isAnomaly, isCluster, cluster) = (from.ReadBoolean(), from.ReadBoolean(), from.ReadInt32());
            Row = new StoredResult(
                // The hash does not look at it.
                0,
                isAnomaly,
                Double(),
                isCluster ? cluster : null,
                Double(),
                Double(),
                Double(),
                Double(),
                Double()
            );
            return true;
        }

        private double? Double() => from.ReadBoolean() ? from.ReadDouble() : null;
    }
}
