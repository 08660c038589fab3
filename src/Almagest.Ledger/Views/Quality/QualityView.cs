using Almagest.Contract.Columns;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.Quality;

/// <summary>Complete runs against labels. Only labelled stars count.</summary>
internal static class QualityView
{
    private const string AllRuns = "where is_complete and star_set_id is null\n)";

    private const string OneClass = ", and where the labels call all of these stars unusual, or all ordinary";

    public static AnalyticsView<QualityRow> View { get; } =
        new()
        {
            Name = "mv_discovery_quality",
            Description =
                "Complete runs against labels: one row per run and label set, over the stars that the run analysed and the set labels",
            Key = ["run_id", "label_set"],
            Columns =
            [
                RunColumns.RunId,
                LabelColumns.LabelSet,
                RunColumns.RunType,
                Integer(
                    "labelled_stars",
                    "meta.number",
                    "labelled stars that the run analysed; of an anomaly run those whose label says whether they are unusual"
                ),
                Integer("positives", "meta.number", "really unusual stars among them; null of a cluster run, as all to average_precision"),
                Integer("true_positives", "meta.number", "really unusual and flagged"),
                Integer("false_positives", "meta.number", "ordinary and flagged"),
                Integer("false_negatives", "meta.number", "really unusual and not flagged"),
                Integer("true_negatives", "meta.number", "ordinary and not flagged"),
                Double(
                    "precision",
                    null,
                    "stat.value;arith.ratio",
                    "unusual among the flagged, 0 to 1; null where none is flagged" + OneClass
                ),
                Double("recall", null, "stat.value;arith.ratio", "flagged among the unusual, 0 to 1; null where none is unusual"),
                Double(
                    "f1",
                    null,
                    "stat.value;arith.ratio",
                    "harmonic mean of precision and recall; null where neither a star is unusual nor one flagged" + OneClass
                ),
                Double(
                    "average_precision",
                    null,
                    "stat.value;arith.ratio",
                    "area under the steps of the precision-recall curve, the lowest score first, as scikit-learn's "
                        + "average_precision_score; to 1e-9; null where no star is unusual"
                        + OneClass
                ),
                Double(
                    "adjusted_rand_index",
                    null,
                    "stat.value",
                    "agreement of the found clusters with the labels', 1 = the same, 0 = as by chance (Hubert and Arabie 1985); noise "
                        + "is one found cluster, stars whose label names none are one real one; null of an anomaly run, "
                        + "and where the labels name one cluster alone"
                ),
                Double(
                    "purity",
                    null,
                    "stat.value;arith.ratio",
                    "share of the commonest class of its cluster among the labelled stars in clusters, 0 to 1; null where all are noise"
                ),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the run was completed, or the last of the labels made",
                },
            ],
            RunTypes = Model.RunTypes.All,
            LookupIndexes = [("f1", "f1 desc nulls last, run_id"), ("adjusted_rand_index", "adjusted_rand_index desc nulls last, run_id")],
            Tables = ["star_labels"],
            CountSql = "select count(*) from view_summaries.quality",
            Order = "run_id desc, label_set",
            SortColumns =
            [
                "last_updated",
                "labelled_stars",
                "precision",
                "recall",
                "f1",
                "average_precision",
                "adjusted_rand_index",
                "purity",
            ],
            Filters = [ViewFilters.Run, ViewFilters.RunType, ViewFilters.LabelSet],
            Route = new("quality", "getRunQuality", "How well runs found what labels say is there")
            {
                Description =
                    "One row per complete run and label set, over the stars that the run analysed and the set labels; runs without "
                    + "such stars have none.",
                Limit = new(1000, 100),
            },
            Command = new(
                "quality",
                "Show how well runs found what labels say is there",
                "quality",
                "No complete run analysed labelled stars."
            )
            {
                Examples = ["almagest analytics quality --label-set truth --sort average_precision"],
                Cells =
                [
                    ViewCell.Of<QualityRow>("run", r => r.RunId),
                    ViewCell.Of<QualityRow>("labels", r => r.LabelSet) with
                    {
                        Most = 10,
                    },
                    ViewCell.Of<QualityRow>(">stars", r => r.LabelledStars),
                    ViewCell.Of<QualityRow>(">real", r => r.Positives),
                    ViewCell.Of<QualityRow>(">precision", r => r.Precision),
                    ViewCell.Of<QualityRow>(">recall", r => r.Recall),
                    ViewCell.Of<QualityRow>(">F1", r => r.F1),
                    ViewCell.Of<QualityRow>(">AP", r => r.AveragePrecision),
                    ViewCell.Of<QualityRow>(">ARI", r => r.AdjustedRandIndex),
                    ViewCell.Of<QualityRow>(">purity", r => r.Purity),
                ],
            },
            Texts = new Dictionary<string, Func<string>> { ["definition_of_one_run"] = DefinitionOfOneRun },
        };

    // Who judges one run knows whether its results are in the ledger; a ledger that was rolled back has no such column.
    private static string DefinitionOfOneRun() =>
        View.Definition.Split(AllRuns) is [var head, var tail]
            ? $"{head}where is_complete and run_id = target\n){tail}"
            : throw new InvalidOperationException("the definition of mv_discovery_quality must list the complete runs once");
}
