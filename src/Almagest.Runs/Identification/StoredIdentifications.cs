using System.Text.Json;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Identification;

/// <summary>The identifications that are stored: of a run the last one with each catalogue.</summary>
public sealed class StoredIdentifications(LedgerDatabase ledger)
{
    /// <summary>Of a run, the newest first.</summary>
    public async Task<IdentificationList> OfAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        var clusters = (
            await ReadAsync(
                """
                select dataset_id, cluster_id, size, verdict, name, star_id, basis, separation_deg, sigma, expected_by_chance, sentence,
                  candidates::text
                from public.cluster_identifications where run_id = $1 order by size desc, cluster_id
                """,
                runId,
                reader =>
                    (
                        Dataset: reader.GetInt64(0),
                        Cluster: new ClusterIdentification(
                            reader.GetInt32(1),
                            reader.GetInt64(2),
                            reader.GetString(3),
                            reader.IsDBNull(4) ? null : reader.GetString(4),
                            reader.IsDBNull(5) ? null : reader.GetInt64(5),
                            reader.IsDBNull(6) ? null : reader.GetString(6),
                            Number(reader, 7),
                            Number(reader, 8),
                            Number(reader, 9),
                            reader.GetString(10),
                            JsonSerializer.Deserialize<List<ClusterCandidate>>(reader.GetString(11), ContractJson.Options)!
                        )
                    ),
                cancellationToken
            )
        ).ToLookup(c => c.Dataset, c => c.Cluster);
        return new IdentificationList(
            runId,
            await ReadAsync(
                """
                select i.dataset_id, d.name, i.known_clusters, i.label_set, i.columns, i.notes, i.expected_by_chance, i.program_version,
                  i.identified_at, i.identified_by
                from public.run_identifications i join public.datasets d using (dataset_id)
                where i.run_id = $1 order by i.identified_at desc, i.dataset_id desc
                """,
                runId,
                reader => new IdentificationResource(
                    runId,
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    reader.IsDBNull(3) ? null : reader.GetString(3),
                    reader.GetFieldValue<string[]>(4),
                    reader.GetFieldValue<string[]>(5),
                    reader.GetDouble(6),
                    [.. clusters[reader.GetInt64(0)]],
                    reader.GetString(7),
                    reader.GetDateTime(8),
                    reader.IsDBNull(9) ? null : reader.GetString(9)
                ),
                cancellationToken
            )
        );
    }

    /// <summary>What each cluster of a run is called, by its number; the newest identification first.</summary>
    public async Task<ILookup<int, ClusterKnownAs>> NamesAsync(Guid runId, CancellationToken cancellationToken = default) =>
        (
            await ReadAsync(
                """
                select c.cluster_id, d.name, c.verdict, c.name, c.expected_by_chance
                from public.cluster_identifications c
                join public.run_identifications i using (run_id, dataset_id) join public.datasets d using (dataset_id)
                where c.run_id = $1 order by i.identified_at desc, i.dataset_id desc
                """,
                runId,
                reader =>
                    (
                        Cluster: reader.GetInt32(0),
                        As: new ClusterKnownAs(
                            reader.GetString(1),
                            reader.GetString(2),
                            reader.IsDBNull(3) ? null : reader.GetString(3),
                            Number(reader, 4)
                        )
                    ),
                cancellationToken
            )
        ).ToLookup(c => c.Cluster, c => c.As);

    /// <summary>The clusters with what they are called.</summary>
    public async Task<IReadOnlyList<ClusterResource>> NamedAsync(
        Guid runId,
        IReadOnlyList<ClusterResource> clusters,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var names = await NamesAsync(runId, cancellationToken);
        return names.Count == 0
            ? clusters
            : [.. clusters.Select(c => names[c.ClusterId].ToList() is { Count: > 0 } known ? c with { KnownAs = known } : c)];
    }

    /// <summary>Stores one; that of the same run with the same catalogue is replaced.</summary>
    internal Task<DateTime> StoreAsync(IdentificationResource found, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                // Its row is held until the end: of two at once the later one waits, and replaces the other whole.
                await using var head = new NpgsqlCommand(
                    """
                    insert into public.run_identifications
                      (run_id, dataset_id, known_clusters, label_set, columns, notes, expected_by_chance, program_version, identified_by)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    on conflict (run_id, dataset_id) do update set known_clusters = excluded.known_clusters,
                      label_set = excluded.label_set, columns = excluded.columns, notes = excluded.notes,
                      expected_by_chance = excluded.expected_by_chance, program_version = excluded.program_version,
                      identified_at = clock_timestamp(), identified_by = excluded.identified_by
                    returning identified_at
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = found.RunId },
                        new() { Value = found.DatasetId },
                        new() { Value = found.KnownClusters },
                        Text(found.LabelSet),
                        new() { Value = found.Columns.ToArray() },
                        new() { Value = found.Notes.ToArray() },
                        new() { Value = found.ExpectedByChance },
                        new() { Value = found.ProgramVersion },
                        Text(found.IdentifiedBy),
                    },
                };
                var at = (DateTime)(await head.ExecuteScalarAsync(cancellationToken))!;
                await using (
                    var former = new NpgsqlCommand(
                        "delete from public.cluster_identifications where run_id = $1 and dataset_id = $2",
                        connection
                    )
                    {
                        Parameters =
                        {
                            new() { Value = found.RunId },
                            new() { Value = found.DatasetId },
                        },
                    }
                )
                    await former.ExecuteNonQueryAsync(cancellationToken);
                await using (
                    var writer = await connection.BeginBinaryImportAsync(
                        "copy public.cluster_identifications (run_id, dataset_id, cluster_id, size, verdict, name, star_id, basis, "
                            + "separation_deg, sigma, expected_by_chance, sentence, candidates) from stdin (format binary)",
                        cancellationToken
                    )
                )
                {
                    foreach (var cluster in found.Clusters)
                        await WriteAsync(writer, found, cluster, cancellationToken);
                    await writer.CompleteAsync(cancellationToken);
                }
                await transaction.CommitAsync(cancellationToken);
                return at;
            },
            cancellationToken
        );

    private static async Task WriteAsync(
        NpgsqlBinaryImporter writer,
        IdentificationResource of,
        ClusterIdentification c,
        CancellationToken cancellationToken
    )
    {
        Task Write<T>(T? value, NpgsqlDbType type) =>
            value is null ? writer.WriteNullAsync(cancellationToken) : writer.WriteAsync(value, type, cancellationToken);
        Task WriteNumber(double? value) =>
            value is { } known
                ? writer.WriteAsync(known, NpgsqlDbType.Double, cancellationToken)
                : writer.WriteNullAsync(cancellationToken);
        await writer.StartRowAsync(cancellationToken);
        await writer.WriteAsync(of.RunId, NpgsqlDbType.Uuid, cancellationToken);
        await writer.WriteAsync(of.DatasetId, NpgsqlDbType.Bigint, cancellationToken);
        await writer.WriteAsync(c.ClusterId, NpgsqlDbType.Integer, cancellationToken);
        await writer.WriteAsync(c.Size, NpgsqlDbType.Bigint, cancellationToken);
        await Write(c.Verdict, NpgsqlDbType.Text);
        await Write(c.Name, NpgsqlDbType.Text);
        if (c.StarId is { } star)
            await writer.WriteAsync(star, NpgsqlDbType.Bigint, cancellationToken);
        else
            await writer.WriteNullAsync(cancellationToken);
        await Write(c.Basis, NpgsqlDbType.Text);
        await WriteNumber(c.SeparationDeg);
        await WriteNumber(c.Sigma);
        await WriteNumber(c.ExpectedByChance);
        await Write(c.Sentence, NpgsqlDbType.Text);
        await Write(JsonSerializer.Serialize(c.Candidates, ContractJson.Options), NpgsqlDbType.Jsonb);
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static double? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    private Task<List<T>> ReadAsync<T>(string sql, Guid runId, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = runId } } };
                var found = new List<T>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(row(reader));
                return found;
            },
            cancellationToken
        );
}
