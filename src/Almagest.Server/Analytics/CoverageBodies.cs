using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Analytics.Rows;

namespace Almagest.Server.Analytics;

/// <summary>One cell of the sky that holds stars of one dataset: one row of <c>mv_dataset_coverage</c>, with the cell's place.</summary>
/// <param name="Healpix6">HEALPix cell, nested scheme, order 6 (NSIDE 64), 0 to 49151</param>
/// <param name="RaDeg">the cell's centre, ICRS right ascension, degrees</param>
/// <param name="DecDeg">the cell's centre, ICRS declination, degrees</param>
/// <param name="AreaDeg2">the cell's area, square degrees; all cells are alike</param>
/// <param name="Stars">stars of the dataset in the cell</param>
/// <param name="Runs">complete runs of either kind that analysed at least one of them</param>
/// <param name="StarAnalyses">results of these runs for these stars</param>
/// <param name="Flags">how many of them are flags</param>
/// <param name="LastAnalysedAt">when the last of these runs was completed; null where no run was here</param>
public sealed record DatasetCoverageBody(
    long DatasetId, [property: JsonPropertyName("healpix_6")] long Healpix6, double RaDeg, double DecDeg, [property: JsonPropertyName("area_deg2")] double AreaDeg2,
    long Stars, long Runs, long StarAnalyses, long Flags, DateTime? LastAnalysedAt, DateTime LastUpdated)
{
    internal static DatasetCoverageBody From(DatasetCoverage c)
    {
        var (ra, dec) = SkyCell.Centre(c.Healpix6);
        return new(c.DatasetId, c.Healpix6, ra, dec, SkyCell.AreaDeg2, c.Stars, c.Runs, c.StarAnalyses, c.Flags, c.LastAnalysedAt, c.LastUpdated);
    }
}

/// <summary>One complete run against one set of labels: one row of <c>mv_discovery_quality</c>. Only labelled stars count.</summary>
/// <param name="LabelSet">truth unless the user named another</param>
/// <param name="LabelledStars">labelled stars that the run analysed; of an anomaly run those whose label says whether they are unusual</param>
/// <param name="Positives">truly unusual stars; null of a cluster run, as all to average_precision</param>
/// <param name="TruePositives">unusual and flagged</param>
/// <param name="FalsePositives">ordinary and flagged</param>
/// <param name="FalseNegatives">unusual and not flagged</param>
/// <param name="TrueNegatives">ordinary and not flagged</param>
/// <param name="Precision">unusual among the flagged, 0 to 1; null where none is flagged</param>
/// <param name="Recall">flagged among the unusual, 0 to 1; null where none is unusual</param>
/// <param name="F1">harmonic mean of precision and recall</param>
/// <param name="AveragePrecision">area under the steps of the precision-recall curve, lowest score first, as scikit-learn defines it</param>
/// <param name="AdjustedRandIndex">agreement of the found clusters with the labels', 1 = the same, 0 = as by chance; noise is one found cluster, stars
/// whose label names no cluster are one real one; null of an anomaly run</param>
/// <param name="Purity">share of the commonest class of its cluster among the labelled stars in clusters, 0 to 1; noise does not count; null where all is noise</param>
public sealed record RunQualityBody(
    Guid RunId, string LabelSet, string RunType, long LabelledStars, long? Positives, long? TruePositives, long? FalsePositives, long? FalseNegatives,
    long? TrueNegatives, double? Precision, double? Recall, double? F1, double? AveragePrecision, double? AdjustedRandIndex, double? Purity, DateTime LastUpdated)
{
    internal static RunQualityBody From(RunQuality q) => new(
        q.RunId, q.LabelSet, q.RunType, q.LabelledStars, q.Positives, q.TruePositives, q.FalsePositives, q.FalseNegatives, q.TrueNegatives, q.Precision, q.Recall,
        q.F1, q.AveragePrecision, q.AdjustedRandIndex, q.Purity, q.LastUpdated);
}

/// <summary>The complete runs of one algorithm with one set of parameters: one row of <c>mv_parameter_performance</c>.</summary>
/// <param name="ParametersHash">MD5 of the parameters, hex</param>
/// <param name="ParametersJson">the parameters; a random seed is none</param>
/// <param name="Runs">complete runs with these parameters</param>
/// <param name="Datasets">datasets on which they ran</param>
/// <param name="MeanAnomalyCount">stars flagged by a run; null of cluster runs, as the next three</param>
/// <param name="MeanAnomalyPercentage">flagged stars per hundred analysed</param>
/// <param name="MeanClusterCount">clusters found by a run; null of anomaly runs</param>
/// <param name="MeanNoiseFraction">noise over stars analysed, 0 to 1; null of anomaly runs</param>
/// <param name="MeanSimilarity">mean Jaccard similarity with all other complete anomaly runs of the same dataset; null where there are none</param>
/// <param name="LabelledRuns">runs that could be measured against the label set truth; the means that follow are over them</param>
/// <param name="LastUpdated">the latest of the runs, of the runs that they were compared with, and of the labels</param>
public sealed record ParameterPerformanceBody(
    string RunType, string Algorithm, string ParametersHash, RawJson ParametersJson, long Runs, long Datasets, double? MeanAnomalyCount, long? MinAnomalyCount,
    long? MaxAnomalyCount, double? MeanAnomalyPercentage, double? MeanClusterCount, double? MeanNoiseFraction, double? MeanSimilarity, long LabelledRuns,
    double? MeanPrecision, double? MeanRecall, [property: JsonPropertyName("mean_f1")] double? MeanF1, double? MeanAveragePrecision,
    double? MeanAdjustedRandIndex, double? MeanPurity, DateTime LastUpdated)
{
    internal static ParameterPerformanceBody From(ParameterPerformance p) => new(
        p.RunType, p.Algorithm, p.ParametersHash, new RawJson(p.ParametersJson), p.Runs, p.Datasets, p.MeanAnomalyCount, p.MinAnomalyCount, p.MaxAnomalyCount,
        p.MeanAnomalyPercentage, p.MeanClusterCount, p.MeanNoiseFraction, p.MeanSimilarity, p.LabelledRuns, p.MeanPrecision, p.MeanRecall, p.MeanF1,
        p.MeanAveragePrecision, p.MeanAdjustedRandIndex, p.MeanPurity, p.LastUpdated);
}
