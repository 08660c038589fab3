using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>By what stars are the same in every ledger: the checksum of their dataset and the catalogue's id.</summary>
internal sealed class CatalogueIds
{
    private const int ChunkSize = 65_536;

    // A stretch of star ids is read whole where at least this part of it is wanted.
    private const int Sparse = 4;

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

    public int Count => _ends.Length;

    public ReadOnlySpan<byte> Checksum(int row) => _checksums.GetValueOrDefault(_datasets[row], s_none);

    public ReadOnlySpan<byte> SourceId(int row) => _text.AsSpan((row == 0 ? 0 : _ends[row - 1])..(_ends[row]));

    /// <param name="starIds">ascending; a star that is not there counts as one of no catalogue, under its star_id</param>
    public static async Task<CatalogueIds> ReadAsync(NpgsqlConnection connection, long[] starIds, CancellationToken cancellationToken)
    {
        var datasets = new long[starIds.Length];
        var ends = new int[starIds.Length];
        var text = new MemoryStream(24 * starIds.Length);
        for (var first = 0; first < starIds.Length; first += ChunkSize)
        {
            var last = Math.Min(starIds.Length, first + ChunkSize);
            await using var command = Command(connection, starIds.AsSpan(first..last));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var next = first;
            while (await reader.ReadAsync(cancellationToken))
            {
                var star = reader.GetInt64(0);
                for (; next < last && starIds[next] < star; next++)
                    Put(next, 0, starIds[next].ToString(System.Globalization.CultureInfo.InvariantCulture));
                if (next < last && starIds[next] == star)
                    Put(next++, reader.GetInt64(1), reader.GetString(2));
            }
            for (; next < last; next++)
                Put(next, 0, starIds[next].ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        return new CatalogueIds(await ChecksumsAsync(connection, datasets, cancellationToken), datasets, text.ToArray(), ends);

        void Put(int row, long dataset, string id)
        {
            datasets[row] = dataset;
            text.Write(Encoding.UTF8.GetBytes(id));
            ends[row] = checked((int)text.Length);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, ReadOnlySpan<long> starIds)
    {
        var dense = starIds[^1] - starIds[0] < (long)Sparse * starIds.Length;
        var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 3600 };
        command.CommandText =
            "select star_id, dataset_id, source_id from public.stars where "
            + (dense ? "star_id between $1 and $2" : "star_id = any($1)")
            + " order by star_id";
        if (dense)
        {
            command.Parameters.Add(new() { Value = starIds[0] });
            command.Parameters.Add(new() { Value = starIds[^1] });
        }
        else
            command.Parameters.Add(new() { Value = starIds.ToArray() });
        return command;
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

    /// <summary>The rows in ascending order of checksum and id, byte by byte.</summary>
    public int[] Order()
    {
        var order = new int[Count];
        // Most comparisons of ids end within their first eight bytes.
        var heads = new ulong[Count];
        var sorted = true;
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
            heads[row] = Head(SourceId(row));
            sorted &= row == 0 || Compare(heads, row - 1, row) <= 0;
        }
        if (!sorted)
            Array.Sort(order, (a, b) => Compare(heads, a, b));
        return order;
    }

    private int Compare(ulong[] heads, int a, int b)
    {
        if (_datasets[a] != _datasets[b] && Checksum(a).SequenceCompareTo(Checksum(b)) is not 0 and var order)
            return order;
        return heads[a] != heads[b] ? heads[a].CompareTo(heads[b]) : SourceId(a).SequenceCompareTo(SourceId(b));
    }

    private static ulong Head(ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[8];
        text[..Math.Min(8, text.Length)].CopyTo(head);
        return BinaryPrimitives.ReadUInt64BigEndian(head);
    }

    /// <summary>The hash of rows of these stars, in their order.</summary>
    public string Hash(Func<int, StoredResult> row)
    {
        using var hash = new ResultsHash();
        foreach (var i in Order())
            hash.Add(Checksum(i), SourceId(i), row(i));
        return hash.Finish();
    }
}
