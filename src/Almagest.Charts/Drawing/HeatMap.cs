namespace Almagest.Charts.Drawing;

/// <summary>A symmetric matrix in colour.</summary>
internal static class HeatMap
{
    /// <param name="cells">row by row, up to 1; null = no value. What is below 0 has the colour of 0</param>
    /// <param name="link">where a click on a cell leads; null = nowhere. The keyboard passes them by: hundreds of stops would be a
    /// wall</param>
    /// <param name="measure">what the colours stand for</param>
    /// <param name="details">words below each name at its row; drawn where rows are tall enough</param>
    public static string Draw(
        IReadOnlyList<string> names,
        double?[,] cells,
        string description,
        string measure,
        Func<int, int, string>? link = null,
        IReadOnlyList<string>? details = null
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(cells);
        var n = names.Count;
        var cell = Math.Clamp(560.0 / Math.Max(1, n), 9, 44);
        const double Top = 16,
            // As a phone shows them, in the widest of the usual faces.
            DetailSize = 12.5;
        if (cell < 26)
            details = null;
        var left = Math.Max(92, (details ?? []).Select(d => 1.15 * TextWidth.Of(d, DetailSize)).DefaultIfEmpty(0).Max() + 12);
        // The name of the bar beside it is as long as it is, however few the runs are.
        var nameHalf = TextWidth.Of(measure, 15) / 2 + 4;
        var middle = Math.Max(Top + 60, nameHalf);
        var height = Math.Max(Math.Max(Top + n * cell + 76, 170), middle + nameHalf);
        var canvas = new SvgCanvas(left + n * cell + 88, height, description, hasLinks: link is not null);
        for (var i = 0; i < n; i++)
        {
            if (cell >= 11 || i % 3 == 0)
            {
                canvas.Text(left - 6, Top + (i + 0.5) * cell + (details is null ? 4 : -1), names[i], "end");
                if (details is not null)
                    canvas.Text(left - 6, Top + (i + 0.5) * cell + 12, details[i], "end", "detail");
                canvas.Text(left + (i + 0.5) * cell + 3, Top + n * cell + 10, names[i], "end", turn: -60);
            }
            for (var j = 0; j < n; j++)
            {
                var fill = cells[i, j] is { } v ? ColourMap.At(v).ToString() : "#888888";
                canvas.Rect(
                    left + j * cell,
                    Top + i * cell,
                    cell - 0.6,
                    cell - 0.6,
                    "cell",
                    $"{names[i]} and {names[j]}: "
                        + (
                            cells[i, j] is { } t
                                ? Rounded(t, 3).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '\u2212')
                                : "no star in common"
                        ),
                    fill,
                    link?.Invoke(i, j)
                );
                if (cell >= 34 && cells[i, j] is { } w)
                    canvas.Text(
                        left + (j + 0.5) * cell,
                        Top + (i + 0.5) * cell + 4,
                        Rounded(w, 2).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '\u2212'),
                        css: w > 0.55 ? "oncell dark" : "oncell light"
                    );
            }
        }
        for (var k = 0; k < 50; k++)
            canvas.Rect(left + n * cell + 18, Top + (49 - k) * 2.4, 12, 2.6, "cell", fill: ColourMap.At(k / 49.0).ToString());
        var bar = left + n * cell + 18;
        canvas.Rect(bar, Top, 12, 120.2, "axis");
        foreach (var tick in new[] { 0, 0.5, 1 })
            canvas
                .Line(bar + 12, Top + 120 * (1 - tick), bar + 16, Top + 120 * (1 - tick), "axis")
                .Text(
                    bar + 19,
                    Top + 120 * (1 - tick) + 4,
                    tick.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture),
                    "start"
                );
        return canvas.Text(bar + 60, middle, measure, css: "name", turn: -90).ToString();
    }

    // Without the sign that a number just below 0 would keep.
    private static double Rounded(double value, int digits) => Math.Round(value, digits) + 0.0;

    /// <summary>An order in which alike runs are neighbours: begin with the most typical one and go on with the nearest to what is
    /// placed.</summary>
    public static IReadOnlyList<int> Order(double?[,] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var n = cells.GetLength(0);
        if (n == 0)
            return [];
        double Of(int i, int j) => cells[i, j] ?? 0;
        var first = Enumerable.Range(0, n).MaxBy(i => Enumerable.Range(0, n).Sum(j => Of(i, j)));
        var order = new LinkedList<int>([first]);
        var left = Enumerable.Range(0, n).Where(i => i != first).ToHashSet();
        while (left.Count > 0)
        {
            // Grown at both ends, so that a family that begins in its middle stays together.
            var head = left.MaxBy(i => Of(order.First!.Value, i));
            var tail = left.MaxBy(i => Of(order.Last!.Value, i));
            if (Of(order.First!.Value, head) > Of(order.Last!.Value, tail))
            {
                order.AddFirst(head);
                left.Remove(head);
            }
            else
            {
                order.AddLast(tail);
                left.Remove(tail);
            }
        }
        return [.. order];
    }
}
