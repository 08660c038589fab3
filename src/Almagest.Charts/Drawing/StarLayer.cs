using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>The stars of a chart: the density of all of them, each one where few are in sight, and the marked ones on top.</summary>
/// <param name="StarIds">ascending, one for each star of the clouds</param>
/// <param name="Marks">null = none</param>
/// <param name="First">places of the stars that are drawn before others where not all can be</param>
/// <param name="Tips">words for some stars, by id</param>
public sealed record StarLayer(
    long[] StarIds,
    StarMarks? Marks = null,
    IReadOnlyList<int>? First = null,
    IReadOnlyDictionary<long, string>? Tips = null
)
{
    /// <summary>Fewer stars in sight are drawn one by one: a browser moves some thousands of marks easily.</summary>
    public const int MostStars = 1500,
        MostMarks = 3000;

    /// <summary>Most stars with bars of their errors: of more, one would see bars alone.</summary>
    private const int MostBars = 150;

    /// <summary>How near arrows stand to each other that point out of the frame, in units of the drawing.</summary>
    private const double ArrowStep = 11;

    /// <summary>Most clusters that a legend names.</summary>
    private const int MostNames = 10;

    /// <summary>Most marks that are drawn; of more a fair sample, after those that come <see cref="First"/>.</summary>
    public int Most { get; init; } = MostMarks;

    /// <summary>What marked stars are called where they are of one group.</summary>
    public string Marked { get; init; } = "flagged stars";

    /// <summary>Room for the bar of a density is kept where single stars are drawn, so that nothing jumps as one zooms in.</summary>
    public bool KeepsRoom { get; init; } = true;

    /// <summary>The room that a chart has beside it.</summary>
    internal double Beside(PointCloud cloud, Sight sight) => !sight.OneByOne || KeepsRoom && cloud.Placed > MostStars ? ColourBar.Width : 0;

    /// <summary>Marked stars beyond the frame are pointed at by arrows at its edge: where the frame is the chart's own, not a part that
    /// somebody looks at.</summary>
    public bool PointsOut { get; init; }

    /// <summary>For each star whether somebody selected it; null = none is.</summary>
    public bool[]? Chosen { get; init; }

    /// <summary>Whether there are no stars but marked ones: a density is theirs, and nothing is a ground to them.</summary>
    public bool MarkedAlone { get; init; }

    /// <summary>What all stars of the layer are, where they are not all of the run's or the dataset's.</summary>
    public string? Ground { get; init; }

    /// <summary>A star that stands out from all of them; null = none.</summary>
    public string? Pointed { get; init; }

    /// <summary>Whether the density is a ground for marks, in grey.</summary>
    public bool IsGround => Marks is not null || Pointed is not null;

    /// <summary>What is in sight.</summary>
    /// <param name="Cell">size of the cells of a density, in the chart's units; 0 where there is none</param>
    /// <param name="Fullest">stars in the fullest cell</param>
    /// <param name="Bars">stars with bars of their errors</param>
    /// <param name="Window">the part that is shown</param>
    /// <param name="Beyond">marked stars that arrows point at, out of the frame</param>
    public readonly record struct Drawn(
        long InSight,
        bool OneByOne,
        int MarksInSight,
        int MarksDrawn,
        (double X, double Y) Cell = default,
        int Fullest = 0,
        int Bars = 0,
        ChartWindow Window = default,
        int Beyond = 0
    );

    /// <summary>What a window shows, found before it is drawn.</summary>
    internal sealed record Sight(List<int> Stars, List<int> Marked)
    {
        public bool OneByOne => Stars.Count <= MostStars;

        /// <summary>Marked stars outside, which are pointed at.</summary>
        public IReadOnlyList<int> Beyond { get; init; } = [];
    }

    internal Sight Look(PointCloud cloud, ChartWindow window)
    {
        var stars = cloud.Within(window);
        return new Sight(stars, Marks is null ? [] : [.. stars.Where(Marks.IsMarked)])
        {
            Beyond =
                Marks is null || !PointsOut
                    ? []
                    : [.. Marks.Places().Where(i => Lies(cloud[i]) && !window.Contains(cloud[i].X, cloud[i].Y))],
        };
    }

    private static bool Lies((float X, float Y) place) => float.IsFinite(place.X) && float.IsFinite(place.Y);

    /// <summary>What the marks in sight stand for; empty where there are none.</summary>
    internal IReadOnlyList<LegendEntry> Legend(Sight sight)
    {
        if (!IsGround)
            return [];
        var entries = new List<LegendEntry>();
        if (Pointed is { } name)
            entries.Add(new LegendEntry("flag", MarkShape.Circle, name));
        if (Marks is { AreClusters: true } clusters)
        {
            var seen = sight.Marked.Select(clusters.Group).Distinct().Order().ToList();
            entries.AddRange(seen.Take(MostNames).Select(g => new LegendEntry(StarMarks.Css(g), Palette.Shape(g), $"cluster {g}")));
            if (seen.Count > MostNames)
                entries.Add(new LegendEntry("", null, $"and {seen.Count - MostNames} more"));
        }
        else if (Marks is not null)
            entries.Add(new LegendEntry("flag", MarkShape.Circle, Marked));
        if (sight.Beyond.Count > 0)
            entries.Add(new LegendEntry("", null, $"→ {sight.Beyond.Count.ToString("N0", CultureInfo.InvariantCulture)} beyond the frame"));
        if (Chosen is not null)
            entries.Add(new LegendEntry("selected", MarkShape.Circle, "selected"));
        if (!sight.OneByOne)
            entries.Add(new LegendEntry("key", null, $"{(MarkedAlone ? Marked : Ground ?? "all stars")}: density"));
        else if (!MarkedAlone)
            entries.Add(
                new LegendEntry(
                    "star",
                    MarkShape.Circle,
                    Pointed is null
                        ? Ground is null
                            ? "other stars"
                            : $"other {Ground}"
                        : "stars of the dataset"
                )
            );
        return entries;
    }

    /// <param name="box">the pixels of the plot: left, top, width and height</param>
    internal Drawn Draw(
        SvgCanvas canvas,
        PointCloud cloud,
        Sight sight,
        ChartWindow window,
        (double Left, double Top, double Width, double Height) box,
        (int Columns, int Rows) cells,
        bool isSky = false
    )
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(cloud);
        canvas.OpenView(box.Left, box.Top, box.Width, box.Height, window, isSky);
        var drawn = new Drawn(sight.Stars.Count, sight.OneByOne, sight.Marked.Count, 0) { Window = window };
        if (!sight.OneByOne)
        {
            var grid = new DensityGrid(cells.Columns, cells.Rows, (window.Left, window.Right), (window.Bottom, window.Top));
            foreach (var i in sight.Stars)
                grid.Add(cloud[i].X, cloud[i].Y);
            canvas.Image(box.Left, box.Top, box.Width, box.Height, grid.Paint(IsGround), IsGround);
            drawn = drawn with
            {
                Cell = (Math.Abs(window.Right - window.Left) / cells.Columns, Math.Abs(window.Top - window.Bottom) / cells.Rows),
                Fullest = grid.Most,
            };
        }
        var (toX, toY) = (
            new Scale(window.Left, window.Right, box.Left, box.Left + box.Width),
            new Scale(window.Bottom, window.Top, box.Top + box.Height, box.Top)
        );
        var picked = Chosen is null || sight.OneByOne ? [] : sight.Stars.Where(i => Chosen[i] && Marks?.IsMarked(i) != true).ToList();
        // Of more than a browser moves, the cells are shown in which there is one.
        if (picked.Count > Most)
        {
            var raster = new Raster(cells.Columns, cells.Rows);
            foreach (var i in picked)
                raster.Set(
                    Place(cloud[i].X, window.Left, window.Right, cells.Columns),
                    cells.Rows - 1 - Place(cloud[i].Y, window.Bottom, window.Top, cells.Rows),
                    Palette.Selected
                );
            canvas.Image(box.Left, box.Top, box.Width, box.Height, raster);
            picked = [];
        }
        var singles = sight.OneByOne ? sight.Stars.Where(i => Marks?.IsMarked(i) != true).ToList() : [];
        var chosen = Choose(sight.Marked, cloud, window);
        var withBars = singles.Count + chosen.Count <= MostBars ? singles.Concat(chosen) : chosen.Where(_ => chosen.Count <= MostBars);
        var bars = withBars.Count(i => Bar(canvas, cloud, i, toX, toY));
        foreach (var i in singles)
            canvas.Circle(
                toX.At(cloud[i].X),
                toY.At(cloud[i].Y),
                Chosen?[i] == true ? 2.6 : 1.8,
                Css("star", i),
                Tips?.GetValueOrDefault(StarIds[i]),
                StarIds[i]
            );
        foreach (var i in picked)
            canvas.Circle(toX.At(cloud[i].X), toY.At(cloud[i].Y), 2.4, "selected", Tips?.GetValueOrDefault(StarIds[i]), StarIds[i]);
        // Smaller where they crowd, and in narrow figures.
        var radius = (chosen.Count > 800 ? 2.2 : 3) * Math.Clamp(Math.Sqrt(box.Width / 440), 0.7, 1);
        foreach (var i in chosen)
            canvas.Mark(
                toX.At(cloud[i].X),
                toY.At(cloud[i].Y),
                radius,
                Marks!.AreClusters ? Palette.Shape(Marks.Group(i)) : MarkShape.Circle,
                Css(Marks.AreClusters ? StarMarks.Css(Marks.Group(i)) : "flag", i),
                Tips?.GetValueOrDefault(StarIds[i]),
                StarIds[i]
            );
        PointOut(canvas, sight.Beyond.Select(i => (Star: i, X: toX.At(cloud[i].X), Y: toY.At(cloud[i].Y))), box);
        canvas.CloseView();
        return drawn with { MarksDrawn = chosen.Count, Bars = bars, Beyond = sight.Beyond.Count };
    }

    // One arrow for all that leave the frame at the same place; its words say which star, or how many.
    private void PointOut(
        SvgCanvas canvas,
        IEnumerable<(int Star, double X, double Y)> stars,
        (double Left, double Top, double Width, double Height) box
    )
    {
        var edges = stars
            .Select(s =>
                (
                    s.Star,
                    s.X,
                    s.Y,
                    AtX: Math.Clamp(s.X, box.Left + 1, box.Left + box.Width - 1),
                    AtY: Math.Clamp(s.Y, box.Top + 1, box.Top + box.Height - 1)
                )
            )
            .GroupBy(s => ((int)(s.AtX / ArrowStep), (int)(s.AtY / ArrowStep)));
        foreach (var group in edges)
        {
            var (star, x, y, atX, atY) = group.First();
            var (dx, dy) = (x - atX, y - atY);
            var length = Math.Sqrt(dx * dx + dy * dy);
            if (!(length > 0))
                continue;
            var count = group.Count();
            canvas.Arrow(
                atX - 13 * dx / length,
                atY - 13 * dy / length,
                atX,
                atY,
                "edge",
                count == 1
                    ? Tips?.GetValueOrDefault(StarIds[star]) ?? "beyond the frame"
                    : $"{count.ToString("N0", CultureInfo.InvariantCulture)} {Marked} beyond the frame",
                count == 1 ? StarIds[star] : null
            );
        }
    }

    private string Css(string css, int star) => Chosen?[star] == true ? $"{css} selected" : css;

    private static int Place(double value, double from, double to, int count) =>
        Math.Clamp((int)((value - from) / (to - from) * count), 0, count - 1);

    private List<int> Choose(List<int> marked, PointCloud cloud, ChartWindow window)
    {
        if (marked.Count <= Most)
            return marked;
        List<int> chosen = [.. (First ?? []).Where(i => Marks!.IsMarked(i) && window.Contains(cloud[i].X, cloud[i].Y)).Take(Most)];
        var taken = chosen.ToHashSet();
        var rest = marked.Where(i => !taken.Contains(i)).ToList();
        // The rest evenly, in the order of ids, which is the catalogue's: each cluster by its share.
        var room = Most - taken.Count;
        for (var k = 0; k < room && k < rest.Count; k++)
            chosen.Add(rest[(int)((long)k * rest.Count / room)]);
        return chosen;
    }

    // Bars of one standard error; false where the star has none.
    private static bool Bar(SvgCanvas canvas, PointCloud cloud, int star, Scale toX, Scale toY)
    {
        var (x, y) = cloud[star];
        var (errorX, errorY) = (cloud.ErrorX?[star] ?? float.NaN, cloud.ErrorY?[star] ?? float.NaN);
        if (errorX > 0 && float.IsFinite(errorX))
            canvas.Line(toX.At(x - errorX), toY.At(y), toX.At(x + errorX), toY.At(y), "err");
        if (errorY > 0 && float.IsFinite(errorY))
            canvas.Line(toX.At(x), toY.At(y - errorY), toX.At(x), toY.At(y + errorY), "err");
        return errorX > 0 || errorY > 0;
    }
}
