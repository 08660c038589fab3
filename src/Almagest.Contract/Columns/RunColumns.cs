using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of a run, and of what it says of a star.</summary>
public static class RunColumns
{
    public static Column RunId { get; } = Uuid("run_id", "meta.id", "the run");

    public static Column RunType { get; } = Text("run_type", "meta.code.class", "anomaly or cluster");

    public static Column Algorithm { get; } = Text("algorithm", "meta.id;meta.software", "the algorithm");

    public static Column CreatedAt { get; } = Timestamp("created_at", "time.creation", "when the run was asked for");

    public static Column TotalStars { get; } = Integer("total_stars", "meta.number", "stars analysed");

    public static Column Reason { get; } = UnicodeText("reason", "meta.note", "what the star lacks, so that the run did not analyse it");

    public static Column ResultsInFiles { get; } =
        Boolean(
            "results_in_files",
            "meta.code",
            "whether the results of all its stars are in files: the ledger has those of its flagged stars, or of members of its "
                + "clusters, alone"
        );

    public static Column Filled { get; } =
        Text("filled", "meta.note", "columns of the star in which the run took the median of the others; null where it fills nothing");

    /// <summary>The columns of <c>discovery_runs</c> that are open to queries.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        RunId with
        {
            Ucd = "meta.id;meta.main",
        },
        RunType,
        Algorithm,
        Json("parameters", "meta.note", "every parameter, defaults included, a JSON object"),
        StarColumns.DatasetId,
        Json("dataset_filter", "meta.note", "which stars of the dataset, a JSON object; {} = all"),
        TotalStars,
        Json("results_summary", "meta.note", "what was found and how the data were prepared, a JSON object"),
        Text("status", "meta.code.status", "pending, running, completed, failed or cancelled"),
        Boolean("is_complete", "meta.code.status", "whether its results are stored"),
        UnicodeText("error", "meta.note", "why it failed"),
        Integer("random_seed", "stat.param", "the random seed"),
        Text("program_version", "meta.version;meta.software", "version of the program that executed it"),
        CreatedAt,
        Timestamp("started_at", "time.start", "when it began"),
        Timestamp("completed_at", "time.end", "when it was completed"),
        Text("results_hash", "meta.code", "SHA-256 of its results, equal for equal results in whatever ledger"),
        Integer(
            "results_hash_version",
            "meta.version",
            "rule of results_hash: 2; 3 = of results in files; 1 = of an older program, for this ledger only"
        ),
        UnicodeText("name", "meta.title", "what somebody calls it; null = nothing"),
    ];

    /// <summary>What a run found, beside <see cref="All"/>; null where a run has no such number.</summary>
    public static IReadOnlyList<Column> Outcomes { get; } =
    [
        Integer("anomaly_count", "meta.number", "stars flagged, of an anomaly run"),
        Integer("cluster_count", "meta.number", "clusters found, noise not counted, of a cluster run"),
        Integer("noise_count", "meta.number", "stars in no cluster, of a cluster run"),
        Integer("excluded_count", "meta.number", "stars of the selection that were not analysed"),
        Double("duration_s", "s", "time.duration", "time from its beginning to its end"),
    ];

    private const string OfLabels = "; the best of its sets with at least 20 labelled stars";

    /// <summary>What views and clusters say of a run as a whole; null where it has no such number.</summary>
    public static IReadOnlyList<Column> Measures { get; } =
    [
        Double("lowest_score", null, "stat.min", "score of the most anomalous star, of an anomaly run"),
        Double("mean_score", null, "stat.mean", "mean score of the flagged stars, of an anomaly run"),
        Integer("largest_cluster", "meta.number;stat.max", "stars in the largest cluster, of a cluster run"),
        Double(
            "significance",
            null,
            "stat.snr;stat.max",
            "of its most significant cluster, standard deviations, where the algorithm judges its clusters"
        ),
        Double("precision", null, "stat.value", $"share of the flagged labelled stars that are unusual{OfLabels}"),
        Double("recall", null, "stat.value", $"share of the unusual labelled stars that are flagged{OfLabels}"),
        Double("f1", null, "stat.value", $"harmonic mean of precision and recall against labels{OfLabels}"),
        Double("adjusted_rand_index", null, "stat.correlation", $"agreement of its clusters with labelled ones{OfLabels}"),
    ];

    /// <summary>A run in a list, beside <see cref="All"/>.</summary>
    public static IReadOnlyList<Column> OfList { get; } =
    [
        UnicodeText("dataset", "meta.id", "names of its datasets, + between"),
        UnicodeText("selection", "meta.note", "which stars of the dataset, in words"),
        Text("group_id", "meta.id.parent", "the sweep that it belongs to"),
        UnicodeText("started_by", "meta.id", "who started it"),
        UnicodeText("tags", "meta.note", "its tags, a blank between"),
        UnicodeText("note", "meta.note", "its last note"),
    ];

    /// <summary>One parameter of a run.</summary>
    public static IReadOnlyList<Column> OfParameter { get; } =
    [
        RunId,
        Text("name", "meta.id", "the parameter"),
        UnicodeText("value_text", "meta.note", "its value as text; that of a list as JSON"),
        Double("value_number", null, "stat.param", "its value where that is a number"),
    ];

    /// <summary>One tag of a run.</summary>
    public static IReadOnlyList<Column> OfTag { get; } =
    [
        RunId,
        UnicodeText("tag", "meta.note", "a word by which the run is found again"),
        UnicodeText("tagged_by", "meta.id", "who gave it; null where that was not said"),
        Timestamp("tagged_at", "time.creation", "when it was given"),
    ];

    /// <summary>What a run says of a star.</summary>
    public static IReadOnlyList<Column> OfResult { get; } =
    [
        Flag("is_anomaly", "meta.code", "1 = flagged, 0 = not; 0 throughout a cluster run"),
        Double("anomaly_score", null, "stat.value", "negative = anomalous (scikit-learn's decision_function); null in a cluster run"),
        Integer("cluster_id", "meta.id.parent", "number of its cluster from 0, -1 = noise; null in an anomaly run"),
        Double(
            "membership_probability",
            null,
            "stat.probability",
            "calibrated probability to be a member of its cluster, or, in none, of the likeliest; null where the algorithm gives none"
        ),
        Double(
            "membership_strength",
            null,
            "stat.value",
            "how firmly hdbscan holds it in its cluster, 0 to 1, which is no probability; null where the algorithm has none"
        ),
        Double(
            "flag_probability",
            null,
            "stat.probability",
            "chance that its true values are flagged, given what was measured: the share of draws within its errors that are; null where "
                + "it has no errors"
        ),
        Double("score_spread", null, "stat.stdev;stat.value", "standard deviation of anomaly_score over these draws"),
        Double(
            "membership_stability",
            null,
            "stat.value",
            "share of draws within its errors that leave it in its cluster; null where it is in none, has no errors, or is its only "
                + "core star"
        ),
    ];
}
