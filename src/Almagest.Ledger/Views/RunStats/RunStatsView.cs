using Almagest.Contract.Columns;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.RunStats;

/// <summary>What complete runs found, in numbers.</summary>
internal static class RunStatsView
{
    public static AnalyticsView<RunStatsRow> View { get; } =
        new()
        {
            Name = "mv_discovery_run_stats",
            Description = "Statistics of complete runs",
            Key = ["run_id"],
            Columns =
            [
                RunColumns.RunId,
                RunColumns.RunType,
                RunColumns.CreatedAt,
                RunColumns.TotalStars,
                Json("parameters_json", "meta.note", "every parameter of the run, defaults included, a JSON object"),
                Integer("anomaly_count", "meta.number", "stars flagged"),
                Double("anomaly_percentage", null, "stat.value;arith.ratio", "stars flagged per hundred analysed"),
                Double(
                    "min_anomaly_score",
                    null,
                    "stat.value;stat.min",
                    "lowest score among the flagged stars; null where none is flagged"
                ),
                Double(
                    "max_anomaly_score",
                    null,
                    "stat.value;stat.max",
                    "highest score among the flagged stars; null where none is flagged"
                ),
                Double(
                    "avg_anomaly_score",
                    null,
                    "stat.value;stat.mean",
                    "mean score of the flagged stars, to 1e-9; null where none is flagged"
                ),
                Integer("cluster_count", "meta.number", "clusters found, noise not counted; 0 of an anomaly run"),
                Integer("min_cluster_size", "meta.number;stat.min", "stars of the smallest cluster; null where there is none"),
                Integer("max_cluster_size", "meta.number;stat.max", "stars of the largest cluster; null where there is none"),
                Double("avg_cluster_size", null, "meta.number;stat.mean", "mean number of stars of a cluster; null where there is none"),
                Integer("noise_count", "meta.number", "stars in no cluster; 0 of an anomaly run"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the run was completed",
                },
            ],
            RunTypes = Model.RunTypes.All,
            LookupIndexes = [("type_created", "run_type, created_at desc"), ("created", "created_at desc")],
            AlsoStoredIn = ["runs"],
            CountSql = "select count(*) from view_summaries.runs",
            Order = "created_at desc, run_id desc",
            Filters = [ViewFilters.RunType],
            Route = new("stats", "getRunStats", "Statistics of complete runs, newest first") { Limit = new(1000, 100) },
        };
}
