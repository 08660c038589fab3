using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of two runs side by side, of the pairs among many, and of stars ranked over many.</summary>
public static class ComparisonColumns
{
    public static Column Run1Id { get; } = Uuid("run_1_id", "meta.id", "the first run of the pair");

    public static Column Run2Id { get; } = Uuid("run_2_id", "meta.id", "the second run of the pair");

    public static Column JaccardSimilarity { get; } =
        Double(
            "jaccard_similarity",
            null,
            "stat.value;arith.ratio",
            "stars that both flag over stars that either flags, 0 to 1; 0 where neither flags any"
        );

    public static Column Score1 { get; } = Double("score_1", null, "stat.value", "anomaly score of run 1; null where it has none");

    public static Column Score2 { get; } = Double("score_2", null, "stat.value", "anomaly score of run 2; null where it has none");

    /// <summary>Of a star that either of two runs marks.</summary>
    public static IReadOnlyList<Column> OfPair { get; } =
    [
        Text("side", "meta.code", "common = both runs mark the star, only_1 or only_2 = one of them"),
        Score1,
        Score2,
        Integer("cluster_1", "meta.id.parent", "cluster in run 1, -1 = noise; null in an anomaly run"),
        Integer("cluster_2", "meta.id.parent", "cluster in run 2, -1 = noise; null in an anomaly run"),
        Text("reason", "meta.note", "why only one run marks the star"),
        Boolean("near_threshold", "meta.code", "whether the other run nearly flags it"),
        Boolean(
            "analysed_1",
            "meta.code",
            "whether run 1 analysed the star; where it did, and has no score here, that is in its result files"
        ),
        Boolean(
            "analysed_2",
            "meta.code",
            "whether run 2 analysed the star; where it did, and has no score here, that is in its result files"
        ),
    ];

    /// <summary>Of one pair of a matrix of runs.</summary>
    public static IReadOnlyList<Column> OfMatrix { get; } =
    [
        Run1Id,
        Run2Id,
        Integer("shared", "meta.number", "stars that both runs analysed"),
        Integer("marked_1", "meta.number", "of the shared stars, those that run 1 marks"),
        Integer("marked_2", "meta.number", "of the shared stars, those that run 2 marks"),
        Integer("common", "meta.number", "of the shared stars, those that both mark"),
        Double("expected", null, "meta.number;stat.mean", "common stars to be expected, were the runs independent"),
        Double("jaccard", null, "stat.value;arith.ratio", "common over marked by either, 0 to 1"),
        Double("kappa", null, "stat.value", "agreement beyond chance (Cohen 1960)"),
        Double("log10_p_value", null, "stat.probability", "log10 of the chance of such an overlap of independent runs (hypergeometric)"),
        Double("log10_q_value", null, "stat.probability", "the same adjusted over all pairs (Benjamini and Hochberg 1995)"),
        Double(
            "adjusted_rand_index",
            null,
            "stat.value",
            "agreement of two ways to cluster beyond chance (Hubert and Arabie 1985); null for anomaly runs"
        ),
    ];

    /// <summary>Of a star in a consensus.</summary>
    public static IReadOnlyList<Column> OfConsensus { get; } =
    [
        Integer("rank", "meta.number", "1 = the surest"),
        Integer("flagged_runs", "meta.number", "runs that flag the star"),
        Integer("analysed_runs", "meta.number", "runs that analysed it"),
        Double("flagged_draws", null, "meta.number", "of the independent draws, those that flag it; runs that share a detector are one"),
        Integer("draws", "meta.number", "independent draws that analysed it"),
        Integer("questions", "meta.number", "questions whose runs analysed it: algorithm, recipe, parameters, selection"),
        Double(
            "posterior_mean",
            null,
            "stat.probability;stat.mean",
            "expected rate at which further draws flag it, the mean over questions"
        ),
        Double("credible_low", null, "stat.probability;stat.min", "lower end of the central credible interval of the rate itself"),
        Double("credible_high", null, "stat.probability;stat.max", "upper end of the central credible interval of the rate itself"),
        Double("predictive_low", null, "stat.probability;stat.min", "lower end of the interval of the rate in a number of further draws"),
        Double("predictive_high", null, "stat.probability;stat.max", "upper end of the interval of the rate in a number of further draws"),
        Double(
            "mean_flag_probability",
            null,
            "stat.probability;stat.mean",
            "mean over the runs that know it of the chance that the star's true values are flagged, given what was measured"
        ),
    ];
}
