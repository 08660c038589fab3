using Almagest.Ledger.Analytics.Rows;

namespace Almagest.Ledger.Analytics;

/// <summary>The columns by which answers can be sorted.</summary>
public static class SortColumns
{
    public static Sorting<ParameterPerformance> Parameters { get; } = new Sorting<ParameterPerformance>()
        .By("runs", p => p.Runs).By("last_updated", p => p.LastUpdated)
        .By("mean_anomaly_count", p => p.MeanAnomalyCount).By("mean_anomaly_percentage", p => p.MeanAnomalyPercentage)
        .By("mean_cluster_count", p => p.MeanClusterCount).By("mean_noise_fraction", p => p.MeanNoiseFraction)
        .By("mean_similarity", p => p.MeanSimilarity)
        .By("mean_precision", p => p.MeanPrecision).By("mean_recall", p => p.MeanRecall).By("mean_f1", p => p.MeanF1)
        .By("mean_average_precision", p => p.MeanAveragePrecision)
        .By("mean_adjusted_rand_index", p => p.MeanAdjustedRandIndex).By("mean_purity", p => p.MeanPurity);

    public static Sorting<DatasetCoverage> Coverage { get; } = new Sorting<DatasetCoverage>()
        .By("runs", c => c.Runs).By("star_analyses", c => c.StarAnalyses).By("stars", c => c.Stars).By("flags", c => c.Flags)
        .By("last_analysed_at", c => c.LastAnalysedAt);

    public static Sorting<RunQuality> Quality { get; } = new Sorting<RunQuality>()
        .By("last_updated", q => q.LastUpdated).By("labelled_stars", q => q.LabelledStars)
        .By("precision", q => q.Precision).By("recall", q => q.Recall).By("f1", q => q.F1).By("average_precision", q => q.AveragePrecision)
        .By("adjusted_rand_index", q => q.AdjustedRandIndex).By("purity", q => q.Purity);
}
