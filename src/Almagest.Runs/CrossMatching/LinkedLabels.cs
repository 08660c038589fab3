using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.CrossMatching;

/// <summary>Gives the labels of one dataset's stars to the stars of another that a cross-match links to them.</summary>
public sealed class LinkedLabels(LedgerDatabase ledger)
{
    /// <param name="fromFirst">from dataset 1 to dataset 2, else back</param>
    /// <param name="targetSet">the set that gets the labels; null = one of the same name</param>
    /// <param name="overwrite">replace labels that the stars have in that set</param>
    /// <exception cref="LedgerException">a name is too long, or the database has trouble: nothing is stored</exception>
    public async Task<LinkedLabelReport> CopyAsync(
        CrossMatch match,
        bool fromFirst = true,
        string labelSet = "truth",
        string? targetSet = null,
        bool overwrite = false,
        string? by = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(match);
        var target = AnnotationText.Short("label_set", targetSet ?? labelSet) ?? "truth";
        var (from, to) = fromFirst ? ("star_1_id", "star_2_id") : ("star_2_id", "star_1_id");
        return await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                // Step by step, each over one side of the links: of a distributed ledger, the stars of the two lie on different machines.
                await connection.ExecuteAsync(
                    """
                    create temporary table linked (from_id bigint, star_id bigint) on commit drop;
                    create temporary table found (star_id bigint, is_anomaly integer, kind text, cluster text, remark text,
                      labelled_by text,
                      sayings bigint) on commit drop;
                    create temporary table had (star_id bigint) on commit drop
                    """,
                    cancellationToken
                );
                await connection.ExecuteAsync(
                    $"insert into linked select {from}, {to} from public.star_links where match_id = $1",
                    cancellationToken,
                    match.MatchId
                );
                await connection.ExecuteAsync("analyze linked", cancellationToken);
                await connection.ExecuteAsync(
                    """
                    insert into found
                    select l.star_id, min(s.is_anomaly), min(s.kind), min(s.cluster), min(s.remark), min(s.labelled_by),
                           count(distinct (s.is_anomaly, s.kind, s.cluster))
                    from linked l
                    join public.star_labels s on s.star_id = l.from_id and s.label_set = $1
                    group by l.star_id
                    """,
                    cancellationToken,
                    labelSet
                );
                await LedgerLayout.BeforeLabelsAsync(connection, cancellationToken);
                await connection.ExecuteAsync(
                    """
                    insert into had
                    select f.star_id from found f join public.star_labels t on t.star_id = f.star_id and t.label_set = $1
                    where f.sayings = 1
                    """,
                    cancellationToken,
                    target
                );
                var stars = await connection.ListAsync<long>(
                    "select star_id from found where sayings = 1 and ($1 or star_id not in (select star_id from had)) order by star_id",
                    cancellationToken,
                    overwrite
                );
                await connection.ExecuteAsync(
                    """
                    insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster, remark, labelled_by, labelled_at)
                    select f.star_id, $2, f.is_anomaly, f.kind, f.cluster, f.remark, coalesce($3, f.labelled_by), now()
                    from found f join unnest($1) as s (star_id) on s.star_id = f.star_id
                    order by f.star_id
                    on conflict (star_id, label_set) do update
                    set is_anomaly = excluded.is_anomaly, kind = excluded.kind, cluster = excluded.cluster, remark = excluded.remark,
                        labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                    """,
                    cancellationToken,
                    stars.ToArray(),
                    target,
                    new NpgsqlParameter
                    {
                        Value = (object?)AnnotationText.Who(by) ?? DBNull.Value,
                        NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text,
                    }
                );
                await LedgerLayout.AfterLabelsAsync(connection, [.. stars], cancellationToken);
                var unclear = (long)(await connection.ScalarAsync("select count(*) from found where sayings > 1", cancellationToken))!;
                var had = overwrite ? 0 : (long)(await connection.ScalarAsync("select count(*) from had", cancellationToken))!;
                await transaction.CommitAsync(cancellationToken);
                return new LinkedLabelReport(stars.Count, unclear, had);
            },
            cancellationToken
        );
    }
}
