using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.ClusterSizes;

/// <summary>The clusters of complete runs with their members.</summary>
internal static class ClusterSizesView
{
    public static ViewFilter OfRun { get; } =
        new RunFilter("run_id", "the run")
        {
            InPath = true,
            Option = null,
            Describe = run => $"run {run}",
        };

    public static AnalyticsView<ClusterSizeRow> View { get; } =
        new()
        {
            Name = "mv_cluster_size_distribution",
            Description = "Clusters of complete runs, with their members",
            Key = ["run_id", "cluster_id"],
            Columns =
            [
                RunColumns.RunId,
                Integer("cluster_id", "meta.id", "number of the cluster in its run, from 0"),
                Integer("cluster_size", "meta.number", "stars of the cluster"),
                Integers("star_ids", "meta.id", "its stars, ascending"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the run was completed",
                },
            ],
            RunTypes = [Model.RunTypes.Cluster],
            CountSql = "select count(*) from view_summaries.clusters",
            Order = "run_id desc, cluster_size desc, cluster_id",
            Filters = [OfRun],
            Route = new("clusters/{run_id}/sizes", "getClusterSizes", "Clusters of a run, largest first") { NoRows = NoClusters },
        };

    private static LedgerException NoClusters(DiscoveryRun run) =>
        run switch
        {
            { RunType: not Model.RunTypes.Cluster } => LedgerException.Of(
                ErrorCode.ClustersNotFound,
                $"run {run.RunId} is an {run.RunType} run: it has no clusters",
                "Ask for a cluster run."
            ),
            { IsComplete: false } => LedgerException.Of(
                ErrorCode.ClustersNotFound,
                $"run {run.RunId} is {run.Status}: it has no clusters",
                "Only complete runs have clusters."
            ),
            _ => LedgerException
                .Of(
                    ErrorCode.ClustersNotFound,
                    $"run {run.RunId} found no clusters, or the view does not show it yet",
                    "The state of the views says whether mv_cluster_size_distribution lags."
                )
                .With("view", "mv_cluster_size_distribution"),
        };
}
