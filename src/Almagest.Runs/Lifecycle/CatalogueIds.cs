using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>By what stars are the same in every ledger: the checksum of their dataset and the catalogue's id.</summary>
internal sealed class CatalogueIds
{
    private static readonly byte[] s_none = [];

    private readonly Dictionary<long, byte[]> _checksums;
    private readonly long[] _datasets;
    private readonly byte[] _text;
    private readonly int[] _ends;

    private CatalogueIds(Dictionary<long, byte[]> checksums, long[] datasets, byte[] text, int[] ends)
    {
        _checksums = checksums;
        _datasets = datasets;
        _text = text;
        _ends = ends;
    }

    private int Count => _ends.Length;

    private ReadOnlySpan<byte> Checksum(int row) => ChecksumOf(_datasets[row]);

    private byte[] ChecksumOf(long dataset) => _checksums.GetValueOrDefault(dataset, s_none);

    private ReadOnlySpan<byte> SourceId(int row) => _text.AsSpan((row == 0 ? 0 : _ends[row - 1])..(_ends[row]));

    /// <param name="starIds">ascending; a star that is not there counts as one of no catalogue, under its star_id</param>
    public static async Task<CatalogueIds> ReadAsync(NpgsqlConnection connection, long[] starIds, CancellationToken cancellationToken)
    {
        var datasets = new long[starIds.Length];
        var ends = new int[starIds.Length];
        var text = new MemoryStream(24 * starIds.Length);
        var next = 0;
        await StarLookup.ReadAsync(
            connection,
            "dataset_id, source_id",
            starIds,
            reader =>
            {
                PutMissing(reader.GetInt64(0));
                if (next < starIds.Length && starIds[next] == reader.GetInt64(0))
                    Put(reader.GetInt64(1), reader.GetString(2));
            },
            cancellationToken
        );
        PutMissing(long.MaxValue);
        return new CatalogueIds(await ChecksumsAsync(connection, datasets, cancellationToken), datasets, text.GetBuffer(), ends);

        void PutMissing(long before)
        {
            while (next < starIds.Length && starIds[next] < before)
                Put(0, starIds[next].ToString(CultureInfo.InvariantCulture));
        }

        void Put(long dataset, string id)
        {
            datasets[next] = dataset;
            text.Write(Encoding.UTF8.GetBytes(id));
            ends[next++] = checked((int)text.Length);
        }
    }

    private static async Task<Dictionary<long, byte[]>> ChecksumsAsync(
        NpgsqlConnection connection,
        long[] datasets,
        CancellationToken cancellationToken
    )
    {
        var checksums = new Dictionary<long, byte[]>();
        await using var command = new NpgsqlCommand(
            "select dataset_id, checksum from public.datasets where dataset_id = any($1)",
            connection
        )
        {
            Parameters = { new() { Value = datasets.Distinct().ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            checksums[reader.GetInt64(0)] = Encoding.UTF8.GetBytes(reader.GetString(1));
        return checksums;
    }

    private int[] Order()
    {
        var order = Enumerable.Range(0, Count).ToArray();
        // Mostly one. Two may have one checksum: a file that was loaded twice.
        var ranks = _checksums.Values.Append(s_none).Select(Convert.ToHexString).Distinct().Order(StringComparer.Ordinal).ToList();
        var rankOf = _datasets.Distinct().ToDictionary(d => d, d => ranks.IndexOf(Convert.ToHexString(ChecksumOf(d))));
        if (rankOf.Values.Distinct().Count() > 1)
            Array.Sort(Array.ConvertAll(_datasets, d => rankOf[d]), order);
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = rankOf.Count == 1 ? order.Length : start + 1;
            while (end < order.Length && rankOf[_datasets[order[end]]] == rankOf[_datasets[order[start]]])
                end++;
            SortById(order.AsSpan(start..end));
        }
        return order;
    }

    // Ids of one file often begin alike. The eight bytes after that, as a number, tell most of them apart.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortById(Span<int> rows)
    {
        var first = SourceId(rows[0]);
        var alike = first.Length;
        foreach (var row in rows)
            alike = first[..alike].CommonPrefixLength(SourceId(row));
        var heads = new ulong[rows.Length];
        for (var i = 0; i < heads.Length; i++)
            heads[i] = Head(SourceId(rows[i])[alike..]);
        heads.AsSpan().Sort(rows);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = start + 1;
            while (end < rows.Length && heads[end] == heads[start])
                end++;
            if (end - start > 1)
                rows[start..end].Sort((a, b) => SourceId(a).SequenceCompareTo(SourceId(b)));
        }
    }

    private static ulong Head(ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[8];
        head.Clear();
        text[..Math.Min(8, text.Length)].CopyTo(head);
        return BinaryPrimitives.ReadUInt64BigEndian(head);
    }

    /// <summary>Goes over the stars in ascending order of checksum and id, byte by byte.</summary>
    /// <param name="row">given checksum, id and the place of the star</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void InOrder(Action<ReadOnlySpan<byte>, ReadOnlySpan<byte>, int> row)
    {
        foreach (var i in Order())
            row(Checksum(i), SourceId(i), i);
    }
}
