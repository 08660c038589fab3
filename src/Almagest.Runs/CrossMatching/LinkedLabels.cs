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
                await using var command = new NpgsqlCommand(
                    $"""
                    with found as (
                      select l.{to} as star_id, min(s.is_anomaly) as is_anomaly, min(s.kind) as kind, min(s.cluster) as cluster,
                        min(s.remark) as remark, min(s.labelled_by) as labelled_by,
                             count(distinct (s.is_anomaly, s.kind, s.cluster)) as sayings
                      from public.star_links l
                      join public.star_labels s on s.star_id = l.{from} and s.label_set = $2
                      where l.match_id = $1
                      group by l.{to}
                    ),
                    had as (select f.star_id from found f join public.star_labels t on t.star_id = f.star_id and t.label_set = $3
                      where f.sayings = 1),
                    stored as (
                      insert into public.star_labels (star_id, label_set, is_anomaly, kind, cluster, remark, labelled_by, labelled_at)
                      select star_id, $3, is_anomaly, kind, cluster, remark, coalesce($4, labelled_by), now()
                      from found where sayings = 1 and ($5 or star_id not in (select star_id from had))
                      order by star_id
                      on conflict (star_id, label_set) do update
                      set is_anomaly = excluded.is_anomaly, kind = excluded.kind, cluster = excluded.cluster, remark = excluded.remark,
                          labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
                      returning star_id
                    )
                    select (select count(*) from stored), (select count(*) from found where sayings > 1), (select count(*) from had
                      where not $5)
                    """,
                    connection
                )
                {
                    CommandTimeout = 3600,
                    Parameters =
                    {
                        new() { Value = match.MatchId },
                        new() { Value = labelSet },
                        new() { Value = target },
                        new() { Value = (object?)AnnotationText.Who(by) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                        new() { Value = overwrite },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                return new LinkedLabelReport(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            },
            cancellationToken
        );
    }
}
