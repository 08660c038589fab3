using System.Globalization;
using Almagest.Discovery.Statistics;

namespace Almagest.Contract.Runs;

/// <summary>
/// A run against labels: what of the truth it found. Counted are the labelled stars of the run's selection; one that the run did not
/// analyse is missed. Shares have Wilson's 95 % interval.
/// </summary>
/// <param name="RunType">anomaly or cluster</param>
/// <param name="LabelSet">the set of labels</param>
/// <param name="LabelledStars">stars of the selection with a label in the set</param>
/// <param name="NotAnalysed">of these, stars without a result</param>
/// <param name="Clusters">each labelled cluster, largest first; empty for an anomaly run</param>
/// <param name="Anomalies">null for a cluster run, or where no label says whether a star is unusual</param>
/// <param name="Notes">what the figures rest on, where that is little</param>
public sealed record RunScoreResource(
    Guid RunId,
    string RunType,
    string LabelSet,
    long LabelledStars,
    long NotAnalysed,
    IReadOnlyList<ClusterScore> Clusters,
    AnomalyScore? Anomalies,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Below so many labels a share says too little to stand by itself.</summary>
    public const int LeastLabels = 20;

    /// <summary>A share with its interval, such as <c>0.905 (0.88–0.93)</c>; the bare counts where there are too few trials for a share
    /// that means much; empty where there are none.</summary>
    public static string Text(WilsonInterval share)
    {
        ArgumentNullException.ThrowIfNull(share);
        if (share.Share is not { } value)
            return "";
        if (share.Trials < LeastLabels)
            return $"{share.Successes} of {share.Trials}";
        // 0.999 lies in no interval of 1.00–1.00: there, and near 0, the bounds take the third digit, too.
        var digits = Math.Round(share.Low, 2) > value || Math.Round(share.High, 2) < value ? "0.000" : "0.00";
        var (low, high) = (
            share.Low.ToString(digits, CultureInfo.InvariantCulture),
            share.High.ToString(digits, CultureInfo.InvariantCulture)
        );
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.000} ({low}–{high})");
    }
}

/// <summary>A labelled cluster and the found one that matches it best: with the highest F1.</summary>
/// <param name="Cluster">the label's name</param>
/// <param name="Members">its stars in the run's selection</param>
/// <param name="NotAnalysed">of these, stars without a result: missed</param>
/// <param name="FoundClusterId">null where no found cluster holds a member</param>
/// <param name="FoundSize">stars of that found cluster</param>
/// <param name="FoundLabelled">of these, stars with a label in the set; only they are judged</param>
/// <param name="Common">members in that found cluster</param>
/// <param name="Precision">common of found_labelled; of nothing where no label says of a star that it is in no cluster</param>
/// <param name="Recall">common of members</param>
/// <param name="F1">null where there are no members, and where there is no precision</param>
public sealed record ClusterScore(
    string Cluster,
    long Members,
    long NotAnalysed,
    int? FoundClusterId,
    long FoundSize,
    long FoundLabelled,
    long Common,
    WilsonInterval Precision,
    WilsonInterval Recall,
    double? F1
);

/// <summary>Flags against labels that say whether a star is unusual.</summary>
/// <param name="Labelled">stars of the selection with such a label</param>
/// <param name="Unusual">of these, those labelled unusual</param>
/// <param name="Flagged">labelled stars that the run flags</param>
/// <param name="TruePositives">flagged and unusual</param>
/// <param name="Precision">true_positives of flagged; of nothing where the labels call all analysed stars unusual, or all
/// ordinary</param>
/// <param name="Recall">true_positives of unusual</param>
/// <param name="F1">null where there is no precision to be had of the labels</param>
/// <param name="PrecisionAtUnusual">
/// of as many labelled stars as are unusual (none where the labels call all unusual, or all ordinary), the most anomalous of the run
/// whether flagged or not: those that are unusual. It does not
/// depend on the contamination. Ties are taken by star_id
/// </param>
/// <param name="Kinds">each kind of star that the labels name: first those labelled unusual, then others, most stars first</param>
public sealed record AnomalyScore(
    long Labelled,
    long Unusual,
    long Flagged,
    long TruePositives,
    WilsonInterval Precision,
    WilsonInterval Recall,
    double? F1,
    WilsonInterval PrecisionAtUnusual,
    IReadOnlyList<KindScore> Kinds
);

/// <param name="Kind">the label's kind; null where it names none</param>
/// <param name="IsUnusual">whether the labels call such stars unusual; of others a good run flags few</param>
/// <param name="Recall">flagged stars of this kind, of all of it in the selection</param>
/// <param name="NotAnalysed">stars of this kind without a result</param>
/// <param name="First">stars of this kind among the most anomalous that <c>precision_at_unusual</c> counts</param>
public sealed record KindScore(string? Kind, bool IsUnusual, WilsonInterval Recall, long NotAnalysed, long First);
