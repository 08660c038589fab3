using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>What is known of stars from elsewhere: the truth that detections are measured against.</summary>
public static class LabelColumns
{
    public static Column LabelSet { get; } = Words("label_set", "meta.id", "the set of labels");

    static readonly Column Outlier = Integer("label_outlier", "meta.code", "1 = really unusual, 0 = really ordinary, null = not said");
    static readonly Column Kind = Words("label_kind", "src.class", "what kind of object it is");
    static readonly Column Cluster = Words("label_cluster", "meta.id.parent", "the cluster it belongs to");
    static readonly Column Remark = Words("label_remark", "meta.note", "whatever else was said");
    static readonly Column LabelledBy = Words("labelled_by", "meta.curation", "who said so");
    static readonly Column LabelledAt = Timestamp("labelled_at", "time.creation", "when it was said");

    /// <summary>Of a file of labels, which <c>labels import</c> reads again.</summary>
    public static IReadOnlyList<Column> OfFile { get; } = [StarColumns.All[1], LabelSet, Outlier, Kind, Cluster, Remark, LabelledBy, LabelledAt];

    /// <summary>Of the table <c>star_labels</c>.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        StarColumns.StarId, LabelSet, Outlier with { Name = "is_anomaly" }, Kind with { Name = "kind" }, Cluster with { Name = "cluster" }, Remark with { Name = "remark" },
        LabelledBy, LabelledAt,
    ];
}
