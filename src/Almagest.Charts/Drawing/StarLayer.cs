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

    /// <summary>Most marks that are drawn; of more a fair sample, after those that come <see cref="First"/>.</summary>
    public int Most { get; init; } = MostMarks;

    /// <summary>What is in sight.</summary>
    public readonly record struct Drawn(long InSight, bool OneByOne, int MarksInSight, int MarksDrawn);

    /// <param name="box">the pixels of the plot: left, top, width and height</param>
    public Drawn Draw(
        SvgCanvas canvas,
        PointCloud cloud,
        ChartWindow window,
        (double Left, double Top, double Width, double Height) box,
        (int Columns, int Rows) cells,
        bool isSky = false
    )
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(cloud);
        var inSight = cloud.Within(window);
        canvas.OpenView(box.Left, box.Top, box.Width, box.Height, window, isSky);
        var oneByOne = inSight.Count <= MostStars;
        if (!oneByOne)
        {
            var grid = new DensityGrid(cells.Columns, cells.Rows, (window.Left, window.Right), (window.Bottom, window.Top));
            foreach (var i in inSight)
                grid.Add(cloud[i].X, cloud[i].Y);
            canvas.Image(box.Left, box.Top, box.Width, box.Height, grid.Paint());
        }
        void Mark(int i, string css, double radius, string? fill)
        {
            var (x, y) = cloud[i];
            var id = StarIds[i];
            canvas.Circle(
                box.Left + (x - window.Left) / (window.Right - window.Left) * box.Width,
                box.Top + (window.Top - y) / (window.Top - window.Bottom) * box.Height,
                radius,
                css,
                Tips?.GetValueOrDefault(id),
                id,
                fill
            );
        }
        if (oneByOne)
        {
            foreach (var i in inSight)
            {
                if (Marks?.IsMarked(i) != true)
                    Mark(i, "star", 1.8, null);
            }
        }
        if (Marks is null)
            return Done(canvas, inSight.Count, oneByOne, 0, 0);
        var marked = inSight.Where(Marks.IsMarked).ToList();
        var chosen = marked;
        if (marked.Count > Most)
        {
            chosen = [.. (First ?? []).Where(i => Marks.IsMarked(i) && window.Contains(cloud[i].X, cloud[i].Y)).Take(Most)];
            var taken = chosen.ToHashSet();
            var rest = marked.Where(i => !taken.Contains(i)).ToList();
            // The rest evenly, in the order of ids, which is the catalogue's: each cluster by its share.
            var room = Most - taken.Count;
            for (var k = 0; k < room && k < rest.Count; k++)
                chosen.Add(rest[(int)((long)k * rest.Count / room)]);
        }
        // Smaller where they crowd.
        foreach (var i in chosen)
            Mark(i, "flag", chosen.Count > 800 ? 2.2 : 3, Marks.Fill(i));
        return Done(canvas, inSight.Count, oneByOne, marked.Count, chosen.Count);
    }

    private static Drawn Done(SvgCanvas canvas, int inSight, bool oneByOne, int marks, int drawn)
    {
        canvas.CloseView();
        return new Drawn(inSight, oneByOne, marks, drawn);
    }
}
