using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Annotations;

/// <summary>How to load labels.</summary>
public sealed record LabelOptions
{
    /// <summary>The set they belong to; a star has one label in each set, and a later load replaces it.</summary>
    public string LabelSet { get; init; } = "truth";

    /// <summary>Field to source column, over what is found automatically: <c>source_id</c>, <c>label_outlier</c>, <c>label_kind</c>,
    /// <c>label_cluster</c>.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>Who labels, where the file has no column <c>labelled_by</c>; null = not said.</summary>
    public string? By { get; init; }

    /// <summary>Leave out labels of stars that the dataset does not hold, instead of refusing the file. A list of members
    /// (<see cref="MembersOf"/>) is wider than the dataset as a rule: it is refused only where the dataset holds none of its
    /// stars.</summary>
    public bool SkipUnknown { get; init; }

    /// <summary>The file is a list of the members of the cluster of this name: ids are enough. What else the set says of a star stays.
    /// Null = a table of labels.</summary>
    public string? MembersOf { get; init; }

    /// <summary>Of a list: only stars of at least this probability of being members; null = all rows.</summary>
    public double? LeastProbability { get; init; }

    /// <summary>Of a list: it does not name all members, so that nothing follows for the stars that it does not name. Otherwise these are
    /// labelled, too, as members of no cluster.</summary>
    public bool Partial { get; init; }
}

/// <summary>What a load of labels did.</summary>
/// <param name="Labels">labels stored</param>
/// <param name="Unknown">rows left out because the dataset holds no such star</param>
/// <param name="Mapping">one line per field</param>
public sealed record LabelReport(string Dataset, long DatasetId, string LabelSet, long Labels, long Unknown, IReadOnlyList<string> Mapping)
{
    /// <summary>Stars of the dataset that a list of members does not name, and that now count as members of no cluster.</summary>
    public long NonMembers { get; init; }

    /// <summary>What the user should know of the list.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Loads labels of a dataset's stars from a table, in one transaction: all of them, or none.</summary>
public sealed class LabelIngestor(LedgerDatabase ledger)
{
    private const int MostExamples = 5;

    /// <exception cref="LedgerException">the file cannot be read, a row makes no sense, a star is unknown or labelled twice: nothing is
    /// stored</exception>
    public Task<LabelReport> IngestAsync(
        long datasetId,
        string file,
        LabelOptions? options = null,
        CancellationToken cancellationToken = default
    ) => DatabaseBoundary.AskAsync(() => StoreAsync(datasetId, file, options ?? new LabelOptions(), cancellationToken));

    private async Task<LabelReport> StoreAsync(long datasetId, string file, LabelOptions options, CancellationToken cancellationToken)
    {
        if (options.LabelSet.Length is 0 or > 200 || options.LabelSet.Any(char.IsControl))
            throw LedgerException.Invalid(
                "label_set",
                $"'{options.LabelSet}' is not a name for a set of labels",
                "A name has 1 to 200 characters."
            );
        var dataset = await new DatasetRepository(ledger).GetAsync(datasetId, cancellationToken);
        await DiskSpace.RequireAsync(ledger, 0, cancellationToken);
        var name = Path.GetFileName(file);
        try
        {
            var members = AnnotationText.Short("cluster", options.MembersOf);
            var bare = members is null || options.Map.Count > 0 ? null : PlainIdList.Read(file);
            using var table = bare is null ? CatalogFile.Open(file) : null;
            var reader = table is null
                ? null
                : new LabelReader(table, options.Map.Select(m => $"{m.Key}={m.Value}"), idsAlone: members is not null);
            if (options.LeastProbability is not null && reader?.ProbabilityColumn is null)
                throw LedgerException.Invalid(
                    "min_probability",
                    $"{name} has no column of probabilities",
                    "Nothing was stored. Leave it out, or name the column 'probability' in the file."
                );
            var batches =
                bare is not null ? MemberRows.Of(bare, members!)
                : members is null ? reader!.ReadBatches(cancellationToken)
                : MemberRows.Of(reader!.ReadBatches(cancellationToken), members, options.LeastProbability);
            await using var connection = await ledger.ConnectAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync(
                """
                create temporary table incoming_labels (line bigint not null, source_id text not null, star_id bigint, is_anomaly integer,
                  kind text, cluster text, remark text, labelled_by text, labelled_at timestamptz) on commit drop
                """,
                cancellationToken
            );
            var rows = await CopyAsync(connection, batches, name, cancellationToken);
            if (rows == 0)
                throw LedgerException.Invalid(
                    "labels",
                    options.LeastProbability is { } least
                        ? string.Create(CultureInfo.InvariantCulture, $"{name} holds no row of a probability of at least {least}")
                        : $"{name} holds no rows",
                    "Nothing was stored."
                );
            if (members is null)
                await RefuseRepeatedAsync(connection, name, cancellationToken);
            else
                rows -= await DropRepeatedAsync(connection, cancellationToken);
            await FindStarsAsync(connection, dataset.DatasetId, cancellationToken);
            var unknown = await UnknownAsync(connection, cancellationToken);
            if (unknown.Count > 0 && (unknown.Count == rows || !(options.SkipUnknown || members is not null)))
            {
                throw LedgerException
                    .Of(
                        ErrorCode.UnknownLabelledStars,
                        $"{unknown.Count:N0} of the {rows:N0} stars of {name} {(unknown.Count == 1 ? "is" : "are")} not in dataset "
                            + $"'{dataset.Name}': "
                            + $"{string.Join(", ", unknown.Examples)}{(unknown.Count > unknown.Examples.Count ? " …" : "")}",
                        "Nothing was stored. "
                            + (
                                unknown.Count == rows
                                    ? "Are these the ids of another catalogue, or another column?"
                                    : "Leave them out, or choose another dataset."
                            ),
                        "labels"
                    )
                    .With("all", unknown.Count == rows);
            }
            var by = AnnotationText.Who(options.By) ?? "";
            await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
            var stored = await connection.ExecuteAsync(
                $"""
                insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster, remark, labelled_by, labelled_at)
                select l.star_id, $1, l.is_anomaly, l.kind, l.cluster, l.remark, coalesce(l.labelled_by, nullif($2, '')),
                  coalesce(l.labelled_at, now())
                from incoming_labels l
                where l.star_id is not null
                order by l.star_id
                on conflict (star_id, label_set) do update
                set {(members is null ? "is_anomaly = excluded.is_anomaly, kind = excluded.kind, remark = excluded.remark," : "")}
                    cluster = excluded.cluster, labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                """,
                cancellationToken,
                options.LabelSet,
                by
            );
            var others =
                members is null || options.Partial
                    ? 0
                    : await LabelOthersAsync(connection, dataset.DatasetId, options.LabelSet, members, by, cancellationToken);
            await FollowAsync(connection, dataset.DatasetId, members is not null && !options.Partial, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            // The planner should know a new set at once: it would take it for empty, and look through all results of a run for each star.
            await connection.ExecuteAsync("analyze public.star_labels", cancellationToken);
            return new LabelReport(
                dataset.Name,
                dataset.DatasetId,
                options.LabelSet,
                stored,
                unknown.Count,
                [
                    .. (reader?.Mapping.Fields ?? [])
                        .Where(f =>
                            f.Field == StarField.SourceId
                            || members is null && f.Field is StarField.LabelOutlier or StarField.LabelKind or StarField.LabelCluster
                        )
                        .Select(f => f.ToString()),
                ]
            )
            {
                NonMembers = others,
                Notes =
                    members is not null && options.LeastProbability is null && reader?.ProbabilityColumn is { } column
                        ? [$"The column {column} was not looked at: every row counts as a member. A least probability can be given."]
                        : [],
            };
        }
        catch (CatalogFormatException e)
        {
            throw LedgerException.Of(e, "Nothing was stored.", "labels");
        }
    }

    private static async Task<long> CopyAsync(
        NpgsqlConnection connection,
        IEnumerable<LabelBatch> batches,
        string file,
        CancellationToken cancellationToken
    )
    {
        long rows = 0;
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy incoming_labels (line, source_id, is_anomaly, kind, cluster, remark, labelled_by, labelled_at) from stdin (format "
                + "binary)",
            cancellationToken
        );
        foreach (var batch in batches)
        {
            // A label that is left out in silence would change what is measured.
            if (batch.Rejected.Count > 0)
            {
                var bad = batch.Rejected[0];
                throw LedgerException.Of(
                    ErrorCode.UnreadableLabel,
                    $"{file}, line {bad.LineNumber}: "
                        + (bad.Field.Length > 0 ? bad.Field + ": " : "")
                        + bad.Reason
                        + (bad.Text.Length > 0 ? $", found '{bad.Text}'" : ""),
                    "Nothing was stored. Correct the row, or leave the column out.",
                    "labels"
                );
            }
            for (var i = 0; i < batch.Count; i++)
            {
                await writer.StartRowAsync(cancellationToken);
                await writer.WriteAsync(batch.LineNumber[i], NpgsqlDbType.Bigint, cancellationToken);
                await writer.WriteAsync(batch.SourceId[i], NpgsqlDbType.Text, cancellationToken);
                if (batch.Outlier[i] is { } outlier)
                    await writer.WriteAsync(outlier, NpgsqlDbType.Integer, cancellationToken);
                else
                    await writer.WriteNullAsync(cancellationToken);
                await WriteAsync(writer, batch.Kind[i], cancellationToken);
                await WriteAsync(writer, batch.Cluster[i], cancellationToken);
                await WriteAsync(writer, batch.Remark.ElementAtOrDefault(i), cancellationToken);
                await WriteAsync(writer, batch.LabelledBy.ElementAtOrDefault(i), cancellationToken);
                if (Time(batch.LabelledAt.ElementAtOrDefault(i), file, batch.LineNumber[i]) is { } time)
                    await writer.WriteAsync(time, NpgsqlDbType.TimestampTz, cancellationToken);
                else
                    await writer.WriteNullAsync(cancellationToken);
                rows++;
            }
        }
        await writer.CompleteAsync(cancellationToken);
        return rows;
    }

    private static DateTime? Time(string? text, string file, long line)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return DateTime.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw LedgerException.Invalid(
                "labels",
                $"{file}, line {line}: labelled_at: expected a time such as 2026-03-01T12:00:00Z, found '{text}'",
                "Nothing was stored. Mend the row."
            );
    }

    private static Task WriteAsync(NpgsqlBinaryImporter writer, string? text, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(text)
            ? writer.WriteNullAsync(cancellationToken)
            : writer.WriteAsync(text.Trim().Replace('\0', '\uFFFD'), NpgsqlDbType.Text, cancellationToken);

    // A star that a list of members names twice is a member all the same.
    private static Task<int> DropRepeatedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            "delete from incoming_labels a using incoming_labels b where a.source_id = b.source_id and a.line > b.line",
            cancellationToken
        );

    /// <summary>Stars that the list does not name are members of no cluster, unless another list of the set says so; nor of this one, where
    /// an earlier version of the list did.</summary>
    private static async Task<long> LabelOthersAsync(
        NpgsqlConnection connection,
        long datasetId,
        string labelSet,
        string cluster,
        string by,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(
            """
            update public.star_labels l set cluster = null, labelled_by = nullif($4, ''), labelled_at = now()
            from public.stars s
            left join incoming_labels i on i.star_id = s.star_id
            where s.dataset_id = $1 and s.star_id = l.star_id and l.label_set = $2 and l.cluster = $3 and i.star_id is null
            """,
            cancellationToken,
            datasetId,
            labelSet,
            cluster,
            by
        );
        return await connection.ExecuteAsync(
            """
            insert into public.star_labels (star_id, label_set, labelled_by, labelled_at)
            select s.star_id, $2, nullif($3, ''), now()
            from public.stars s
            left join public.star_labels h on h.star_id = s.star_id and h.label_set = $2
            left join incoming_labels i on i.star_id = s.star_id
            where s.dataset_id = $1 and h.star_id is null and i.star_id is null
            order by s.star_id
            on conflict (star_id, label_set) do nothing
            """,
            cancellationToken,
            datasetId,
            labelSet,
            by
        );
    }

    private static async Task RefuseRepeatedAsync(NpgsqlConnection connection, string file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select source_id, min(line), max(line) from incoming_labels group by source_id having count(*) > 1 order by min(line) limit 1",
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
            throw LedgerException.Invalid(
                "labels",
                $"{file} labels star {reader.GetString(0)} more than once, on lines {reader.GetInt64(1)} and {reader.GetInt64(2)}",
                "Nothing was stored. Give each star one row."
            );
    }

    // Which stars the rows mean, in statements of their own: what is on other machines is joined with this list, and never written by it.
    private static async Task FindStarsAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("analyze incoming_labels", cancellationToken);
        await connection.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                create temporary table labelled_stars on commit drop as
                select l.source_id, s.star_id from incoming_labels l
                join public.stars s on s.dataset_id = {datasetId} and s.source_id = l.source_id
                """
            ),
            cancellationToken
        );
        await connection.ExecuteAsync(
            "update incoming_labels l set star_id = f.star_id from labelled_stars f where f.source_id = l.source_id",
            cancellationToken
        );
    }

    /// <summary>What is judged by the labels follows, where no trigger does it.</summary>
    /// <param name="all">whether labels of all stars of the dataset may be others</param>
    private static async Task FollowAsync(NpgsqlConnection connection, long datasetId, bool all, CancellationToken cancellationToken)
    {
        if (!await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
            return;
        var stars = all
            ? await connection.ListAsync<long>("select star_id from public.stars where dataset_id = $1", cancellationToken, datasetId)
            : await connection.ListAsync<long>("select star_id from incoming_labels where star_id is not null", cancellationToken);
        await LedgerLayout.AfterLabelsAsync(connection, [.. stars], cancellationToken);
    }

    private static async Task<(long Count, List<string> Examples)> UnknownAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*) over (), source_id, line from incoming_labels l where star_id is null order by line limit {MostExamples}
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        long count = 0;
        var examples = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            count = reader.GetInt64(0);
            examples.Add($"{reader.GetString(1)} (line {reader.GetInt64(2)})");
        }
        return (count, examples);
    }
}
