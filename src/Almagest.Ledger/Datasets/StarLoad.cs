using System.Threading.Channels;
using Almagest.Catalog.Stars;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;
using RejectedRow = Almagest.Ledger.Model.RejectedRow;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// Brings the rows of a load into the tables, in the caller's transaction. Rows whose source id is certainly new go straight into
/// <c>stars</c> by COPY; the few that may repeat an earlier one wait in a temporary table, and become stars where the database finds that they do not.
/// One thread parses while another writes. Star ids ascend in the order of the files, whichever way a row went.
/// </summary>
internal sealed class StarLoad
{
    /// <summary>Rows that wait in memory until they are written, and batches that they may keep alive.</summary>
    const int MostWaiting = 65_536, MostHeld = 16;

    readonly LedgerDatabase ledger;
    readonly NpgsqlConnection connection;
    readonly int rejectedKept;
    readonly List<string> files = [];
    readonly List<RejectedRow> rejected = [];
    readonly SeenIds seen;
    readonly List<WaitingStar> suspects = [];
    readonly List<WaitingStar> labels = [];
    readonly Dataset dataset;
    long suspected;
    int held;
    double firstEpoch = double.NaN;
    bool oneEpoch = true;

    StarLoad(LedgerDatabase ledger, NpgsqlConnection connection, Dataset dataset, long fileBytes, int rejectedKept)
    {
        this.ledger = ledger;
        this.connection = connection;
        this.dataset = dataset;
        this.rejectedKept = rejectedKept;
        seen = new SeenIds(fileBytes);
    }

    public long Rows { get; private set; }

    public long Rejected { get; private set; }

    public IReadOnlyList<RejectedRow> RejectedRows => rejected;

    /// <summary>Begins with the dataset's own row, which <see cref="FinishAsync"/> completes.</summary>
    /// <param name="ledger">gives a second connection for the stars' ids</param>
    /// <param name="connection">in a transaction</param>
    /// <param name="fileBytes">of all files</param>
    public static async Task<StarLoad> BeginAsync(LedgerDatabase ledger, NpgsqlConnection connection, Dataset dataset, long fileBytes, int rejectedKept, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            insert into public.datasets (name, source, checksum, column_mapping, star_count, rejected_count)
            values ($1, '[]', $2, '{}', 0, 0) returning dataset_id, created_at
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = dataset.Name });
        command.Parameters.Add(new() { Value = dataset.Checksum });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        dataset.DatasetId = reader.GetInt64(0);
        dataset.CreatedAt = reader.GetDateTime(1);
        return new StarLoad(ledger, connection, dataset, fileBytes, rejectedKept);
    }

    /// <summary>Reads one file into the tables.</summary>
    /// <param name="advanced">called now and then, for a progress bar</param>
    public async Task AddAsync(string file, StarReader stars, Action advanced, CancellationToken cancellation)
    {
        files.Add(file);
        await using var source = await ledger.ConnectAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<(StarBatch Batch, long[] Ids)>(new BoundedChannelOptions(4) { SingleReader = true, SingleWriter = true });
        var parser = Task.Run(async () =>
        {
            try
            {
                foreach (var batch in stars.ReadBatches(stop.Token)) await batches.Writer.WriteAsync((batch, await StarIdsAsync(source, batch.Count, stop.Token)), stop.Token);
                batches.Writer.Complete();
            }
            catch (Exception e)
            {
                batches.Writer.Complete(e);
            }
        }, CancellationToken.None);
        NpgsqlBinaryImporter? copy = null;
        try
        {
            while (await batches.Reader.WaitToReadAsync(cancellation))
            {
                while (batches.Reader.TryRead(out var next))
                {
                    copy ??= await StarRows.BeginAsync(connection, "public.stars (star_id, dataset_id", cancellation);
                    Write(copy, next.Batch, next.Ids);
                    foreach (var row in next.Batch.Rejected) Reject(file, row.LineNumber, row.Field, row.Reason, row.Text);
                    Rejected += next.Batch.Rejected.Count;
                    advanced();
                    if (held < MostHeld && suspects.Count < MostWaiting && labels.Count < MostWaiting) continue;
                    copy = await CompleteAsync(copy, cancellation);
                    await FlushAsync(cancellation);
                }
            }
            copy = await CompleteAsync(copy, cancellation);
        }
        finally
        {
            if (copy is not null) await copy.DisposeAsync();
            await stop.CancelAsync();
            await parser;
        }
        await FlushAsync(cancellation);
    }

    /// <summary>Decides on the rows that may be repetitions, and completes the dataset with its counts.</summary>
    /// <param name="read">reads a file once more, for the lines on which repeated ids were first</param>
    public async Task FinishAsync(Func<int, IEnumerable<StarBatch>> read, CancellationToken cancellation)
    {
        dataset.StarCount = Rows;
        if (suspected > 0)
        {
            var stored = await connection.ExecuteAsync($"""
                insert into public.stars (star_id, dataset_id, {StarRows.Columns})
                select star_id, $1, {StarRows.Columns} from incoming order by star_id
                on conflict (dataset_id, source_id) do nothing
                """, cancellation, dataset.DatasetId);
            await connection.ExecuteAsync("""
                insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster)
                select star_id, 'truth', label_outlier, label_kind, label_cluster from incoming join public.stars using (star_id)
                where label_outlier is not null or label_kind is not null or label_cluster is not null
                """, cancellation);
            var repeated = suspected - stored;
            dataset.StarCount -= repeated;
            Rejected += repeated;
            if (repeated > 0) await RejectRepeatedAsync(read, cancellation);
        }
        dataset.RejectedCount = Rejected;
        dataset.ReferenceEpoch = oneEpoch && !double.IsNaN(firstEpoch) ? firstEpoch : null;
        await using (var command = new NpgsqlCommand(
            "update public.datasets set source = $2, column_mapping = $3, reference_epoch = $4, star_count = $5, rejected_count = $6 where dataset_id = $1", connection))
        {
            command.Parameters.Add(new() { Value = dataset.DatasetId });
            command.Parameters.Add(new() { Value = dataset.Source, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = dataset.ColumnMapping, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = (object?)dataset.ReferenceEpoch ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
            command.Parameters.Add(new() { Value = dataset.StarCount });
            command.Parameters.Add(new() { Value = dataset.RejectedCount });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await StoreRejectedAsync(cancellation);
    }

    /// <summary>Ids from the sequence of the table, ascending; another load may take some in between.</summary>
    static async Task<long[]> StarIdsAsync(NpgsqlConnection source, int count, CancellationToken cancellation)
    {
        if (count == 0) return [];
        await using var command = new NpgsqlCommand("select array_agg(nextval(pg_get_serial_sequence('public.stars', 'star_id')::regclass)) from generate_series(1, $1)", source) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = count });
        return (long[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    void Write(NpgsqlBinaryImporter copy, StarBatch batch, long[] ids)
    {
        var waiting = suspects.Count + labels.Count;
        for (var i = 0; i < batch.Count; i++)
        {
            if (Rows == 0) firstEpoch = batch.Epoch[i];
            else if (!batch.Epoch[i].Equals(firstEpoch)) oneEpoch = false;
            Rows++;
            var star = new WaitingStar(ids[i], files.Count - 1, batch, i);
            if (seen.MayHave(StarRows.SourceId(batch, i)))
            {
                suspects.Add(star);
                continue;
            }
            copy.StartRow();
            copy.Write(ids[i], NpgsqlDbType.Bigint);
            copy.Write(dataset.DatasetId, NpgsqlDbType.Bigint);
            StarRows.Write(copy, batch, i);
            if (star.HasLabel) labels.Add(star);
        }
        if (suspects.Count + labels.Count > waiting) held++;
    }

    static async Task<NpgsqlBinaryImporter?> CompleteAsync(NpgsqlBinaryImporter? copy, CancellationToken cancellation)
    {
        if (copy is null) return null;
        await copy.CompleteAsync(cancellation);
        await copy.DisposeAsync();
        return null;
    }

    /// <summary>Writes what waits; no other COPY may be under way.</summary>
    async Task FlushAsync(CancellationToken cancellation)
    {
        if (suspects.Count > 0)
        {
            if (suspected == 0) await StarRows.CreateIncomingAsync(connection, cancellation);
            await StarRows.CopySuspectsAsync(connection, suspects, cancellation);
            suspected += suspects.Count;
            suspects.Clear();
        }
        if (labels.Count > 0) await StarRows.CopyLabelsAsync(connection, labels, cancellation);
        labels.Clear();
        held = 0;
    }

    async Task RejectRepeatedAsync(Func<int, IEnumerable<StarBatch>> read, CancellationToken cancellation)
    {
        var repeated = new List<(int File, long Line, string Id)>();
        await using (var command = new NpgsqlCommand("""
            select file, line, source_id from incoming i
            where not exists (select 1 from public.stars s where s.star_id = i.star_id) order by star_id limit $1
            """, connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(new() { Value = rejectedKept - rejected.Count });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) repeated.Add((reader.GetInt32(0), reader.GetInt64(1), reader.GetString(2)));
        }
        var first = await Task.Run(() => FirstLines(repeated.Select(r => r.Id).ToHashSet(), read), cancellation);
        foreach (var (file, line, id) in repeated)
        {
            var where = !first.TryGetValue(id, out var found) ? "is there" : $"is on line {found.Line}{(found.File == file ? "" : $" of {files[found.File]}")}";
            Reject(files[file], line, "source_id", $"{where} already", id);
        }
    }

    Dictionary<string, (int File, long Line)> FirstLines(HashSet<string> ids, Func<int, IEnumerable<StarBatch>> read)
    {
        var first = new Dictionary<string, (int, long)>();
        for (var file = 0; file < files.Count && first.Count < ids.Count; file++)
        {
            foreach (var batch in read(file))
            {
                for (var i = 0; i < batch.Count; i++)
                    if (ids.Contains(StarRows.SourceId(batch, i))) first.TryAdd(StarRows.SourceId(batch, i), (file, batch.LineNumber[i]));
                if (first.Count == ids.Count) break;
            }
        }
        return first;
    }

    async Task StoreRejectedAsync(CancellationToken cancellation)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy public.rejected_rows (dataset_id, ordinal, file, line_number, field, reason, value) from stdin (format binary)", cancellation);
        foreach (var row in rejected)
        {
            row.DatasetId = dataset.DatasetId;
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.DatasetId, cancellation);
            await writer.WriteAsync(row.Ordinal, cancellation);
            await writer.WriteAsync(row.File, cancellation);
            await writer.WriteAsync(row.LineNumber, cancellation);
            await writer.WriteAsync(row.Field, cancellation);
            await writer.WriteAsync(row.Reason, cancellation);
            await writer.WriteAsync(row.Value, NpgsqlDbType.Text, cancellation);
        }
        await writer.CompleteAsync(cancellation);
    }

    void Reject(string file, long line, string field, string reason, string? value)
    {
        if (rejected.Count >= rejectedKept) return;
        rejected.Add(new RejectedRow
        {
            Ordinal = rejected.Count + 1, File = file, LineNumber = line, Field = field, Reason = StarRows.WithoutNul(reason), Value = value is null ? null : StarRows.WithoutNul(value),
        });
    }
}
