using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Schema;

/// <summary>What going back loses for good.</summary>
/// <param name="Migration">the migration that is taken back</param>
/// <param name="What">such as <c>notes on runs</c></param>
public sealed record MigrationLoss(string Migration, string What, long Count);

/// <summary>
/// What each migration's way back cannot keep, as a count in the ledger of today. What it carries over into the schema before, and what is
/// computed again from the rest, is not in it.
/// </summary>
internal static class MigrationLosses
{
    private static readonly Dictionary<string, (string What, string Sql)[]> s_losses = new()
    {
        ["InitialSchema"] =
        [
            ("datasets", "select count(*) from public.datasets"),
            ("stars", "select count(*) from public.stars"),
            ("runs", "select count(*) from public.discovery_runs"),
            ("results", "select count(*) from public.discovery_results"),
            ("labels", "select count(*) from public.star_labels"),
        ],
        ["AddDiscoveryViews"] = [],
        ["AddAnomalyOverlapMatrixView"] = [],
        ["AddDiscoveryTimelineView"] = [],
        ["AddQueueAnnotationsAndViewModes"] =
        [
            ("tags of runs", "select count(*) from public.run_tags"),
            ("notes on runs", "select count(*) from public.run_notes"),
            ("remarks on labels", "select count(*) from public.star_labels where remark is not null"),
            ("names of who set a label", "select count(*) from public.star_labels where labelled_by is not null"),
            ("cross-matches", "select count(*) from public.cross_matches"),
            ("links between stars", "select count(*) from public.star_links"),
            (
                "memberships (strength or probability)",
                "select count(*) from public.discovery_results where membership_strength is not null or membership_probability is not null"
            ),
            ("hashes of results", "select count(*) from public.discovery_runs where results_hash is not null"),
            ("runs' places in a sweep", "select count(*) from public.discovery_runs where group_id is not null"),
            ("epochs of datasets", "select count(*) from public.datasets where reference_epoch is not null"),
        ],
        ["AddDiscoveryExclusions"] = [("counts of excluded stars", "select count(*) from public.discovery_exclusions")],
        // The values go back among the other columns of the file.
        ["AddAstrometricErrors"] = [],
        ["AddClusterSummaries"] =
        [
            ("summaries of clusters", "select count(*) from public.discovery_clusters"),
            (
                "strengths of membership beside a probability",
                "select count(*) from public.discovery_results where membership_strength is not null and membership_probability is not null"
            ),
            ("hashes of results", "select count(*) from public.discovery_runs where results_hash_version > 1"),
        ],
        ["AddRunStartedBy"] = [("names of who started a run", "select count(*) from public.discovery_runs where started_by is not null")],
        ["AddDeletions"] = [("deletions that can be undone", "select count(*) from public.deletions")],
        ["AddSavedViews"] = [("saved views of the list of runs", "select count(*) from public.saved_views")],
        // How the views are kept fresh stays as it is.
        ["AddAutomaticViewMode"] = [],
        ["AddTapJobs"] = [("jobs of TAP with their results", "select count(*) from public.tap_jobs")],
        ["AddFlagProbabilities"] =
        [
            (
                "chances within the errors of stars",
                "select count(*) from public.discovery_results where flag_probability is not null or membership_stability is not null"
            ),
            (
                "hashes of results",
                """
                select count(*) from public.discovery_runs r
                where (r.parameters ->> 'draws')::integer > 0 and r.results_hash is not null and exists (
                  select 1 from public.discovery_results s
                  where s.run_id = r.run_id and (s.flag_probability is not null or s.membership_stability is not null))
                """
            ),
        ],
        ["AddClusterIdentifications"] = [("identifications of clusters", "select count(*) from public.run_identifications")],
        ["AddWatches"] =
        [
            ("watches", "select count(*) from public.watches"),
            ("what watches told", "select count(*) from public.watch_news where stars > 0"),
        ],
        // Their runs begin anew.
        ["AddRunTasks"] = [],
        ["AddDatasetDeletions"] =
        [
            ("deleted datasets that can be brought back", "select count(*) from public.deletions where kind = 'dataset'"),
            ("names of runs", "select count(*) from public.discovery_runs where name is not null"),
        ],
        ["AddCataloguesInPlace"] = [("catalogues read where they lie", "select count(*) from public.datasets where in_place is not null")],
        // A distributed ledger is brought together before.
        ["AddDistribution"] = [],
        ["AddResultsInFiles"] =
        [
            ("runs whose results are in files", "select count(*) from public.discovery_runs where star_set_id is not null"),
            (
                "stars of catalogues read where they lie",
                "select count(*) from public.stars s join public.datasets d using (dataset_id) where d.in_place is not null"
            ),
            ("counts of stars by place of catalogues read where they lie", "select count(distinct dataset_id) from public.in_place_cells"),
        ],
        ["AddAccessTokens"] = [("access tokens", "select count(*) from public.access_tokens")],
    };

    /// <summary>Whether it is said of a migration what it loses.</summary>
    public static bool Knows(string migration) => s_losses.ContainsKey(migration);

    /// <summary>What going back behind these migrations loses; what is lost twice counts once.</summary>
    /// <param name="migrations">names; in any order</param>
    public static Task<IReadOnlyList<MigrationLoss>> CountAsync(
        LedgerDatabase ledger,
        IEnumerable<string> migrations,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync<IReadOnlyList<MigrationLoss>>(
            async connection =>
            {
                var found = new Dictionary<string, MigrationLoss>();
                foreach (var migration in migrations)
                {
                    foreach (var (what, sql) in s_losses.GetValueOrDefault(migration, []))
                    {
                        var count = await CountAsync(connection, sql, cancellationToken);
                        if (count > (found.GetValueOrDefault(what)?.Count ?? 0))
                            found[what] = new MigrationLoss(migration, what, count);
                    }
                }
                return found.Values.ToList();
            },
            cancellationToken
        );

    // The queries are of today's schema; a ledger that stands at an earlier migration lacks some of it, and what it lacks cannot be lost.
    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 3600 };
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            return 0;
        }
    }
}
