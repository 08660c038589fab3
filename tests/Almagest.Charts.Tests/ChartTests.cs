using System.Globalization;
using System.Xml.Linq;
using Almagest.Charts.Drawing;
using Almagest.Charts.Export;
using SkiaSharp;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>What charts show, and where.</summary>
public sealed class ChartTests
{
    private static readonly SkyProjection[] s_projections =
    [
        new Mollweide(),
        new TangentPlane(56.75, 24.1, 2),
        new TangentPlane(359.9, -60, 5),
        new TangentPlane(10, 89.5, 3),
    ];

    private static long[] Ids(int count) => [.. Enumerable.Range(1, count).Select(i => (long)i)];

    [Fact]
    public void A_projection_and_its_inverse_agree()
    {
        foreach (var projection in s_projections)
        {
            var (halfX, halfY) = projection.Half;
            for (var i = -9; i <= 9; i++)
            {
                for (var j = -9; j <= 9; j++)
                {
                    var (x, y) = (i * halfX / 10.3, j * halfY / 10.3);
                    if (projection.Unproject(x, y) is not { } place)
                        continue;
                    var back = projection.Project(place.RaDeg, place.DecDeg)!.Value;
                    Assert.Equal(x, back.X, 1e-6);
                    Assert.Equal(y, back.Y, 1e-6);
                }
            }
        }
    }

    [Fact]
    public void Agreement_below_that_of_chance_is_written_as_it_is()
    {
        var svg = HeatMap.Draw(
            ["a", "b", "c"],
            new double?[,]
            {
                { 1, -0.11, -0.001 },
                { -0.11, 1, null },
                { -0.001, null, 1 },
            },
            "matrix",
            "adjusted Rand index"
        );
        Assert.Contains(">−0.11<", svg, StringComparison.Ordinal);
        Assert.Contains("a and b: −0.110", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("−0.00<", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Right_ascension_grows_to_the_left_and_declination_upwards()
    {
        var field = new TangentPlane(359.9, -60, 5);
        Assert.True(field.Project(0.5, -60)!.Value.X < field.Project(359.5, -60)!.Value.X);
        Assert.True(field.Project(359.9, -59)!.Value.Y > field.Project(359.9, -61)!.Value.Y);
        Assert.True(new Mollweide().Project(300, 0)!.Value.X < new Mollweide().Project(60, 0)!.Value.X);
    }

    [Fact]
    public void The_lines_of_a_part_of_the_sky_carry_the_coordinates_that_they_stand_for()
    {
        var field = new TangentPlane(359.9, -60, 5);
        var window = new ChartWindow(-1, 1, -1, 1);
        var lines = field.Graticule(window).ToList();
        Assert.Contains(lines, l => l.IsMeridian);
        foreach (var (points, label, isMeridian) in lines)
        {
            var value = double.Parse(label.TrimEnd('°').Replace('−', '-'), CultureInfo.InvariantCulture);
            var place = field.Unproject(points[^1].X, points[^1].Y)!.Value;
            Assert.Equal(0, isMeridian ? (place.RaDeg - value + 540) % 360 - 180 : place.DecDeg - value, 1e-3);
        }
        Assert.Contains(lines, l => l.Points.Any(p => window.Contains(p.X, p.Y)));
    }

    [Fact]
    public void Many_stars_are_a_density_few_are_drawn_one_by_one()
    {
        var random = new Random(1);
        var (x, y) = (new float[5000], new float[5000]);
        for (var i = 0; i < 5000; i++)
            (x[i], y[i]) = (random.NextSingle(), random.NextSingle());
        var cloud = new PointCloud(x, y, new ChartWindow(0, 1, 0, 1));
        var layer = new StarLayer(Ids(5000));

        var whole = ScatterPlot.Draw(cloud, layer, "x", "y", "whole");
        var window = new ChartWindow(0.2, 0.4, 0.2, 0.4);
        var near = ScatterPlot.Draw(cloud, layer, "x", "y", "near", window);

        Assert.Equal((5000, false), (whole.Drawn.InSight, whole.Drawn.OneByOne));
        Assert.Contains("<image", whole.Svg);
        Assert.DoesNotContain("<circle", whole.Svg);
        var inside = Enumerable
            .Range(0, 5000)
            .Where(i => window.Contains(x[i], y[i]))
            .Select(i => (i + 1).ToString(CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal((inside.Count, true), ((int)near.Drawn.InSight, near.Drawn.OneByOne));
        Assert.Equal(
            inside,
            XDocument.Parse(near.Svg).Descendants().Where(e => e.Name.LocalName == "circle").Select(e => e.Attribute("data-star")!.Value)
        );
    }

    [Fact]
    public void A_window_that_makes_no_sense_shows_the_whole()
    {
        var whole = new ChartWindow(0, 10, 20, 5);
        Assert.Equal(new ChartWindow(2, 3, 12, 11), new ChartWindow(2, 3, 12, 11).Within(whole, 4));
        foreach (
            var bad in new ChartWindow[]
            {
                new(double.NaN, 1, 2, 1),
                new(3, 2, 12, 11),
                new(2, 2.0000001, 12, 11.9999),
                new(-100, 100, 30, 5),
                new(50, 51, 12, 11),
            }
        )
            Assert.Equal(whole, bad.Within(whole, 4));
    }

    [Fact]
    public void Marks_beyond_what_a_browser_moves_are_thinned_out_and_said_so()
    {
        var n = 4 * StarLayer.MostMarks;
        var x = Enumerable.Range(0, n).Select(i => i / (float)n).ToArray();
        var marks = StarMarks.Of(Ids(n), false, [(0, Ids(n))]);
        var drawn = ScatterPlot.Draw(
            new PointCloud(x, x, new ChartWindow(0, 1, 0, 1)),
            new StarLayer(Ids(n), marks, First: [7]),
            "x",
            "y",
            "marks"
        );

        Assert.Equal((n, StarLayer.MostMarks), (drawn.Drawn.MarksInSight, drawn.Drawn.MarksDrawn));
        var ids = XDocument
            .Parse(drawn.Svg)
            .Descendants()
            .Where(e => e.Attribute("data-star") is not null)
            .Select(e => long.Parse(e.Attribute("data-star")!.Value, CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(StarLayer.MostMarks, ids.Distinct().Count());
        Assert.Contains(8L, ids);
        Assert.True(ids.Max() > n * 0.99);
    }

    [Fact]
    public void Of_too_many_members_a_fair_share_of_every_cluster_is_drawn_and_no_star_of_none()
    {
        // Every third star is in no cluster, and a quarter of the rest is in cluster 1, which has the highest ids.
        var n = 12_000;
        var members = Ids(n).Where(i => i % 3 != 0).ToArray();
        var (zero, one) = (members[..6000], members[6000..]);
        var marks = StarMarks.Of(Ids(n), true, [(0, zero), (1, one)]);
        var cloud = new PointCloud(
            [.. Enumerable.Range(0, n).Select(i => i % 100 / 100f)],
            [.. Enumerable.Range(0, n).Select(i => i / 100 / 200f)],
            new ChartWindow(-0.1, 1.1, -0.1, 1.1)
        );
        int[] Drawn(StarLayer layer)
        {
            var canvas = new SvgCanvas(400, 400, "members");
            layer.Draw(canvas, cloud, layer.Look(cloud, cloud.Whole), cloud.Whole, (0, 0, 400, 400), (40, 40));
            return
            [
                .. XDocument
                    .Parse(canvas.ToString())
                    .Descendants()
                    .Select(e => (string?)e.Attribute("data-star"))
                    .OfType<string>()
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
            ];
        }
        // Those that come first are the first of the catalogue, in clusters or not.
        var some = Drawn(new StarLayer(Ids(n), marks, First: [.. Enumerable.Range(0, 600)]));
        Assert.Equal((StarLayer.MostMarks, 0), (some.Length, some.Count(i => i % 3 == 0)));
        var fair = Drawn(new StarLayer(Ids(n), marks));
        Assert.Equal(StarLayer.MostMarks, fair.Length);
        Assert.InRange(fair.Count(i => i > zero[^1]), 740, 760);
        Assert.Equal(members.Select(m => (int)m), Drawn(new StarLayer(Ids(n), marks) { Most = 50_000 }).Order());
    }

    [Fact]
    public void A_frame_holds_its_marks_and_points_at_those_that_would_squeeze_the_rest()
    {
        const int N = 3000;
        var random = new Random(5);
        float[] Values() => [.. Enumerable.Range(0, N).Select(_ => random.NextSingle())];
        var (x, y) = (Values(), Values());
        // A little outside, far outside on two sides, and without a place.
        (x[0], x[1], y[2], x[3]) = (1.4f, 90, -70, float.NaN);
        var cloud = new PointCloud(x, y, new ChartWindow(0, 1, 1, 0));
        var ids = Ids(N);
        var layer = new StarLayer(ids, StarMarks.Of(ids, false, [(0, ids[..5])])) { PointsOut = true };
        var frame = cloud.Holding([0, 1, 2, 3, 4]);
        Assert.True(frame.Contains(1.4, 0.5) && frame.Right - frame.Left < 2 && frame.Bottom > frame.Top);

        var (svg, drawn) = ScatterPlot.Draw(cloud, layer, "x", "y", "marks", frame);
        Assert.Equal((2, 2), (drawn.MarksDrawn, drawn.Beyond));
        var arrows = XDocument.Parse(svg).Descendants().Where(e => (string?)e.Attribute("class") == "edge").ToList();
        Assert.Equal(["2", "3"], arrows.Select(a => (string)a.Attribute("data-star")!).Order());
        Assert.Contains("→ 2 beyond the frame", svg, StringComparison.Ordinal);
        // In a part that somebody looks at, nothing outside is pointed at.
        Assert.Equal(0, ScatterPlot.Draw(cloud, layer with { PointsOut = false }, "x", "y", "part", frame).Drawn.Beyond);
    }

    [Fact]
    public void Around_some_stars_there_is_no_room_where_no_star_is()
    {
        float[] x = [10, 11, 12, 18, 19];
        var cloud = new PointCloud(x, x, new ChartWindow(9.5, 19.5, 19.5, 9.5));
        var around = cloud.Around([0, 1, 2, 3, 4], 0.6, keepShape: false)!.Value;
        Assert.Equal(
            (9.5, 19.5),
            (around.Left, around.Right),
            (a, b) => Math.Abs(a.Item1 - b.Item1) < 0.1 && Math.Abs(a.Item2 - b.Item2) < 0.1
        );
        Assert.True(around.Bottom > around.Top);
    }

    [Fact]
    public void The_name_of_a_bar_is_whole_however_few_runs_there_are()
    {
        var svg = XDocument
            .Parse(
                HeatMap.Draw(
                    ["a", "b"],
                    new double?[,]
                    {
                        { 1, 0.5 },
                        { 0.5, 1 },
                    },
                    "matrix",
                    "Jaccard similarity of flags",
                    details: ["isolation forest, 5 %", "lof, 5 %"]
                )
            )
            .Root!;
        var name = svg.Descendants().Single(e => e.Value == "Jaccard similarity of flags" && e.Attribute("transform") is not null);
        var (middle, half) = (double.Parse((string)name.Attribute("y")!, CultureInfo.InvariantCulture), TextWidth.Of(name.Value, 14) / 2);
        var height = double.Parse(((string)svg.Attribute("viewBox")!).Split(' ')[3], CultureInfo.InvariantCulture);
        Assert.InRange(middle, half, height - half);
        Assert.Contains(svg.Descendants(), e => e.Value == "isolation forest, 5 %");
    }

    [Fact]
    public void Beside_a_great_cluster_a_small_one_has_a_bar_and_each_has_its_number()
    {
        var svg = Bars.Draw([new Bar("0", 6000), new Bar("1", 12)], "cluster", "stars", "sizes", isLogarithmic: true);
        var bars = XDocument.Parse(svg).Descendants().Where(e => (string?)e.Attribute("class") == "bar").ToList();
        Assert.All(bars, b => Assert.True(double.Parse((string)b.Attribute("height")!, CultureInfo.InvariantCulture) > 40));
        Assert.Contains(">6000<", svg, StringComparison.Ordinal);
        Assert.Contains(">12<", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Alike_runs_are_neighbours_in_the_matrix()
    {
        // Three families, their members dealt out in turn.
        const int N = 12;
        var cells = new double?[N, N];
        for (var i = 0; i < N; i++)
        {
            for (var j = 0; j < N; j++)
                cells[i, j] =
                    i == j ? 1
                    : i % 3 == j % 3 ? 0.7 + 0.01 * ((i + j) % 5)
                    : 0.1;
        }
        var families = HeatMap.Order(cells).Select(i => i % 3).ToList();
        Assert.Equal(3, 1 + Enumerable.Range(1, N - 1).Count(i => families[i] != families[i - 1]));
    }

    [Fact]
    public void A_printed_chart_has_the_colours_of_its_style_and_words_without_a_font_of_the_machine()
    {
        var canvas = new SvgCanvas(120, 80, "test");
        canvas
            .Rect(10, 10, 30, 30, "bar")
            .Rect(50, 10, 30, 30, "cell", fill: "#00ff00")
            .Circle(100, 25, 10, "flag g0")
            .Text(60, 70, "Ωκ ±°", css: "title");
        canvas.OpenView(10, 45, 20, 10, new ChartWindow(0, 1, 0, 1)).Rect(0, 40, 200, 40, "bar2").CloseView();
        using var picture = SKBitmap.Decode(SvgPainter.ToPng(canvas.ToString(), 240));

        Assert.Equal((240, 160), (picture.Width, picture.Height));
        Assert.Equal(new SKColor(0x35, 0x68, 0xb8), picture.GetPixel(50, 50));
        Assert.Equal(new SKColor(0, 255, 0), picture.GetPixel(130, 50));
        Assert.True(picture.GetPixel(200, 50).Blue > 200 && picture.GetPixel(200, 50).Red < 100);
        Assert.Equal(new SKColor(0xb8, 0x62, 0x1b), picture.GetPixel(40, 100));
        Assert.Equal(SKColors.White, picture.GetPixel(64, 100));
        Assert.Contains(
            Enumerable.Range(80, 80).SelectMany(x => Enumerable.Range(118, 26).Select(y => picture.GetPixel(x, y))),
            p => p.Red < 120
        );
    }

    [Fact]
    public void Parameters_are_written_as_they_are_stored() =>
        Assert.Equal(
            "features deep@1, contamination 0.05, distance_without_errors false",
            DisplayText.Parameters(
                """{"features": "deep@1", "contamination": 0.05, "distance_without_errors": false, "min_members": null}"""
            )
        );
}
