using Spectre.Console;
using Spectre.Console.Rendering;

namespace Almagest.Cli.Shell;

/// <summary>The look of all tables: a line below the headers and no other, numbers to the right, data never read as markup.</summary>
internal static class ConsoleTables
{
    /// <param name="headers">a leading <c>&gt;</c> aligns the column to the right; a leading <c>~</c> allows it to wrap</param>
    public static Table Of(params string[] headers)
    {
        var table = new Table().NoBorder();
        foreach (var header in headers)
        {
            var column = new TableColumn(new Text(header.TrimStart('>', '~'), Style.Parse("bold"))) { Padding = new Padding(0, 0, 2, 0) };
            if (header.StartsWith('>'))
                column.RightAligned();
            if (!header.StartsWith('~'))
                column.NoWrap();
            table.AddColumn(column);
        }
        if (table.Columns.Count > 0)
            table.Columns[^1].Padding = new Padding(0, 0, 0, 0);
        return table.AddRow(headers.Select(_ => (IRenderable)new Line()));
    }

    public static void Row(this Table table, params string[] cells) => table.AddRow(cells.Select(c => (IRenderable)new Text(c)));

    /// <summary>Names and values below each other.</summary>
    public static void Facts(this IAnsiConsole console, params (string Name, string? Value)[] facts)
    {
        if (facts.All(f => f.Value is null))
            return;
        var grid = new Spectre.Console.Grid()
            .AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2))
            .AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (name, value) in facts)
        {
            if (value is not null)
                grid.AddRow(new Text(name, Style.Parse("dim")), new Text(value));
        }
        console.Write(grid);
    }

    public static void Heading(this IAnsiConsole console, string text) => console.Write(new Paragraph(text + "\n", Style.Parse("bold")));

    public static void Say(this IAnsiConsole console, string text) => console.Write(new Paragraph(text + "\n"));

    /// <summary>A line as wide as its column.</summary>
    private sealed class Line : Renderable
    {
        private static readonly Style s_dim = Style.Parse("dim");

        protected override Measurement Measure(RenderOptions options, int maxWidth) => new(1, 1);

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [new Segment(new string('─', maxWidth), s_dim)];
    }
}
