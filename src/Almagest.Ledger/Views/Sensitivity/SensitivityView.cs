using Almagest.Contract.Columns;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.Sensitivity;

/// <summary>How much one parameter changes what is flagged.</summary>
internal static class SensitivityView
{
    private static readonly ViewFilter s_parameter = new TextFilter(
        "parameter",
        "only pairs that differ in this parameter, such as contamination"
    )
    {
        Describe = name => $"the parameter {name}",
    };

    public static AnalyticsView<SensitivityRow> View { get; } =
        new()
        {
            Name = "mv_run_sensitivity",
            Description =
                "Two complete anomaly runs over the same selection whose parameters differ in one, the random seed and draws apart, and "
                + "how much they agree",
            Key = ["run_1_id", "run_2_id"],
            Columns =
            [
                ComparisonColumns.Run1Id with
                {
                    Description = "the run with the lower id, which is the earlier one",
                },
                ComparisonColumns.Run2Id with
                {
                    Description = "the run with the higher id",
                },
                Text("parameter", "meta.id", "the parameter in which they differ"),
                Json("value_1", "stat.param", "its value in run 1, JSON; the default where the run was stored without it"),
                Json("value_2", "stat.param", "its value in run 2, JSON; the default where the run was stored without it"),
                Integer("run_1_count", "meta.number", "stars that run 1 flags, of those that both analysed"),
                Integer("run_2_count", "meta.number", "stars that run 2 flags, of those that both analysed"),
                Integer("overlap_count", "meta.number", "stars that both flag"),
                ComparisonColumns.JaccardSimilarity,
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the later of the two was completed",
                },
            ],
            RunTypes = [Model.RunTypes.Anomaly],
            LookupIndexes =
            [
                ("run_2", "run_2_id"),
                ("parameter", "parameter, jaccard_similarity desc"),
                ("similarity", "jaccard_similarity desc, run_1_id, run_2_id"),
            ],
            DependsOn = ["mv_anomaly_overlap_matrix"],
            CountSql = "select count(*) from view_summaries.sensitivity_pairs",
            Order = "run_1_id, run_2_id",
            SortColumns = ["jaccard_similarity", "overlap_count", "last_updated"],
            Filters = [ViewFilters.RunOfPair, s_parameter],
            Route = new(
                "sensitivity",
                "getRunSensitivity",
                "How much one parameter changes what is flagged: pairs of runs that differ in nothing else but the seed, most similar first"
            )
            {
                Description =
                    "One row per two complete anomaly runs over the same selection whose parameters differ in exactly one, the random "
                    + "seed and draws apart: where the seeds differ, too, the similarity has their effect in it. A parameter that a "
                    + "stored run lacks has its default. Flags count among the stars that both runs analysed.",
                Limit = new(1000, 100),
            },
            Command = new(
                "sensitivity",
                "Show how much one parameter changes what is flagged: pairs of runs that differ in nothing else but the seed",
                "sensitivity",
                "No two complete anomaly runs over the same selection differ in one parameter alone. Make some: almagest sweep"
            )
            {
                Examples = ["almagest analytics sensitivity --parameter contamination"],
                Cells =
                [
                    ViewCell.Of<SensitivityRow>("parameter", r => r.Parameter),
                    ViewCell.Of<SensitivityRow>(">value 1", r => r.Value1.Text) with
                    {
                        Most = 20,
                    },
                    ViewCell.Of<SensitivityRow>(">value 2", r => r.Value2.Text) with
                    {
                        Most = 20,
                    },
                    ViewCell.Of<SensitivityRow>("run 1", r => r.Run1Id),
                    ViewCell.Of<SensitivityRow>("run 2", r => r.Run2Id),
                    ViewCell.Of<SensitivityRow>(">flags 1", r => r.Run1Count),
                    ViewCell.Of<SensitivityRow>(">flags 2", r => r.Run2Count),
                    ViewCell.Of<SensitivityRow>(">both", r => r.OverlapCount),
                    ViewCell.Of<SensitivityRow>(">similar", r => r.JaccardSimilarity),
                ],
            },
            Texts = new Dictionary<string, Func<string>> { ["defaults"] = Defaults },
        };

    // Within the text of the view, so that another default changes its fingerprint and the view is computed anew.
    private static string Defaults() =>
        "values "
        + string.Join(
            ", ",
            Algorithms
                .Of(Model.RunTypes.Anomaly)
                .Select(a => $"('{a.Name}', '{a.StoredDefaults().ToJsonString().Replace("'", "''", StringComparison.Ordinal)}'::jsonb)")
        );
}
