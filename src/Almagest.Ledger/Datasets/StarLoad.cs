using System.Globalization;
using System.Threading.Channels;
using Almagest.Catalog.Stars;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;
using RejectedRow = Almagest.Ledger.Model.RejectedRow;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// Brings the rows of a load into the tables, in one transaction; on a distributed ledger in two, of which the second makes the dataset
/// (<see cref="UnseenRows"/>). Rows whose source id is certainly new go straight into
/// <c>stars</c> by COPY; the few that may repeat an earlier one wait in a temporary table, and become stars where the database finds that
/// they do not. One thread parses while another writes. Star ids ascend in the order of the files, whichever way a row went.
/// </summary>
internal sealed class StarLoad : IAsyncDisposable
{
    /// <summary>Rows that wait in memory until they are written, and batches that they may keep alive.</summary>
    private const int MostWaiting = 65_536,
        MostHeld = 16;

    private readonly LedgerDatabase _ledger;
    private readonly NpgsqlConnection _connection;
    private readonly int _rejectedKept;
    private readonly List<Func<long, (string File, long Line)>> _files = [];
    private readonly List<RejectedRow> _rejected = [];
    private readonly SourceIdBloomFilter _seen;
    private readonly List<WaitingStar> _suspects = [];
    private readonly List<WaitingStar> _labels = [];
    private readonly Dataset _dataset;

    // Of a distributed ledger; null of others.
    private readonly UnseenRows? _unseen;
    private NpgsqlTransaction _transaction;
    private long _suspected;
    private int _held;
    private double _firstEpoch = double.NaN;
    private bool _oneEpoch = true;

    private StarLoad(
        LedgerDatabase ledger,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        UnseenRows? unseen,
        Dataset dataset,
        long fileBytes,
        int rejectedKept
    )
    {
        _ledger = ledger;
        _connection = connection;
        _transaction = transaction;
        _unseen = unseen;
        _dataset = dataset;
        _rejectedKept = rejectedKept;
        _seen = new SourceIdBloomFilter(fileBytes);
    }

    public long Rows { get; private set; }

    public long Rejected { get; private set; }

    public IReadOnlyList<RejectedRow> RejectedRows => _rejected;

    /// <summary>Begins with the dataset's own row, which <see cref="FinishAsync"/> completes.</summary>
    /// <param name="ledger">gives a second connection for the stars' ids</param>
    /// <param name="connection">in no transaction</param>
    /// <param name="fileBytes">of all files</param>
    public static async Task<StarLoad> BeginAsync(
        LedgerDatabase ledger,
        NpgsqlConnection connection,
        Dataset dataset,
        long fileBytes,
        int rejectedKept,
        CancellationToken cancellationToken
    )
    {
        UnseenRows? unseen = null;
        if (await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
        {
            dataset.DatasetId = (long)
                (
                    await connection.ScalarAsync(
                        "select nextval(pg_get_serial_sequence('public.datasets', 'dataset_id')::regclass)",
                        cancellationToken
                    )
                )!;
            unseen = await UnseenRows.HoldAsync(connection, UnseenRows.Stars, dataset.DatasetId, cancellationToken);
        }
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var load = new StarLoad(ledger, connection, transaction, unseen, dataset, fileBytes, rejectedKept);
        try
        {
            if (unseen is null)
                await load.InsertDatasetAsync(cancellationToken);
            else
                await unseen.AnnounceAsync(cancellationToken);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    private async Task InsertDatasetAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into public.datasets ({(
                _unseen is null ? "" : "dataset_id, "
            )}name, source, checksum, column_mapping, star_count, rejected_count){(_unseen is null ? "" : " overriding system value")}
            values ({(
                _unseen is null ? "" : "$3, "
            )}$1, '[]', $2, jsonb_build_object(), 0, 0) returning dataset_id, created_at
            """,
            _connection
        )
        {
            CommandTimeout = 0,
        };
        command.Parameters.Add(new() { Value = _dataset.Name });
        command.Parameters.Add(new() { Value = _dataset.Checksum });
        if (_unseen is not null)
            command.Parameters.Add(new() { Value = _dataset.DatasetId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        _dataset.DatasetId = reader.GetInt64(0);
        _dataset.CreatedAt = reader.GetDateTime(1);
    }

    /// <summary>Reads one file into the tables.</summary>
    /// <param name="advanced">called now and then, for a progress bar</param>
    public async Task AddAsync(string file, StarReader stars, Action advanced, CancellationToken cancellationToken)
    {
        _files.Add(line => Place(file, stars, line));
        var further = StarRows.FurtherOf(stars.Mapping);
        await using var source = await _ledger.ConnectAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<(StarBatch Batch, long[] Ids)>(
            new BoundedChannelOptions(4) { SingleReader = true, SingleWriter = true }
        );
        var parser = Task.Run(
            async () =>
            {
                try
                {
                    foreach (var batch in stars.ReadBatches(stop.Token))
                        await batches.Writer.WriteAsync((batch, await StarIdsAsync(source, batch.Count, stop.Token)), stop.Token);
                    batches.Writer.Complete();
                }
                catch (Exception e)
                {
                    batches.Writer.Complete(e);
                }
            },
            CancellationToken.None
        );
        NpgsqlBinaryImporter? copy = null;
        try
        {
            while (await batches.Reader.WaitToReadAsync(cancellationToken))
            {
                while (batches.Reader.TryRead(out var next))
                {
                    copy ??= await StarRows.BeginAsync(_connection, "public.stars (star_id, dataset_id", further, cancellationToken);
                    Write(copy, next.Batch, next.Ids, further);
                    foreach (var row in next.Batch.Rejected)
                        Reject(_files[^1](row.LineNumber), row.Field, row.Reason, row.Text);
                    Rejected += next.Batch.Rejected.Count;
                    advanced();
                    // A compressed file may hold much more than its size says.
                    await DiskSpace.RequireAsync(_ledger, 0, cancellationToken);
                    if (_held < MostHeld && _suspects.Count < MostWaiting && _labels.Count < MostWaiting)
                        continue;
                    copy = await CompleteAsync(copy, cancellationToken);
                    await FlushAsync(cancellationToken);
                }
            }
            copy = await CompleteAsync(copy, cancellationToken);
        }
        finally
        {
            if (copy is not null)
                await copy.DisposeAsync();
            await stop.CancelAsync();
            await parser;
        }
        await FlushAsync(cancellationToken);
    }

    /// <summary>Decides on the rows that may be repetitions, and completes the dataset with its counts.</summary>
    /// <param name="read">reads a file once more, for the lines on which repeated ids were first</param>
    public async Task FinishAsync(Func<int, IEnumerable<StarBatch>> read, CancellationToken cancellationToken)
    {
        _dataset.StarCount = Rows;
        if (_suspected > 0)
        {
            var columns = StarRows.Columns(StarRows.Further);
            // No index is asked: of a distributed ledger none knows all stars.
            await _connection.ExecuteAsync("analyze incoming", cancellationToken);
            await _connection.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    create temporary table stored on commit drop as
                    select i.star_id from incoming i
                    join public.stars s on s.dataset_id = {_dataset.DatasetId} and s.source_id = i.source_id
                    """
                ),
                cancellationToken
            );
            await _connection.ExecuteAsync(
                """
                create temporary table repeated on commit drop as
                select i.star_id, i.file, i.line, i.source_id
                from (select star_id, file, line, source_id, row_number() over (partition by source_id order by star_id) as place
                      from incoming) i
                left join stored s on s.star_id = i.star_id
                where i.place > 1 or s.star_id is not null
                """,
                cancellationToken
            );
            var repeated = await _connection.ExecuteAsync(
                "delete from incoming where star_id in (select star_id from repeated)",
                cancellationToken
            );
            await _connection.ExecuteAsync(
                $"""
                insert into public.stars (star_id, dataset_id, {columns})
                select star_id, $1, {columns} from incoming order by star_id
                """,
                cancellationToken,
                _dataset.DatasetId
            );
            await _connection.ExecuteAsync(
                """
                insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster)
                select star_id, 'truth', label_outlier, label_kind, label_cluster from incoming
                where label_outlier is not null or label_kind is not null or label_cluster is not null
                """,
                cancellationToken
            );
            _dataset.StarCount -= repeated;
            Rejected += repeated;
            if (repeated > 0)
                await RejectRepeatedAsync(read, cancellationToken);
        }
        if (_unseen is not null)
            await CommitStarsAsync(cancellationToken);
        _dataset.RejectedCount = Rejected;
        _dataset.ReferenceEpoch = _oneEpoch && !double.IsNaN(_firstEpoch) ? _firstEpoch : null;
        await using (
            var command = new NpgsqlCommand(
                "update public.datasets set source = $2, column_mapping = $3, reference_epoch = $4, star_count = $5, rejected_count = "
                    + "$6 where dataset_id = $1",
                _connection
            )
        )
        {
            command.Parameters.Add(new() { Value = _dataset.DatasetId });
            command.Parameters.Add(new() { Value = _dataset.Source, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = _dataset.ColumnMapping, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = (object?)_dataset.ReferenceEpoch ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
            command.Parameters.Add(new() { Value = _dataset.StarCount });
            command.Parameters.Add(new() { Value = _dataset.RejectedCount });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await StoreRejectedAsync(_connection, _dataset.DatasetId, _rejected, cancellationToken);
        await LedgerLayout.AfterStarsAsync(_connection, _dataset.DatasetId, cancellationToken);
    }

    /// <summary>From here on the dataset is there.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    // What nobody sees yet is committed; the dataset makes it seen.
    private async Task CommitStarsAsync(CancellationToken cancellationToken)
    {
        await _transaction.CommitAsync(cancellationToken);
        _transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await _unseen!.ShowAsync(cancellationToken);
        await InsertDatasetAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        if (_unseen is not null)
            await _unseen.ReleaseAsync();
    }

    /// <summary>Ids from the sequence of the table, ascending; another load may take some in between.</summary>
    private static async Task<long[]> StarIdsAsync(NpgsqlConnection source, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return [];
        await using var command = new NpgsqlCommand(
            "select array_agg(nextval(pg_get_serial_sequence('public.stars', 'star_id')::regclass)) from generate_series(1, $1)",
            source
        )
        {
            CommandTimeout = 0,
        };
        command.Parameters.Add(new() { Value = count });
        return (long[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private void Write(NpgsqlBinaryImporter copy, StarBatch batch, long[] ids, IReadOnlyList<int> further)
    {
        var waiting = _suspects.Count + _labels.Count;
        for (var i = 0; i < batch.Count; i++)
        {
            if (Rows == 0)
                _firstEpoch = batch.Epoch[i];
            else if (!batch.Epoch[i].Equals(_firstEpoch))
                _oneEpoch = false;
            Rows++;
            var star = new WaitingStar(ids[i], _files.Count - 1, batch, i);
            if (_seen.MayHave(StarRows.SourceId(batch, i)))
            {
                _suspects.Add(star);
                continue;
            }
            copy.StartRow();
            copy.Write(ids[i], NpgsqlDbType.Bigint);
            copy.Write(_dataset.DatasetId, NpgsqlDbType.Bigint);
            StarRows.Write(copy, batch, i, further);
            if (star.HasLabel)
                _labels.Add(star);
        }
        if (_suspects.Count + _labels.Count > waiting)
            _held++;
    }

    private static async Task<NpgsqlBinaryImporter?> CompleteAsync(NpgsqlBinaryImporter? copy, CancellationToken cancellationToken)
    {
        if (copy is null)
            return null;
        await copy.CompleteAsync(cancellationToken);
        await copy.DisposeAsync();
        return null;
    }

    /// <summary>Writes what waits; no other COPY may be under way.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_suspects.Count > 0)
        {
            if (_suspected == 0)
                await StarRows.CreateIncomingAsync(_connection, cancellationToken);
            await StarRows.CopySuspectsAsync(_connection, _suspects, cancellationToken);
            _suspected += _suspects.Count;
            _suspects.Clear();
        }
        if (_labels.Count > 0)
            await StarRows.CopyLabelsAsync(_connection, _labels, cancellationToken);
        _labels.Clear();
        _held = 0;
    }

    private async Task RejectRepeatedAsync(Func<int, IEnumerable<StarBatch>> read, CancellationToken cancellationToken)
    {
        var repeated = new List<(int File, long Line, string Id)>();
        await using (
            var command = new NpgsqlCommand(
                """
                select file, line, source_id from repeated order by star_id limit $1
                """,
                _connection
            )
            {
                CommandTimeout = 0,
            }
        )
        {
            command.Parameters.Add(new() { Value = _rejectedKept - _rejected.Count });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                repeated.Add((reader.GetInt32(0), reader.GetInt64(1), reader.GetString(2)));
        }
        var first = await Task.Run(() => FirstLines(repeated.Select(r => r.Id).ToHashSet(), read), cancellationToken);
        foreach (var (file, line, id) in repeated)
        {
            var (here, where) = (_files[file](line), "is there");
            if (first.TryGetValue(id, out var found))
            {
                var there = _files[found.File](found.Line);
                where = $"is on line {there.Line}{(there.File == here.File ? "" : $" of {there.File}")}";
            }
            Reject(here, "source_id", $"{where} already", id);
        }
    }

    private Dictionary<string, (int File, long Line)> FirstLines(HashSet<string> ids, Func<int, IEnumerable<StarBatch>> read)
    {
        var first = new Dictionary<string, (int, long)>();
        for (var file = 0; file < _files.Count && first.Count < ids.Count; file++)
        {
            foreach (var batch in read(file))
            {
                for (var i = 0; i < batch.Count; i++)
                    if (ids.Contains(StarRows.SourceId(batch, i)))
                        first.TryAdd(StarRows.SourceId(batch, i), (file, batch.LineNumber[i]));
                if (first.Count == ids.Count)
                    break;
            }
        }
        return first;
    }

    public static async Task StoreRejectedAsync(
        NpgsqlConnection connection,
        long datasetId,
        IReadOnlyList<RejectedRow> rejected,
        CancellationToken cancellationToken
    )
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy public.rejected_rows (dataset_id, ordinal, file, line_number, field, reason, value) from stdin (format binary)",
            cancellationToken
        );
        foreach (var row in rejected)
        {
            row.DatasetId = datasetId;
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(row.DatasetId, cancellationToken);
            await writer.WriteAsync(row.Ordinal, cancellationToken);
            await writer.WriteAsync(row.File, cancellationToken);
            await writer.WriteAsync(row.LineNumber, cancellationToken);
            await writer.WriteAsync(row.Field, cancellationToken);
            await writer.WriteAsync(row.Reason, cancellationToken);
            await writer.WriteAsync(row.Value, NpgsqlDbType.Text, cancellationToken);
        }
        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>A row as people find it: of a folder, by the file in it.</summary>
    public static (string File, long Line) Place(string file, StarReader stars, long line) =>
        stars.Locate(line) is (string part, var row) ? ($"{file}/{part}", row) : (file, line);

    private void Reject((string File, long Line) place, string field, string reason, string? value)
    {
        if (_rejected.Count >= _rejectedKept)
            return;
        _rejected.Add(
            new RejectedRow
            {
                Ordinal = _rejected.Count + 1,
                File = place.File,
                LineNumber = place.Line,
                Field = field,
                Reason = StoredText.WithoutNul(reason),
                Value = value is null ? null : StoredText.WithoutNul(value),
            }
        );
    }
}
