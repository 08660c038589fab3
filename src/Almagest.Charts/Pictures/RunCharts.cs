using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Runs;
using Almagest.Ledger.InPlace;
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
    /// <param name="width">of a chart, in units of which 12 are the size of its words; null = as pages have them</param>
    /// <param name="skyWidth">of the map</param>
    /// <param name="zoom">parts of charts, by their names</param>
    /// <param name="chosen">stars that somebody selected, by their ids</param>
    public static RunCharts Of(
        DiscoveryRun run,
        SelectionPicture picture,
        StarMarks marks,
        IReadOnlyList<StarResult> stars,
        int? cluster,
        int most = StarLayer.MostMarks,
        double? width = null,
        double? skyWidth = null,
        IReadOnlyDictionary<string, ChartWindow>? zoom = null,
        long[]? chosen = null
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
            Chosen = Places(ids, chosen),
            MarkedAlone = RunRows.AreInFiles(run) && !near,
            Ground = RunRows.AreInFiles(run) ? RunRows.Kept(run) : null,
            KeepsRoom = width is null,
        };
        var marked =
            isAnomaly ? "flagged stars"
            : near ? $"members of cluster {cluster}"
            : "members of clusters";
        var members = isAnomaly ? [] : marks.Places();
        var wide = width ?? UsualWidth;
        ChartFacts Facts(PointCloud cloud, string needs, Func<(double X, double Y), string> cell, string? bars = null) =>
            new(picture.Stars, cloud.Placed, needs, cell, bars)
            {
                Analysed = run.TotalStars,
                Alone = RunRows.AreInFiles(run) ? RunRows.Kept(run) : null,
            };
        // In a chart's own frame whatever is marked is seen, or pointed at; in a part that somebody looks at, what is there.
        StarLayer In(ChartWindow? part) => part is null ? layer with { PointsOut = true, Marked = marked } : layer;
        var skyFrame = near ? picture.Sky.Around(members, 1, keepShape: true) : null;
        var sky = new ScatterChart(
            w =>
                SkyMap.Draw(
                    picture.Projection,
                    picture.Sky,
                    In(w),
                    "Map of the sky",
                    w ?? skyFrame,
                    skyWidth ?? (picture.Projection.IsWholeSky ? 760 : UsualWidth)
                ),
            marked,
            Facts(picture.Sky, "a position", cell => ChartFacts.OnSky(picture.Projection, cell))
        );
        var diagram = picture.Diagram is { } d
            ? new ScatterChart(
                w => d.Draw(In(w), "Colour–magnitude diagram", w ?? d.Cloud.Holding(marks.Places()), width: wide),
                marked,
                OfDiagram(picture, d) with
                {
                    Analysed = run.TotalStars,
                    Alone = RunRows.AreInFiles(run) ? RunRows.Kept(run) : null,
                }
            )
            : null;
        ChartWindow? Part(string chart) => zoom?.TryGetValue(chart, out var window) == true ? window : null;
        // Beside its members, a cluster is judged by what surrounds it.
        ScatterChart? Beside(string name, PointCloud cloud, string x, string y, string what, ChartFacts facts) =>
            cloud.Around(members, near ? 0.6 : 0.2, false) is { } around
                ? new ScatterChart(
                    w => ScatterPlot.Draw(cloud, In(w), x, y, what, w ?? around, width: wide, height: Math.Clamp(wide * 0.75, 280, 420)),
                    marked,
                    facts
                ).Show(Part(name))
                : null;
        return new RunCharts(
            sky.Show(Part("sky")),
            diagram?.Show(Part("cmd")),
            isAnomaly || picture.Motions is not { } motions
                ? null
                : Beside(
                    "motions",
                    motions,
                    "μ_{α*} (mas yr⁻¹)",
                    "μ_{δ} (mas yr⁻¹)",
                    "Proper motions",
                    Facts(
                        motions,
                        "a proper motion",
                        cell => $"{ChartFacts.Rough(cell.X)} × {ChartFacts.Rough(cell.Y)} mas/yr",
                        "Bars: one standard error."
                    )
                ),
            isAnomaly || picture.Distances is not { } distances
                ? null
                : Beside(
                    "parallaxes",
                    distances,
                    picture.Bands.MagnitudeAxis(false),
                    "parallax (mas)",
                    "Parallax against magnitude",
                    Facts(
                        distances,
                        "a magnitude and a parallax",
                        cell => $"{ChartFacts.Rough(cell.X)} mag × {ChartFacts.Rough(cell.Y)} mas",
                        "Bars: one standard error."
                    )
                )
        );
    }

    private static bool[]? Places(long[] ids, long[]? chosen)
    {
        if (chosen is null or [])
            return null;
        var places = new bool[ids.Length];
        foreach (var id in chosen)
        {
            if (Array.BinarySearch(ids, id) is >= 0 and var at)
                places[at] = true;
        }
        return places;
    }

    /// <summary>What is said of a colour–magnitude diagram.</summary>
    internal static ChartFacts OfDiagram(SelectionPicture picture, ColourMagnitude diagram) =>
        new(
            picture.Stars,
            diagram.Cloud.Placed,
            diagram.Needs,
            cell => $"{ChartFacts.Rough(cell.X)} × {ChartFacts.Rough(cell.Y)} mag",
            "Bars: one standard error of the absolute magnitude, from that of the parallax."
        )
        {
            Remark = diagram.WhyApparent,
        };

    /// <summary>Width of a chart on a page.</summary>
    public const double UsualWidth = 560;

    /// <param name="threshold">scores below it are flagged</param>
    public static string Scores(Histogram scores, double threshold, bool canDrag = false, double width = UsualWidth)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.Draw("anomaly score", threshold, width: width, height: Math.Clamp(width * 0.5, 240, 290), canDrag: canDrag);
    }

    /// <summary>The largest clusters as bars; null where there are none.</summary>
    public static string? Sizes(IReadOnlyList<ClusterSizeRow> clusters, double width = UsualWidth)
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
                            Css: Palette.Group(c.ClusterId)
                        )),
                ],
                clusters.Count > ShownClusters ? $"cluster (the {ShownClusters} largest of {clusters.Count})" : "cluster",
                IsWide(clusters) ? "stars (logarithmic)" : "stars",
                "Cluster sizes",
                width,
                isLogarithmic: IsWide(clusters)
            );
    }

    // Beside one of thousands, a cluster of twenty would have no bar.
    private static bool IsWide(IReadOnlyList<ClusterSizeRow> clusters) =>
        clusters.Max(c => c.ClusterSize) >= 30 * clusters.Take(ShownClusters).Min(c => c.ClusterSize);

    private static string Tip(StarResult s) =>
        s.AnomalyScore is { } score
            ? FormattableString.Invariant($"{s.SourceId}: score {score:0.000}")
            : FormattableString.Invariant($"{s.SourceId}: cluster {s.ClusterId}");
}
