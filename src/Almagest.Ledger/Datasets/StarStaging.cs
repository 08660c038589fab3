using System.Threading.Channels;
using Almagest.Ledger.Database;
using Almagest.Catalog;
using Almagest.Discovery.Sky;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;
using RejectedRow = Almagest.Ledger.Model.RejectedRow;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// A temporary table in which the rows of a load are collected before they become stars: repeated source ids are found there,
/// by the database and in bounded memory, without breaking the load off. One parser thread feeds one COPY.
/// </summary>
internal sealed class StarStaging
{
    const string StarColumns = "source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color, radial_velocity_km_s, ruwe, healpix_29, extra";

    readonly NpgsqlConnection connection;
    readonly int rejectedKept;
    readonly List<string> files = [];
    readonly List<RejectedRow> rejected = [];

    StarStaging(NpgsqlConnection connection, int rejectedKept)
    {
        this.connection = connection;
        this.rejectedKept = rejectedKept;
    }

    public long Rows { get; private set; }

    public long Rejected { get; private set; }

    double firstEpoch = double.NaN;
    bool oneEpoch = true;

    /// <summary>Julian year for which every star's position holds; null where it is not known or differs.</summary>
    public double? Epoch => oneEpoch && !double.IsNaN(firstEpoch) ? firstEpoch : null;

    public IReadOnlyList<RejectedRow> RejectedRows => rejected;

    public static async Task<StarStaging> CreateAsync(NpgsqlConnection connection, int rejectedKept, CancellationToken cancellation)
    {
        await connection.ExecuteAsync("""
            create temporary table incoming (
              ordinal bigint not null, file integer not null, line bigint not null,
              source_id text not null, ra_deg double precision not null, dec_deg double precision not null,
              parallax_mas double precision, parallax_error_mas double precision, pmra_mas_yr double precision, pmdec_mas_yr double precision,
              magnitude double precision, color double precision, radial_velocity_km_s double precision, ruwe double precision,
              healpix_29 bigint not null, extra jsonb, label_outlier integer, label_kind text, label_cluster text
            ) on commit drop
            """, cancellation);
        return new StarStaging(connection, rejectedKept);
    }

    /// <summary>Reads one file into the table.</summary>
    /// <param name="advanced">called now and then, for a progress bar</param>
    public async Task AddAsync(string file, StarReader stars, Action advanced, CancellationToken cancellation)
    {
        files.Add(file);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<StarBatch>(new BoundedChannelOptions(4) { SingleReader = true, SingleWriter = true });
        var parser = Task.Run(async () =>
        {
            try
            {
                foreach (var batch in stars.ReadBatches(stop.Token)) await batches.Writer.WriteAsync(batch, stop.Token);
                batches.Writer.Complete();
            }
            catch (Exception e)
            {
                batches.Writer.Complete(e);
            }
        }, stop.Token);
        try
        {
            await using var writer = await connection.BeginBinaryImportAsync(
                $"copy incoming (ordinal, file, line, {StarColumns}, label_outlier, label_kind, label_cluster) from stdin (format binary)", cancellation);
            writer.Timeout = TimeSpan.FromHours(1);
            while (await NextAsync(batches.Reader, cancellation) is { } batch)
            {
                Write(writer, batch);
                foreach (var row in batch.Rejected) Reject(file, row.LineNumber, row.Field, row.Reason, row.Text);
                Rejected += batch.Rejected.Count;
                advanced();
            }
            await writer.CompleteAsync(cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await parser;
        }
    }

    /// <summary>Makes stars of the rows, in the order of the files, and stores the dataset with its counts.</summary>
    public async Task<Dataset> StoreAsync(Dataset dataset, CancellationToken cancellation)
    {
        await using (var command = new NpgsqlCommand("""
            insert into public.datasets (name, source, checksum, column_mapping, reference_epoch, star_count, rejected_count)
            values ($1, $2, $3, $4, $5, 0, 0) returning dataset_id, created_at
            """, connection))
        {
            command.Parameters.Add(new() { Value = dataset.Name });
            command.Parameters.Add(new() { Value = dataset.Source, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = dataset.Checksum });
            command.Parameters.Add(new() { Value = dataset.ColumnMapping, NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = (object?)dataset.ReferenceEpoch ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            dataset.DatasetId = reader.GetInt64(0);
            dataset.CreatedAt = reader.GetDateTime(1);
        }
        dataset.StarCount = await connection.ExecuteAsync($"""
            insert into public.stars (dataset_id, {StarColumns})
            select $1, {StarColumns} from incoming order by ordinal
            on conflict (dataset_id, source_id) do nothing
            """, cancellation, dataset.DatasetId);
        if (dataset.StarCount < Rows) await RejectRepeatedAsync(cancellation);
        dataset.RejectedCount = Rejected;
        await connection.ExecuteAsync("""
            insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster)
            select s.star_id, 'truth', first.label_outlier, first.label_kind, first.label_cluster
            from (
              select distinct on (source_id) source_id, label_outlier, label_kind, label_cluster from incoming order by source_id, ordinal
            ) first
            join public.stars s on s.dataset_id = $1 and s.source_id = first.source_id
            where first.label_outlier is not null or first.label_kind is not null or first.label_cluster is not null
            """, cancellation, dataset.DatasetId);
        await connection.ExecuteAsync("update public.datasets set star_count = $2, rejected_count = $3 where dataset_id = $1",
            cancellation, dataset.DatasetId, dataset.StarCount, dataset.RejectedCount);
        await StoreRejectedAsync(dataset.DatasetId, cancellation);
        return dataset;
    }

    async Task RejectRepeatedAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            select file, line, source_id, first_line from (
              select ordinal, file, line, source_id,
                     row_number() over by_id as nth, first_value(line) over by_id as first_line
              from incoming window by_id as (partition by source_id order by ordinal)
            ) x where nth > 1 order by ordinal
            """, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            Reject(files[reader.GetInt32(0)], reader.GetInt64(1), "source_id", $"is on line {reader.GetInt64(3)} already", reader.GetString(2));
            Rejected++;
        }
    }

    async Task StoreRejectedAsync(long datasetId, CancellationToken cancellation)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy public.rejected_rows (dataset_id, ordinal, file, line_number, field, reason, value) from stdin (format binary)", cancellation);
        foreach (var row in rejected)
        {
            row.DatasetId = datasetId;
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(datasetId, cancellation);
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
            Ordinal = rejected.Count + 1, File = file, LineNumber = line, Field = field, Reason = WithoutNul(reason), Value = value is null ? null : WithoutNul(value),
        });
    }

    void Write(NpgsqlBinaryImporter writer, StarBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (Rows == 0) firstEpoch = batch.Epoch[i];
            else if (!batch.Epoch[i].Equals(firstEpoch)) oneEpoch = false;
            writer.StartRow();
            writer.Write(++Rows, NpgsqlDbType.Bigint);
            writer.Write(files.Count - 1, NpgsqlDbType.Integer);
            writer.Write(batch.LineNumber[i], NpgsqlDbType.Bigint);
            writer.Write(WithoutNul(batch.SourceId[i]), NpgsqlDbType.Text);
            writer.Write(batch.RaDeg[i], NpgsqlDbType.Double);
            writer.Write(batch.DecDeg[i], NpgsqlDbType.Double);
            WriteNumber(writer, batch.ParallaxMas[i]);
            WriteNumber(writer, batch.ParallaxErrorMas[i]);
            WriteNumber(writer, batch.PmraMasYr[i]);
            WriteNumber(writer, batch.PmdecMasYr[i]);
            WriteNumber(writer, batch.Magnitude[i]);
            WriteNumber(writer, batch.Color[i]);
            WriteNumber(writer, batch.RadialVelocityKmS[i]);
            WriteNumber(writer, batch.Ruwe[i]);
            writer.Write(Healpix.AngToPix(29, batch.RaDeg[i], batch.DecDeg[i]), NpgsqlDbType.Bigint);
            WriteText(writer, batch.ExtraJson[i] == "{}" ? null : batch.ExtraJson[i].Replace("\\u0000", "\\ufffd", StringComparison.Ordinal), NpgsqlDbType.Jsonb);
            if (batch.LabelOutlier?[i] is { } outlier) writer.Write(outlier, NpgsqlDbType.Integer);
            else writer.WriteNull();
            WriteText(writer, batch.LabelKind?[i], NpgsqlDbType.Text);
            WriteText(writer, batch.LabelCluster?[i], NpgsqlDbType.Text);
        }
    }

    static void WriteNumber(NpgsqlBinaryImporter writer, double value)
    {
        if (double.IsNaN(value)) writer.WriteNull();
        else writer.Write(value, NpgsqlDbType.Double);
    }

    static void WriteText(NpgsqlBinaryImporter writer, string? value, NpgsqlDbType type)
    {
        if (value is null) writer.WriteNull();
        else writer.Write(type == NpgsqlDbType.Text ? WithoutNul(value) : value, type);
    }

    // PostgreSQL's text holds every character but this one.
    static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    static async Task<StarBatch?> NextAsync(ChannelReader<StarBatch> reader, CancellationToken cancellation)
    {
        while (await reader.WaitToReadAsync(cancellation))
        {
            if (reader.TryRead(out var batch)) return batch;
        }
        return null;
    }
}
