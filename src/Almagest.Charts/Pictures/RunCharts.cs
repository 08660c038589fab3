using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.ClusterSizes;

namespace Almagest.Charts.Pictures;

/// <summary>The pictures of one run, as its page and <c>almagest plot run</c> draw them.</summary>
/// <param name="Diagram">null where the stars have no colours or no magnitudes</param>
/// <param name="Motions">of cluster runs; null where no member has them</param>
/// <param name="Parallaxes">of cluster runs; null where no member has them</param>
public sealed record RunCharts(ScatterChart Sky, ScatterChart? Diagram, ScatterChart? Motions, ScatterChart? Parallaxes)
{
    /// <summary>Most bars of the chart of sizes.</summary>
    public const int ShownClusters = 40;

    /// <param name="stars">
    /// have words to them; of an anomaly run they are drawn before others where not all can be. Of clusters a fair sample is drawn then
    /// </param>
    /// <param name="cluster">only the members of this one, from near</param>
    /// <param name="most">most marked stars of one chart</param>
    public static RunCharts Of(
        DiscoveryRun run,
        SelectionPicture picture,
        StarMarks marks,
        IReadOnlyList<StarResult> stars,
        int? cluster,
        int most = StarLayer.MostMarks
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(marks);
        var (isAnomaly, near) = (run.RunType == RunTypes.Anomaly, cluster is not null && run.RunType == RunTypes.Cluster);
        if (near)
            marks = marks.Only(cluster!.Value);
        var ids = picture.StarIds;
        var layer = new StarLayer(
            ids,
            marks,
            isAnomaly ? [.. stars.Select(s => Array.BinarySearch(ids, s.StarId)).Where(i => i >= 0)] : null,
            stars.ToDictionary(s => s.StarId, Tip)
        )
        {
            Most = most,
        };
        var marked = isAnomaly ? "flagged stars" : "members";
        var members = isAnomaly ? [] : marks.Places();
        Func<ChartWindow, long[]> In(PointCloud cloud) => window => [.. cloud.Within(window).Select(i => ids[i])];
        var sky = new ScatterChart(
            w => SkyMap.Draw(picture.Projection, picture.Sky, layer, "Map of the sky", w),
            marked,
            near ? picture.Sky.Around(members, 1, keepShape: true) : null,
            In(picture.Sky)
        );
        var diagram = picture.Diagram is { } d
            ? new ScatterChart(w => d.Draw(layer, "Colour–magnitude diagram", w), marked, within: In(d.Cloud))
            : null;
        // Beside its members, a cluster is judged by what surrounds it.
        ScatterChart? Beside(PointCloud? cloud, string x, string y, string what) =>
            cloud?.Around(members, near ? 0.6 : 0.2, false) is { } around
                ? new ScatterChart(w => ScatterPlot.Draw(cloud, layer, x, y, what, w), marked, around, In(cloud)).Show(null)
                : null;
        return new RunCharts(
            sky.Show(null),
            diagram?.Show(null),
            isAnomaly ? null : Beside(picture.Motions, "pm RA·cos Dec (mas/yr)", "pm Dec (mas/yr)", "Proper motions"),
            isAnomaly ? null : Beside(picture.Distances, "magnitude", "parallax (mas)", "Parallax against magnitude")
        );
    }

    /// <param name="threshold">scores below it are flagged</param>
    public static string Scores(Histogram scores, double threshold, bool canDrag = false)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.Draw("anomaly score", "", threshold, canDrag: canDrag);
    }

    /// <summary>The largest clusters as bars; null where there are none.</summary>
    public static string? Sizes(IReadOnlyList<ClusterSizeRow> clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        return clusters.Count == 0
            ? null
            : Bars.Draw(
                [
                    .. clusters
                        .Take(ShownClusters)
                        .Select(c => new Bar(
                            c.ClusterId.ToString(CultureInfo.InvariantCulture),
                            c.ClusterSize,
                            Fill: ColourMap.Group(c.ClusterId)
                        )),
                ],
                clusters.Count > ShownClusters ? $"cluster (the {ShownClusters} largest of {clusters.Count})" : "cluster",
                "stars",
                "Cluster sizes"
            );
    }

    private static string Tip(StarResult s) =>
        s.AnomalyScore is { } score
            ? FormattableString.Invariant($"{s.SourceId}: score {score:0.000}")
            : FormattableString.Invariant($"{s.SourceId}: cluster {s.ClusterId}");
}
