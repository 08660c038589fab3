using System.Diagnostics.CodeAnalysis;
using Almagest.Catalog;

namespace Almagest.Ledger.Export;

/// <summary>
/// What each column that leaves the ledger means, once for all exports and services: its type, unit (VOUnits 1.0, as astropy reads them), UCD
/// (UCD1+ 1.3) and description. Percentages have no unit: astropy does not know the sign in FITS and VOTable. A name that means something else in one relation has an entry there of its own.
/// </summary>
public static class ColumnMeanings
{
    static readonly Dictionary<string, CatalogColumn> General = Index(
    [
        // Stars, as their catalogues have them.
        Whole("star_id", "meta.id", "Almagest's own id of the star, within one ledger"),
        Text("source_id", "meta.id;meta.main", "the catalogue's own id"),
        Whole("dataset_id", "meta.id;meta.dataset", "number of the dataset, within one ledger"),
        Text("dataset", "meta.id;meta.dataset", "name of the dataset"),
        Real("ra_deg", "deg", "pos.eq.ra;meta.main", "right ascension, ICRS"),
        Real("dec_deg", "deg", "pos.eq.dec;meta.main", "declination, ICRS"),
        Real("parallax_mas", "mas", "pos.parallax.trig", "parallax"),
        Real("parallax_error_mas", "mas", "stat.error;pos.parallax.trig", "standard error of the parallax"),
        Real("pmra_mas_yr", "mas/yr", "pos.pm;pos.eq.ra", "proper motion in right ascension times cos(dec)"),
        Real("pmdec_mas_yr", "mas/yr", "pos.pm;pos.eq.dec", "proper motion in declination"),
        Real("magnitude", "mag", "phot.mag", "magnitude in the dataset's main band"),
        Real("color", "mag", "phot.color", "colour index"),
        Real("radial_velocity_km_s", "km/s", "spect.dopplerVeloc", "radial velocity"),
        Real("ruwe", null, "stat.fit.goodness", "Gaia's renormalised unit weight error"),
        Whole("healpix_29", "pos.healpix", "HEALPix cell of the position, nested scheme, order 29"),
        Text("extra", "meta.note", "the other columns of the source table, as a JSON object"),

        // Labels.
        Text("label_set", "meta.id", "the set to which the label belongs"),
        Whole("label_outlier", "meta.code", "1 = really unusual, 0 = really ordinary, missing = not said"),
        Text("label_kind", "src.class", "what kind of object it is"),
        Text("label_cluster", "meta.id.parent", "the cluster it belongs to"),
        Text("label_remark", "meta.note", "whatever else was said"),
        Text("labelled_by", "meta.id.PI", "who said so"),
        Text("labelled_at", "time.creation", "when, UTC, ISO 8601"),

        // Runs and what they say of a star.
        Text("run_id", "meta.id", "the run"),
        Text("run_type", "meta.code.class", "anomaly or cluster"),
        Text("algorithm", "meta.software", "the algorithm"),
        Text("created_at", "time.creation", "when the run was created, UTC, ISO 8601"),
        Whole("is_anomaly", "meta.code", "1 = flagged; 0 throughout a cluster run"),
        Real("anomaly_score", null, "stat.value", "negative = anomalous (scikit-learn's decision_function); missing in a cluster run"),
        Whole("cluster_id", "meta.id.parent", "number of its cluster from 0, -1 = noise; missing in an anomaly run"),
        Real("membership_probability", null, "stat.probability", "strength of the membership in its cluster, 0 to 1, in an hdbscan run"),

        // Two runs side by side.
        Text("side", "meta.code", "common = both runs mark the star, only_1 or only_2 = one of them"),
        Real("score_1", null, "stat.value", "anomaly score of run 1; missing where it has none"),
        Real("score_2", null, "stat.value", "anomaly score of run 2"),
        Whole("cluster_1", "meta.id.parent", "cluster in run 1, -1 = noise; missing in an anomaly run"),
        Whole("cluster_2", "meta.id.parent", "cluster in run 2"),
        Text("reason", "meta.note", "why only one run marks the star"),
        Truth("near_threshold", "meta.code", "whether the other run nearly flags it"),
        Text("run_1_id", "meta.id", "the first run of the pair"),
        Text("run_2_id", "meta.id", "the second run of the pair"),
        Whole("shared", "meta.number", "stars that both runs analysed"),
        Whole("marked_1", "meta.number", "of the shared stars, those that run 1 marks"),
        Whole("marked_2", "meta.number", "of the shared stars, those that run 2 marks"),
        Whole("common", "meta.number", "of the shared stars, those that both mark"),
        Real("expected", null, "meta.number;stat.mean", "common stars to be expected, were the runs independent"),
        Real("jaccard", null, "stat.value", "common over marked by either"),
        Real("kappa", null, "stat.value", "agreement beyond chance (Cohen 1960)"),
        Real("log10_p_value", null, "stat.probability", "log10 of the chance of at least so many common stars (hypergeometric)"),
        Real("log10_q_value", null, "stat.probability", "the same adjusted over all pairs (Benjamini and Hochberg 1995)"),
        Real("adjusted_rand_index", null, "stat.value", "agreement of two ways to cluster beyond chance (Hubert and Arabie 1985); missing in anomaly runs"),

        // Stars ranked over many runs.
        Whole("rank", "meta.number", "1 = the surest"),
        Whole("flagged_runs", "meta.number", "runs that flag the star"),
        Whole("analysed_runs", "meta.number", "runs that analysed it"),
        Real("effective_flagged", null, "meta.number", "flagged_runs, runs that say the same sharing one say"),
        Real("effective_analysed", null, "meta.number", "analysed_runs likewise"),
        Real("posterior_mean", null, "stat.probability;stat.mean", "mean of the rate at which runs flag it, after what was seen"),
        Real("credible_low", null, "stat.probability;stat.min", "lower end of the central 95 % credible interval"),
        Real("credible_high", null, "stat.probability;stat.max", "upper end of the central 95 % credible interval"),

        // Two catalogues joined by position.
        Real("separation_arcsec", "arcsec", "pos.angDistance", "angle between the two stars, at the common epoch where there is one"),

        // Views.
        Text("last_updated", "time.processing", "when the row last changed, UTC, ISO 8601"),
        Whole("total_stars", "meta.number", "stars analysed"),
        Text("parameters_json", "meta.note", "the run's parameters, as a JSON object"),
        Whole("anomaly_count", "meta.number", "stars flagged"),
        Real("anomaly_percentage", null, "stat.value", "flagged stars per hundred analysed"),
        Real("min_anomaly_score", null, "stat.value;stat.min", "lowest score among the flagged stars"),
        Real("max_anomaly_score", null, "stat.value;stat.max", "highest score among the flagged stars"),
        Real("avg_anomaly_score", null, "stat.value;stat.mean", "mean score of the flagged stars"),
        Whole("cluster_count", "meta.number", "clusters found, noise not counted"),
        Whole("min_cluster_size", "meta.number;stat.min", "stars of the smallest cluster"),
        Whole("max_cluster_size", "meta.number;stat.max", "stars of the largest cluster"),
        Real("avg_cluster_size", null, "meta.number;stat.mean", "mean number of stars of a cluster"),
        Whole("noise_count", "meta.number", "stars in no cluster"),
        Whole("cluster_size", "meta.number", "stars of the cluster"),
        Text("star_ids", "meta.id", "its stars, ascending, as a JSON array"),
        Whole("total_runs", "meta.number", "runs created, whatever became of them"),
        Real("frequency_pct", null, "stat.value", "runs that flag the star per hundred that analysed it"),
        Real("mean_anomaly_score", null, "stat.value;stat.mean", "mean score over the runs that flag it"),
        Text("run_ids", "meta.id", "the runs that flag it, in order of creation, as a JSON array"),
        Whole("run_1_count", "meta.number", "stars that run 1 flags"),
        Whole("run_2_count", "meta.number", "stars that run 2 flags"),
        Whole("overlap_count", "meta.number", "stars that both flag"),
        Text("overlapping_star_ids", "meta.id", "the stars that both flag, ascending, as a JSON array"),
        Whole("run_1_unique_count", "meta.number", "stars that run 1 alone flags"),
        Whole("run_2_unique_count", "meta.number", "stars that run 2 alone flags"),
        Real("jaccard_similarity", null, "stat.value", "stars that both flag over stars that either flags; 0 where neither flags any"),
        Text("period_start", "time.start", "Monday of the week, or first day of the month, UTC"),
        Text("period_type", "meta.code", "week or month"),
        Whole("completed_runs", "meta.number", "runs that were completed"),
        Real("completion_rate", null, "stat.value", "completed runs over runs created"),
        Whole("total_stars_analyzed", "meta.number", "stars analysed by the complete runs, summed"),
        Text("parameters_hash", "meta.checksum", "MD5 of the parameters, hex"),
        Whole("runs", "meta.number", "complete runs with these parameters"),
        Whole("datasets", "meta.number", "datasets on which they ran"),
        Real("mean_anomaly_count", null, "meta.number;stat.mean", "stars flagged by a run; missing of cluster runs"),
        Whole("min_anomaly_count", "meta.number;stat.min", "least stars flagged by a run"),
        Whole("max_anomaly_count", "meta.number;stat.max", "most stars flagged by a run"),
        Real("mean_anomaly_percentage", null, "stat.value;stat.mean", "flagged stars per hundred analysed, mean of the runs"),
        Real("mean_cluster_count", null, "meta.number;stat.mean", "clusters found by a run; missing of anomaly runs"),
        Real("mean_noise_fraction", null, "stat.value;stat.mean", "stars in no cluster over stars analysed, 0 to 1, mean of the runs"),
        Real("mean_similarity", null, "stat.value;stat.mean", "mean Jaccard similarity with the other complete anomaly runs of the same dataset"),
        Whole("labelled_runs", "meta.number", "runs that could be measured against the label set truth"),
        Real("mean_precision", null, "stat.value;stat.mean", "mean of precision over the labelled runs"),
        Real("mean_recall", null, "stat.value;stat.mean", "mean of recall over the labelled runs"),
        Real("mean_f1", null, "stat.value;stat.mean", "mean of F1 over the labelled runs"),
        Real("mean_average_precision", null, "stat.value;stat.mean", "mean of average precision over the labelled runs"),
        Real("mean_adjusted_rand_index", null, "stat.value;stat.mean", "mean of the adjusted Rand index over the labelled runs"),
        Real("mean_purity", null, "stat.value;stat.mean", "mean of purity over the labelled runs"),
        Whole("healpix_6", "pos.healpix", "HEALPix cell, nested scheme, order 6 (0.84 square degrees)"),
        Whole("stars", "meta.number", "stars of the dataset in the cell"),
        Whole("star_analyses", "meta.number", "results of complete runs for these stars"),
        Whole("flags", "meta.number", "how many of these results are flags"),
        Text("last_analysed_at", "time.processing", "when the last of the runs was completed, UTC, ISO 8601"),
        Whole("labelled_stars", "meta.number", "labelled stars that the run analysed"),
        Whole("positives", "meta.number", "really unusual stars among them"),
        Whole("true_positives", "meta.number", "really unusual and flagged"),
        Whole("false_positives", "meta.number", "flagged though ordinary"),
        Whole("false_negatives", "meta.number", "really unusual and not flagged"),
        Whole("true_negatives", "meta.number", "ordinary and not flagged"),
        Real("precision", null, "stat.value", "unusual among the flagged"),
        Real("recall", null, "stat.value", "flagged among the unusual"),
        Real("f1", null, "stat.value", "harmonic mean of precision and recall"),
        Real("average_precision", null, "stat.value", "area under the steps of the precision-recall curve, as scikit-learn's average_precision_score"),
        Real("purity", null, "stat.value", "stars of the commonest class of their cluster, among the labelled stars in clusters"),
    ]);

    static readonly Dictionary<string, CatalogColumn> Special = new()
    {
        ["mv_star_anomaly_frequency.anomaly_count"] = Whole("anomaly_count", "meta.number", "complete anomaly runs that flag the star"),
        ["mv_star_anomaly_frequency.total_runs"] = Whole("total_runs", "meta.number", "complete anomaly runs that analysed the star"),
        ["mv_dataset_coverage.runs"] = Whole("runs", "meta.number", "complete runs that analysed at least one of these stars"),
        ["mv_discovery_run_stats.cluster_count"] = Whole("cluster_count", "meta.number", "clusters found, noise not counted; 0 of an anomaly run"),
    };

    /// <summary>All columns that mean the same everywhere.</summary>
    public static IReadOnlyCollection<CatalogColumn> All => General.Values;

    /// <summary>What a column means, in a relation or anywhere.</summary>
    /// <exception cref="KeyNotFoundException">nobody has said so</exception>
    public static CatalogColumn Of(string name, string? relation = null) => TryGet(name, relation, out var column) ? column : throw new KeyNotFoundException($"the column {relation}.{name} has no meaning in {nameof(ColumnMeanings)}");

    public static bool TryGet(string name, string? relation, [NotNullWhen(true)] out CatalogColumn? column) =>
        (relation is not null && Special.TryGetValue($"{relation}.{name}", out column)) || General.TryGetValue(name, out column);

    /// <summary>Several of them, in that order.</summary>
    public static IReadOnlyList<CatalogColumn> List(params ReadOnlySpan<string> names)
    {
        var columns = new CatalogColumn[names.Length];
        for (var i = 0; i < names.Length; i++) columns[i] = Of(names[i]);
        return columns;
    }

    /// <summary>A column of one of two stars side by side.</summary>
    /// <param name="pattern">its name with {0} for the side, such as <c>ra_deg_{0}</c></param>
    public static CatalogColumn Side(string pattern, string side)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var general = Of(pattern == "star_{0}_id" ? "star_id" : pattern.Replace("_{0}", "", StringComparison.Ordinal));
        // Only one position of a table can be its main one.
        return general with { Name = pattern.Replace("{0}", side, StringComparison.Ordinal), Ucd = side == "1" ? general.Ucd : general.Ucd?.Replace(";meta.main", "", StringComparison.Ordinal), Description = $"{general.Description} (dataset {side})" };
    }

    static Dictionary<string, CatalogColumn> Index(IEnumerable<CatalogColumn> columns) => columns.ToDictionary(c => c.Name);

    static CatalogColumn Whole(string name, string ucd, string words) => new(name, ColumnType.Int64, null, ucd, words);

    static CatalogColumn Real(string name, string? unit, string ucd, string words) => new(name, ColumnType.Double, unit, ucd, words);

    static CatalogColumn Truth(string name, string ucd, string words) => new(name, ColumnType.Boolean, null, ucd, words);

    static CatalogColumn Text(string name, string ucd, string words) => new(name, ColumnType.Text, null, ucd, words);
}
