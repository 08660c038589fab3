using Almagest.Contract.Columns;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.StarFrequency;

/// <summary>In how many of the runs that analysed a star it is flagged. Its route is a look-up of one star, see
/// <see cref="StarFrequencyLookup"/>.</summary>
internal static class StarFrequencyView
{
    // Not by the mean score: scores of different algorithms have no common scale, so that their order would say nothing.
    private const string Persistence = "frequency_pct desc, anomaly_count desc, star_id";

    public static AnalyticsView<StarFrequencyRow> View { get; } =
        new()
        {
            Name = "mv_star_anomaly_frequency",
            Description =
                "How often each star is flagged that a complete anomaly run analysed; of catalogues read where they lie, each star "
                + "that some run flagged or put into a cluster",
            Key = ["star_id"],
            Columns =
            [
                StarColumns.StarId,
                Integer("anomaly_count", "meta.number", "complete anomaly runs that flag the star"),
                Integer("total_runs", "meta.number", "complete anomaly runs that analysed the star"),
                Double("frequency_pct", null, "stat.value;arith.ratio", "runs that flag the star per hundred that analysed it"),
                Double(
                    "mean_anomaly_score",
                    null,
                    "stat.value;stat.mean",
                    "mean score over the runs that flag it, to 1e-9; null where none does; a measure of the star only where these runs are "
                        + "of one algorithm: scores of different algorithms have no common scale"
                ),
                Uuids("run_ids", "meta.id", "the runs that flag it, in order of creation"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the last anomaly run that analysed the star was completed",
                },
            ],
            RunTypes = [Model.RunTypes.Anomaly],
            Tables = ["kept_stars"],
            LookupIndexes = [("frequency", Persistence)],
            AlsoStoredIn = ["star_sets", "star_set_blocks"],
            Order = Persistence,
        };
}
