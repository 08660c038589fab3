using Almagest.Contract.Columns;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.OverlapMatrix;

/// <summary>How much pairs of anomaly runs agree.</summary>
internal static class OverlapMatrixView
{
    private static readonly ViewFilter s_minSimilarity = new NumberFilter(
        "min_similarity",
        "only pairs whose Jaccard similarity is at least this",
        0,
        1
    )
    {
        Condition = "jaccard_similarity >= {0}",
        Default = 0.0,
        Describe = least => least is > 0.0 ? FormattableString.Invariant($"a similarity of at least {least}") : null,
    };

    public static AnalyticsView<OverlapRow> View { get; } =
        new()
        {
            Name = "mv_anomaly_overlap_matrix",
            Description = "Pairs of complete anomaly runs and the flags that they share, pairs that share none included",
            Key = ["run_1_id", "run_2_id"],
            Columns =
            [
                ComparisonColumns.Run1Id with
                {
                    Description = "the run with the lower id, which is the earlier one",
                },
                Integer("run_1_count", "meta.number", "stars that run 1 flags"),
                ComparisonColumns.Run2Id with
                {
                    Description = "the run with the higher id",
                },
                Integer("run_2_count", "meta.number", "stars that run 2 flags"),
                Integer("overlap_count", "meta.number", "stars that both flag"),
                Integers("overlapping_star_ids", "meta.id", "the stars that both flag, ascending"),
                Integer("run_1_unique_count", "meta.number", "stars that run 1 alone flags"),
                Integer("run_2_unique_count", "meta.number", "stars that run 2 alone flags"),
                ComparisonColumns.JaccardSimilarity,
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the later of the two was completed",
                },
            ],
            RunTypes = [Model.RunTypes.Anomaly],
            LookupIndexes = [("run_2", "run_2_id"), ("similarity", "jaccard_similarity desc, run_1_id, run_2_id")],
            CountSql = "select count(*) * (count(*) - 1) / 2 from view_summaries.runs where run_type = 'anomaly'",
            Order = "jaccard_similarity desc, run_1_id, run_2_id",
            Filters = [ViewFilters.RunOfPair, s_minSimilarity],
            Route = new("overlaps", "getAnomalyOverlaps", "How much pairs of anomaly runs agree, most similar first")
            {
                Limit = new(500, 50),
            },
        };
}
