using Almagest.Adql.Schema;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>The schema <c>almagest</c>: what the ledger knows, across datasets.</summary>
internal static class LedgerTables
{
    public const string Schema = "almagest";

    static readonly PublishedColumn RunId = new("run_id", PublishedType.Uuid, "{0}.run_id", null, "meta.id", "the run", Principal: true, Indexed: true);
    static readonly PublishedColumn DatasetId = Whole("dataset_id", "the dataset") with { Indexed = true };
    static readonly PublishedColumn LastUpdated = Time("last_updated", "when the last run that counts here was completed");

    public static readonly PublishedTable Datasets = Table("datasets", "Loaded catalogues", "public.datasets",
        Whole("dataset_id", "its number", "meta.id;meta.main") with { Principal = true, Indexed = true },
        Words("name", "its name; its stars are the table of that name in the schema dataset") with { Principal = true, Indexed = true },
        Words("source", "where it came from, JSON: one object a file") with { Sql = "({0}.source)::text" },
        Text("checksum", "SHA-256 of the file's bytes; of several files: of their checksums"),
        Words("column_mapping", "star field to source column, JSON") with { Sql = "({0}.column_mapping)::text" },
        Whole("star_count", "stars loaded", "meta.number") with { Principal = true },
        Whole("rejected_count", "rows that could not be loaded", "meta.number"),
        Time("created_at", "when it was loaded", "time.creation"));

    /// <param name="datasets">ids of all datasets: conditions on positions look into each one's part of the index</param>
    public static PublishedTable Stars(IReadOnlyList<long> datasets) => new(Schema, "stars", "The stars of all datasets", new PublishedRows("public.stars"),
        [.. StarColumns.All, DatasetId, Words("extra", "the other columns of the source table, JSON") with { Sql = "({0}.extra)::text" }],
        new SkyIndex("ra_deg", "dec_deg", StarColumns.Cell, "{0}.dataset_id", datasets));

    public static readonly PublishedTable Labels = Table("star_labels", "What is known of stars from elsewhere: the truth that detections are measured against", "public.star_labels",
        StarColumns.StarId with { Principal = true },
        Words("label_set", "which set of labels") with { Principal = true },
        Whole("is_anomaly", "1 = really unusual, 0 = really ordinary, null = not said") with { Principal = true },
        Words("kind", "what kind of object it is") with { Principal = true },
        Words("cluster", "the cluster it belongs to") with { Principal = true },
        Words("remark", "whatever else was said"),
        Words("labelled_by", "who said so"),
        Time("labelled_at", "when it was said"));

    public static readonly PublishedTable Runs = Table("runs", "Executions of an algorithm on a selection of stars", "public.discovery_runs",
        RunId with { Ucd = "meta.id;meta.main" },
        Text("run_type", "anomaly or cluster") with { Principal = true },
        Text("algorithm", "the algorithm") with { Principal = true },
        Words("parameters", "every parameter, JSON") with { Sql = "({0}.parameters)::text", Principal = true },
        DatasetId with { Principal = true },
        Words("dataset_filter", "which stars of the dataset, JSON; {} = all") with { Sql = "({0}.dataset_filter)::text" },
        Whole("total_stars", "stars analysed", "meta.number") with { Principal = true },
        Words("results_summary", "what was found and how the data were prepared, JSON") with { Sql = "({0}.results_summary)::text" },
        Text("status", "pending, running, completed, failed or cancelled") with { Principal = true, Indexed = true },
        Whole("is_complete", "1 = its results are stored, else 0") with { Sql = "({0}.is_complete)::integer" },
        Words("error", "why it failed"),
        Whole("random_seed", "the random seed"),
        Text("program_version", "of the program that executed it"),
        Time("created_at", "when it was asked for", "time.creation") with { Principal = true },
        Time("started_at", "when it began", "time.start"),
        Time("completed_at", "when it was completed", "time.end"));

    public static readonly PublishedTable Results = Table("results", "What complete runs say of each star that they analysed",
        "public.discovery_results",
        RunId,
        StarColumns.StarId with { Principal = true },
        Whole("is_anomaly", "1 = flagged; 0 throughout a cluster run", "meta.code") with { Principal = true, Indexed = true },
        Number("anomaly_score", "negative = anomalous (scikit-learn's decision_function); null in a cluster run", "stat.value") with { Principal = true },
        Whole("cluster_id", "number of its cluster from 0, -1 = noise; null in an anomaly run", "meta.id.assoc") with { Principal = true, Indexed = true },
        Number("membership_probability", "strength of the membership in its cluster, 0 to 1, in an hdbscan run", "stat.probability"));

    public static readonly IReadOnlyList<PublishedTable> Views =
    [
        Table("mv_discovery_run_stats", "Statistics of complete runs", "public.mv_discovery_run_stats",
            RunId, Text("run_type", "anomaly or cluster"), Time("created_at", "when it was asked for"), Whole("total_stars", "stars analysed", "meta.number"),
            Words("parameters_json", "every parameter, JSON") with { Sql = "({0}.parameters_json)::text" },
            Whole("anomaly_count", "stars flagged", "meta.number"), Number("anomaly_percentage", "stars flagged per hundred analysed", "arith.ratio"),
            Number("min_anomaly_score", "over flagged stars", "stat.min"), Number("max_anomaly_score", "over flagged stars", "stat.max"), Number("avg_anomaly_score", "over flagged stars", "stat.mean"),
            Whole("cluster_count", "clusters", "meta.number"), Whole("min_cluster_size", "stars in the smallest cluster", "stat.min"), Whole("max_cluster_size", "stars in the largest cluster", "stat.max"),
            Number("avg_cluster_size", "mean stars in a cluster", "stat.mean"), Whole("noise_count", "stars in no cluster", "meta.number"), LastUpdated),
        Table("mv_cluster_size_distribution", "Clusters of complete runs, with their members", "public.mv_cluster_size_distribution",
            RunId, Whole("cluster_id", "number of the cluster"), Whole("cluster_size", "stars in it", "meta.number"), Ids("star_ids", "its stars, ascending, with blanks between"), LastUpdated),
        Table("mv_star_anomaly_frequency", "How often each analysed star is flagged", "public.mv_star_anomaly_frequency",
            StarColumns.StarId with { Principal = true }, Whole("anomaly_count", "runs that flag it", "meta.number"), Whole("total_runs", "complete anomaly runs that analysed it", "meta.number"),
            Number("frequency_pct", "runs that flag it per hundred that analysed it", "arith.ratio"), Number("mean_anomaly_score", "over the runs that flag it", "stat.mean"),
            Ids("run_ids", "the runs that flag it, with blanks between"), LastUpdated),
        Table("mv_anomaly_overlap_matrix", "Pairs of complete anomaly runs and the flags that they share", "public.mv_anomaly_overlap_matrix",
            RunId with { Name = "run_1_id", Sql = "{0}.run_1_id", Description = "the earlier run" }, Whole("run_1_count", "stars it flags", "meta.number"),
            RunId with { Name = "run_2_id", Sql = "{0}.run_2_id", Description = "the later run" }, Whole("run_2_count", "stars it flags", "meta.number"),
            Whole("overlap_count", "stars flagged by both", "meta.number"), Ids("overlapping_star_ids", "those, ascending, with blanks between"),
            Whole("run_1_unique_count", "flagged by run 1 alone", "meta.number"), Whole("run_2_unique_count", "flagged by run 2 alone", "meta.number"),
            Number("jaccard_similarity", "flagged by both over flagged by either", "arith.ratio"), LastUpdated),
        Table("mv_discovery_timeline", "Runs by week and month, UTC", "public.mv_discovery_timeline",
            Time("period_start", "first day of the period") with { Sql = "({0}.period_start)::timestamp at time zone 'UTC'" }, Text("period_type", "week (from Monday) or month"), Text("run_type", "anomaly or cluster"),
            Whole("total_runs", "runs asked for", "meta.number"), Whole("completed_runs", "runs completed", "meta.number"), Number("completion_rate", "completed over all", "arith.ratio"),
            Whole("total_stars_analyzed", "by completed runs", "meta.number"), LastUpdated),
        Table("mv_parameter_performance", "What parameter sets find", "public.mv_parameter_performance",
            Text("run_type", "anomaly or cluster"), Text("algorithm", "the algorithm"), Text("parameters_hash", "MD5 of the parameters"),
            Words("parameters_json", "the parameters but for the seed, JSON") with { Sql = "({0}.parameters_json)::text" }, Whole("runs", "complete runs with them", "meta.number"),
            Whole("datasets", "datasets they ran on", "meta.number"), Number("mean_anomaly_count", "stars flagged a run", "stat.mean"), Whole("min_anomaly_count", "fewest stars flagged", "stat.min"),
            Whole("max_anomaly_count", "most stars flagged", "stat.max"), Number("mean_anomaly_percentage", "stars flagged per hundred", "stat.mean"), Number("mean_cluster_count", "clusters a run", "stat.mean"),
            Number("mean_noise_fraction", "part of the stars in no cluster", "stat.mean"), Number("mean_similarity", "mean Jaccard similarity with the other anomaly runs of the dataset", "stat.mean"),
            Whole("labelled_runs", "runs that labels can judge", "meta.number"), Number("mean_precision", "over labelled runs", "stat.mean"), Number("mean_recall", "over labelled runs", "stat.mean"),
            Number("mean_f1", "over labelled runs", "stat.mean"), Number("mean_average_precision", "over labelled runs", "stat.mean"),
            Number("mean_adjusted_rand_index", "over labelled cluster runs", "stat.mean"), Number("mean_purity", "over labelled cluster runs", "stat.mean"), LastUpdated),
        Table("mv_dataset_coverage", "Cells of the sky that hold stars of a dataset, and how often they were analysed", "public.mv_dataset_coverage",
            DatasetId, Whole("healpix_6", "HEALPix cell, nested scheme, order 6", "pos.healpix"), Whole("stars", "stars there", "meta.number"), Whole("runs", "runs that analysed some of them", "meta.number"),
            Whole("star_analyses", "stars analysed, over all runs", "meta.number"), Whole("flags", "flags of anomaly runs there", "meta.number"), Time("last_analysed_at", "when it was last analysed"), LastUpdated),
        Table("mv_discovery_quality", "Complete runs against labels", "public.mv_discovery_quality",
            RunId, Words("label_set", "which labels"), Text("run_type", "anomaly or cluster"), Whole("labelled_stars", "labelled stars that it analysed", "meta.number"),
            Whole("positives", "of them, really unusual", "meta.number"), Whole("true_positives", "flagged and unusual", "meta.number"), Whole("false_positives", "flagged and ordinary", "meta.number"),
            Whole("false_negatives", "not flagged but unusual", "meta.number"), Whole("true_negatives", "not flagged and ordinary", "meta.number"), Number("precision", "unusual ones among the flagged", "arith.ratio"),
            Number("recall", "flagged ones among the unusual", "arith.ratio"), Number("f1", "harmonic mean of precision and recall", "arith.ratio"), Number("average_precision", "area below precision over recall", "arith.ratio"),
            Number("adjusted_rand_index", "of clusters against labels", "arith.ratio"), Number("purity", "part of clustered stars that are of their cluster's main label", "arith.ratio"), LastUpdated),
    ];

    static PublishedTable Table(string name, string description, string rows, params IReadOnlyList<PublishedColumn> columns) => new(Schema, name, description, new PublishedRows(rows), columns);

    static PublishedColumn Whole(string name, string description, string? ucd = null) => new(name, PublishedType.Integer, "{0}." + name, null, ucd, description);

    static PublishedColumn Number(string name, string description, string? ucd = null) => new(name, PublishedType.Double, "{0}." + name, null, ucd, description);

    static PublishedColumn Text(string name, string description) => new(name, PublishedType.Text, "{0}." + name, null, null, description);

    static PublishedColumn Words(string name, string description) => Text(name, description) with { HasWords = true };

    static PublishedColumn Ids(string name, string description) => new(name, PublishedType.Text, $"array_to_string({{0}}.{name}, ' ')", null, null, description);

    static PublishedColumn Time(string name, string description, string? ucd = null) => new(name, PublishedType.Timestamp, "{0}." + name, null, ucd, description);
}
