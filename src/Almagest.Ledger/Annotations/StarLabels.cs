using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Annotations;

/// <summary>A label with the ids of its star.</summary>
public sealed record LabelledStar(string SourceId, StarLabel Label);

/// <summary>What a label can say of a star.</summary>
[Flags]
public enum LabelFields
{
    None = 0,
    IsAnomaly = 1,
    Kind = 2,
    Cluster = 4,
    Remark = 8,
    All = IsAnomaly | Kind | Cluster | Remark,
}

/// <summary>What is known of stars from elsewhere, one by one; whole files come in by <see cref="LabelIngestor"/>. Labels feed
/// <c>mv_discovery_quality</c>.</summary>
public sealed class StarLabels(LedgerDatabase ledger)
{
    /// <summary>Most labels of one page.</summary>
    public const int MostRows = 10_000;

    /// <summary>Labels a star; its former label in the set is replaced.</summary>
    /// <param name="only">the fields to change, those of the former label that are not among them stay; null = all</param>
    /// <returns>the label, and whether it is new</returns>
    /// <exception cref="LedgerException">no such star, nothing is said of it, or a text is too long</exception>
    public async Task<(StarLabel Label, bool IsNew)> SetAsync(
        StarLabel label,
        LabelFields? only = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(label);
        var checkedLabel = new StarLabel
        {
            StarId = label.StarId,
            LabelSet = AnnotationText.Short("label_set", label.LabelSet) ?? "truth",
            IsAnomaly = label.IsAnomaly is null or 0 or 1
                ? label.IsAnomaly
                : throw LedgerException.Invalid("is_anomaly", $"is_anomaly is {label.IsAnomaly}, expected 0 or 1"),
            Kind = AnnotationText.Short("kind", label.Kind),
            Cluster = AnnotationText.Short("cluster", label.Cluster),
            Remark = AnnotationText.Long("remark", label.Remark),
            LabelledBy = AnnotationText.Who(label.LabelledBy),
        };
        var changed = only ?? LabelFields.All;
        var isEmpty = checkedLabel is { IsAnomaly: null, Kind: null, Cluster: null, Remark: null };
        if (changed == LabelFields.None || only is null && isEmpty)
            throw LedgerException.Invalid("is_anomaly", "the label says nothing of the star", "Give is_anomaly, kind, cluster or remark.");
        await new Datasets.DatasetRepository(ledger).GetStarAsync(label.StarId, cancellationToken);
        return await WriteAsync(
            [checkedLabel.StarId],
            async connection =>
            {
                var isNew =
                    await connection.ScalarAsync(
                        "select 1 from public.star_labels where star_id = $1 and label_set = $2",
                        cancellationToken,
                        checkedLabel.StarId,
                        checkedLabel.LabelSet
                    )
                    is null;
                await using var command = new NpgsqlCommand(
                    """
                    insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster, remark, labelled_by, labelled_at)
                    values ($1, $2, $3, $4, $5, $6, $7, now())
                    on conflict (star_id, label_set) do update
                    set is_anomaly = case when $8 then excluded.is_anomaly else star_labels.is_anomaly end,
                        kind = case when $9 then excluded.kind else star_labels.kind end,
                        cluster = case when $10 then excluded.cluster else star_labels.cluster end,
                        remark = case when $11 then excluded.remark else star_labels.remark end,
                        labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                    returning labelled_at, is_anomaly, kind, cluster, remark
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = checkedLabel.StarId },
                        Text(checkedLabel.LabelSet),
                        new NpgsqlParameter<int?> { TypedValue = checkedLabel.IsAnomaly, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer },
                        Text(checkedLabel.Kind),
                        Text(checkedLabel.Cluster),
                        Text(checkedLabel.Remark),
                        Text(checkedLabel.LabelledBy),
                        new() { Value = changed.HasFlag(LabelFields.IsAnomaly) },
                        new() { Value = changed.HasFlag(LabelFields.Kind) },
                        new() { Value = changed.HasFlag(LabelFields.Cluster) },
                        new() { Value = changed.HasFlag(LabelFields.Remark) },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                checkedLabel.LabelledAt = reader.GetDateTime(0);
                checkedLabel.IsAnomaly = reader.IsDBNull(1) ? null : reader.GetInt32(1);
                checkedLabel.Kind = reader.IsDBNull(2) ? null : reader.GetString(2);
                checkedLabel.Cluster = reader.IsDBNull(3) ? null : reader.GetString(3);
                checkedLabel.Remark = reader.IsDBNull(4) ? null : reader.GetString(4);
                return (checkedLabel, isNew);
            },
            cancellationToken
        );
    }

    /// <summary>Labels many stars as unusual and of one kind; what else the set says of them stays.</summary>
    /// <returns>how many there are</returns>
    /// <exception cref="LedgerException">a text is too long, or there is no kind</exception>
    public async Task<int> SetKindAsync(
        IReadOnlyList<long> starIds,
        string labelSet,
        string kind,
        string? by,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(starIds);
        var name = AnnotationText.Short("kind", kind) ?? throw LedgerException.Invalid("kind", "the kind has no name", "Give one.");
        var set = AnnotationText.Short("label_set", labelSet) ?? "truth";
        return await WriteAsync(
            starIds,
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    insert into public.star_labels (star_id, label_set, is_anomaly, kind, labelled_by, labelled_at)
                    select star_id, $2, 1, $3, $4, now() from unnest($1) as star_id
                    on conflict (star_id, label_set) do update
                    set is_anomaly = 1, kind = excluded.kind, labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = starIds.ToArray() },
                        Text(set),
                        Text(name),
                        Text(AnnotationText.Who(by)),
                    },
                };
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    /// <summary>The stars of a dataset that a set labels with more than that they are ordinary and in no cluster, ascending.</summary>
    /// <exception cref="LedgerException">the set has no label of the dataset's stars</exception>
    public async Task<IReadOnlyList<long>> StarsAsync(long datasetId, string labelSet, CancellationToken cancellationToken = default)
    {
        var ids = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select s.star_id, l.is_anomaly is distinct from 0 and l.is_anomaly is not null or l.kind is not null
                      or coalesce(l.cluster, '') <> '' or l.remark is not null and l.is_anomaly is null
                    from public.star_labels l join public.stars s using (star_id)
                    where l.label_set = $1 and s.dataset_id = $2 order by s.star_id
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        Text(labelSet),
                        new() { Value = datasetId },
                    },
                    CommandTimeout = 600,
                };
                var found = new List<(long Star, bool SaysMore)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add((reader.GetInt64(0), reader.GetBoolean(1)));
                return found;
            },
            cancellationToken
        );
        return ids.Count > 0
            ? [.. ids.Where(i => i.SaysMore).Select(i => i.Star)]
            : throw LedgerException.Of(ErrorCode.LabelSetNotFound, $"there are no labels in the set '{labelSet}'", "Load some.", "select");
    }

    /// <summary>Labels many stars alike; their former labels in the set are replaced, all of them or none.</summary>
    /// <param name="alike">what all of them get; its star does not matter</param>
    /// <returns>how many there are</returns>
    /// <exception cref="LedgerException">nothing is said of them, or a text is too long</exception>
    public async Task<int> SetManyAsync(IReadOnlyList<long> starIds, StarLabel alike, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(starIds);
        ArgumentNullException.ThrowIfNull(alike);
        var (kind, cluster) = (AnnotationText.Short("kind", alike.Kind), AnnotationText.Short("cluster", alike.Cluster));
        if (alike.IsAnomaly is null && kind is null && cluster is null)
            throw LedgerException.Invalid(
                "is_anomaly",
                "the label says nothing of the stars",
                "Say whether they are unusual, or give a kind or a cluster."
            );
        var count = await WriteAsync(
            starIds,
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster, labelled_by, labelled_at)
                    select star_id, $2, $3, $4, $5, $6, now() from unnest($1) as star_id order by star_id
                    on conflict (star_id, label_set) do update
                    set is_anomaly = excluded.is_anomaly, kind = excluded.kind, cluster = excluded.cluster, remark = null,
                        labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = starIds.ToArray() },
                        Text(AnnotationText.Short("label_set", alike.LabelSet) ?? "truth"),
                        new NpgsqlParameter<int?> { TypedValue = alike.IsAnomaly, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer },
                        Text(kind),
                        Text(cluster),
                        Text(AnnotationText.Who(alike.LabelledBy)),
                    },
                    CommandTimeout = 600,
                };
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
        return count;
    }

    /// <summary>Takes a star's label away; it can be brought back for a day (<see cref="LedgerDeletions"/>).</summary>
    /// <exception cref="LedgerException">the star has no label in that set</exception>
    public async Task RemoveAsync(long starId, string labelSet, string? by, CancellationToken cancellationToken = default)
    {
        if (!await new LedgerDeletions(ledger).DeleteLabelAsync(starId, labelSet, AnnotationText.Who(by), cancellationToken))
            throw LedgerException
                .Of(ErrorCode.LabelNotFound, $"star {starId} has no label in the set '{labelSet}'")
                .With("star_id", starId);
    }

    /// <summary>A page of a dataset's labels in one set, by star_id.</summary>
    /// <param name="after">the star_id of the last one of the page before</param>
    public async Task<IReadOnlyList<LabelledStar>> PageAsync(
        long datasetId,
        string labelSet = "truth",
        long after = 0,
        int limit = 100,
        CancellationToken cancellationToken = default
    )
    {
        var rows = await ledger.ReadAsync(
            context =>
                (
                    from l in context.StarLabels.AsNoTracking()
                    join s in context.Stars on l.StarId equals s.StarId
                    where s.DatasetId == datasetId && l.LabelSet == labelSet && l.StarId > after
                    orderby l.StarId
                    select new { s.SourceId, Label = l }
                ).Take(Math.Clamp(limit, 1, MostRows + 1)),
            cancellationToken
        );
        return [.. rows.Select(r => new LabelledStar(r.SourceId, r.Label))];
    }

    /// <summary>The labels of one set on stars of these datasets, the last given first.</summary>
    public async Task<IReadOnlyList<LabelledStar>> LatestAsync(
        IReadOnlyList<long> datasetIds,
        string labelSet,
        int limit,
        CancellationToken cancellationToken = default
    )
    {
        var ids = datasetIds.ToArray();
        var rows = await ledger.ReadAsync(
            context =>
                (
                    from l in context.StarLabels.AsNoTracking()
                    join s in context.Stars on l.StarId equals s.StarId
                    where l.LabelSet == labelSet && ids.Contains(s.DatasetId)
                    orderby l.LabelledAt descending, l.StarId descending
                    select new { s.SourceId, Label = l }
                ).Take(limit),
            cancellationToken
        );
        return [.. rows.Select(r => new LabelledStar(r.SourceId, r.Label))];
    }

    /// <summary>All labels of a dataset in one set, as a table to be written that <see cref="LabelIngestor"/> reads again.</summary>
    /// <exception cref="LedgerException">there are none</exception>
    public async Task<ExportTable> TableAsync(Dataset dataset, string labelSet = "truth", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if ((await PageAsync(dataset.DatasetId, labelSet, limit: 1, cancellationToken: cancellationToken)).Count == 0)
            throw LedgerException
                .Of(ErrorCode.LabelSetNotFound, $"dataset '{dataset.Name}' has no labels in the set '{labelSet}'", "Load some.")
                .With("dataset", dataset.Name);
        return ColumnTable.Of(
            "labels",
            LabelColumns.OfFile,
            Provenance.Of($"Labels of stars of {dataset.Name}", $"the set '{labelSet}', by star_id", dataset),
            BatchesAsync(dataset.DatasetId, labelSet, cancellationToken)
        ) with
        {
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, [dataset.DatasetId], cancellationToken),
        };
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        long datasetId,
        string labelSet,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var after = 0L;
        while (await PageAsync(datasetId, labelSet, after, MostRows, cancellationToken) is { Count: > 0 } page)
        {
            yield return
            [
                .. page.Select(p =>
                    new object?[]
                    {
                        p.SourceId,
                        p.Label.LabelSet,
                        (long?)p.Label.IsAnomaly,
                        p.Label.Kind,
                        p.Label.Cluster,
                        p.Label.Remark,
                        p.Label.LabelledBy,
                        p.Label.LabelledAt.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
                    }
                ),
            ];
            after = page[^1].Label.StarId;
        }
    }

    // One transaction with what follows the labels.
    private Task<T> WriteAsync<T>(
        IReadOnlyList<long> starIds,
        Func<NpgsqlConnection, Task<T>> write,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
                var written = await write(connection);
                await LedgerLayout.AfterLabelsAsync(connection, [.. starIds], cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return written;
            },
            cancellationToken
        );

    private static NpgsqlParameter<string?> Text(string? value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
