namespace Almagest.Charts.Drawing;

/// <summary>What a mark stands for.</summary>
/// <param name="Css">the class of its colour</param>
/// <param name="Shape">null = a swatch of an area, or nothing where there is no class</param>
internal readonly record struct LegendEntry(string Css, MarkShape? Shape, string Text);

/// <summary>The meaning of a chart's marks, in rows above it.</summary>
internal static class Legend
{
    private const double Row = 18,
        Key = 15,
        Gap = 16,
        Size = 12.5;

    /// <summary>The room that it takes.</summary>
    public static double Height(IReadOnlyList<LegendEntry> entries, double width) =>
        entries.Count == 0 ? 0 : Row * (1 + Places(entries, width).Max(p => p.Row)) + 4;

    /// <param name="left">where its rows begin</param>
    public static void Draw(SvgCanvas canvas, double left, double top, double width, IReadOnlyList<LegendEntry> entries)
    {
        foreach (var (i, (x, row)) in Places(entries, width).Index())
        {
            var (entry, at, y) = (entries[i], left + x, top + row * Row + 9);
            if (entry.Shape is { } shape)
                canvas.Mark(at + 5, y, 4, shape, entry.Css);
            else if (entry.Css.Length > 0)
                canvas.Rect(at, y - 5, 10, 10, entry.Css);
            canvas.Text(at + Key, y + 4.5, entry.Text, "start", "name");
        }
    }

    private static IEnumerable<(double X, int Row)> Places(IReadOnlyList<LegendEntry> entries, double width)
    {
        var (x, row) = (0.0, 0);
        foreach (var entry in entries)
        {
            var wide = Key + TextWidth.Of(entry.Text, Size + 2.5);
            if (x > 0 && x + wide > width)
                (x, row) = (0, row + 1);
            yield return (x, row);
            x += wide + Gap;
        }
    }
}
