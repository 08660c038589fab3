using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>What is known of stars from elsewhere: the truth that detections are measured against.</summary>
public static class LabelColumns
{
    public static Column LabelSet { get; } = UnicodeText("label_set", "meta.id", "the set of labels");

    private static readonly Column s_outlier = Flag(
        "label_outlier",
        "meta.code",
        "1 = really unusual, 0 = really ordinary, null = not said"
    );
    private static readonly Column s_kind = UnicodeText("label_kind", "src.class", "what kind of object it is");
    private static readonly Column s_cluster = UnicodeText("label_cluster", "meta.id.parent", "the cluster it belongs to");
    private static readonly Column s_remark = UnicodeText("label_remark", "meta.note", "whatever else was said");
    private static readonly Column s_labelledBy = UnicodeText("labelled_by", "meta.curation", "who said so");
    private static readonly Column s_labelledAt = Timestamp("labelled_at", "time.creation", "when it was said");

    /// <summary>Of a file of labels, which <c>labels import</c> reads again.</summary>
    public static IReadOnlyList<Column> OfFile { get; } =
    [StarColumns.All[1], LabelSet, s_outlier, s_kind, s_cluster, s_remark, s_labelledBy, s_labelledAt];

    /// <summary>Of the table <c>star_labels</c>.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        StarColumns.StarId,
        LabelSet,
        s_outlier with
        {
            Name = "is_anomaly",
        },
        s_kind with
        {
            Name = "kind",
        },
        s_cluster with
        {
            Name = "cluster",
        },
        s_remark with
        {
            Name = "remark",
        },
        s_labelledBy,
        s_labelledAt,
    ];
}
