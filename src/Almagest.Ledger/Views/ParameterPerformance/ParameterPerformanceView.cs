using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Contract.Columns;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;
using Row = Almagest.Ledger.Views.ParameterPerformance.ParameterPerformanceRow;

namespace Almagest.Ledger.Views.ParameterPerformance;

/// <summary>Which parameters find what.</summary>
internal static class ParameterPerformanceView
{
    private static readonly ViewFilter s_algorithm = new ChoiceFilter("algorithm", "only this algorithm", Algorithms.Names)
    {
        Describe = name => $"algorithm {name}",
    };

    public static AnalyticsView<Row> View { get; } =
        new()
        {
            Name = "mv_parameter_performance",
            Description =
                "What each parameter set finds on a dataset, how it agrees with other runs and with labels; runs that differ in their seed "
                + "or draws alone share a row",
            Key = ["run_type", "algorithm", "parameters_hash", "dataset_id"],
            Columns =
            [
                RunColumns.RunType,
                RunColumns.Algorithm,
                Text("parameters_hash", "meta.id", "MD5 of the parameters, hex"),
                StarColumns.DatasetId,
                Json("parameters_json", "meta.note", "the parameters without the random seed and draws, a JSON object"),
                Integer("runs", "meta.number", "complete runs with these parameters on the dataset"),
                Integer("datasets", "meta.number", "datasets on which such runs were made; each has a row of its own"),
                Double("mean_anomaly_count", null, "meta.number;stat.mean", "stars flagged by a run; null of cluster runs"),
                Integer("min_anomaly_count", "meta.number;stat.min", "fewest stars flagged by a run; null of cluster runs"),
                Integer("max_anomaly_count", "meta.number;stat.max", "most stars flagged by a run; null of cluster runs"),
                Double(
                    "mean_anomaly_percentage",
                    null,
                    "stat.value;stat.mean",
                    "flagged stars per hundred analysed, mean of the runs; null of cluster runs"
                ),
                Double("mean_cluster_count", null, "meta.number;stat.mean", "clusters found by a run; null of anomaly runs"),
                Double(
                    "mean_noise_fraction",
                    null,
                    "stat.value;stat.mean",
                    "stars in no cluster over stars analysed, 0 to 1, mean of the runs with stars; null of anomaly runs"
                ),
                Double(
                    "mean_similarity",
                    null,
                    "stat.value;stat.mean",
                    "mean Jaccard similarity with the other complete anomaly runs of the same dataset; null where there are none"
                ),
                Integer(
                    "labelled_runs",
                    "meta.number",
                    "runs that could be measured against the label set truth; the means that follow are over them"
                ),
                Double("mean_precision", null, "stat.value;stat.mean", "mean of precision over the labelled runs"),
                Double("mean_recall", null, "stat.value;stat.mean", "mean of recall over the labelled runs"),
                Double("mean_f1", null, "stat.value;stat.mean", "mean of F1 over the labelled runs"),
                Double("mean_average_precision", null, "stat.value;stat.mean", "mean of average precision over the labelled runs"),
                Double("mean_adjusted_rand_index", null, "stat.value;stat.mean", "mean of the adjusted Rand index over the labelled runs"),
                Double("mean_purity", null, "stat.value;stat.mean", "mean of purity over the labelled runs"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "the latest of the runs, of the runs that they were compared with, and of the labels",
                },
            ],
            RunTypes = Model.RunTypes.All,
            LookupIndexes = [("runs", "runs desc")],
            Tables = ["star_labels"],
            DependsOn = ["mv_discovery_run_stats", "mv_anomaly_overlap_matrix", "mv_discovery_quality"],
            AlsoStoredIn = ["runs", "quality"],
            CountSql = "select count(distinct (run_type, algorithm, parameters_hash, dataset_id)) from view_summaries.runs",
            Order = "run_type, algorithm, parameters_hash, dataset_id",
            SortColumns =
            [
                "runs",
                "last_updated",
                "mean_anomaly_count",
                "mean_anomaly_percentage",
                "mean_cluster_count",
                "mean_noise_fraction",
                "mean_similarity",
                "mean_precision",
                "mean_recall",
                "mean_f1",
                "mean_average_precision",
                "mean_adjusted_rand_index",
                "mean_purity",
            ],
            Filters = [ViewFilters.RunType, s_algorithm, DatasetCoverageView.Dataset],
            Route = new(
                "parameters",
                "getParameterPerformance",
                "Which parameters find most, agree best with other runs, and score best against labels"
            )
            {
                Description =
                    "One row per run type, algorithm, parameter set and dataset of complete runs; runs that differ only in their random "
                    + "seed or draws share a row.",
                Limit = new(1000, 100),
            },
            Command = new(
                "parameters",
                "Compare parameter sets: what they find, how they agree with other runs and with labels",
                "parameters",
                "No complete run has such parameters. Start one: almagest discover anomalies"
            )
            {
                Examples = ["almagest analytics parameters --type anomaly --sort mean_average_precision"],
                Cells =
                [
                    ViewCell.Of<Row>("~parameters", r => $"{r.Algorithm} {Short(r.ParametersJson.Text)}"),
                    ViewCell.Of<Row>("dataset", r => r.DatasetId) with
                    {
                        IsDataset = true,
                        Most = 20,
                    },
                    ViewCell.Of<Row>(">runs", r => r.Runs),
                    ViewCell.Of<Row>(">found", Found),
                    ViewCell.Of<Row>(">similar", r => r.MeanSimilarity),
                    ViewCell.Of<Row>(">F1", r => r.MeanF1),
                    ViewCell.Of<Row>(">AP", r => r.MeanAveragePrecision),
                    ViewCell.Of<Row>(">ARI", r => r.MeanAdjustedRandIndex),
                ],
            },
        };

    /// <summary>A share of the stars, which can be compared between selections; of cluster runs the number of clusters.</summary>
    private static string Found(Row row) =>
        row.MeanAnomalyPercentage is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share:0.##} %")
        : row.MeanClusterCount is { } clusters ? string.Create(CultureInfo.InvariantCulture, $"{clusters:0.#} cl.")
        : "–";

    private static string Short(string json) =>
        string.Join(", ", JsonNode.Parse(json)!.AsObject().Select(p => $"{p.Key} {p.Value?.ToString() ?? "–"}"));
}
