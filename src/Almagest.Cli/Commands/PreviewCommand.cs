using System.CommandLine;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Cli.Reports;
using Almagest.Cli.Shell;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>preview</c>: what a file is and how it would be loaded; needs no database.</summary>
internal static class PreviewCommand
{
    /// <summary>Bytes up to which a file is read to its end to list its tables.</summary>
    private const long ListedUpTo = 16 << 20;

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string>("FILE") { Description = "A catalogue file, or the folder of a HATS catalogue" };
        var rows = OptionFactory.Whole("--rows", "N", "How many of the first rows to show (default 5)", 0, 1000);
        var map = IngestCommand.Mapping();
        var command = new DescribedCommand(
            "preview",
            "Show what a catalogue file holds and how its columns would be taken, loading nothing",
            "almagest preview gaia-100pc.csv",
            "almagest preview table.tsv --map magnitude=Hpmag --json"
        )
        {
            file,
            rows,
            map,
        };
        var reading = new ReadingOptions();
        reading.AddTo(command, whole: false);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(file);
                IngestCommand.RequireCatalogues([path], "preview");
                using var streams = new Streams(shell);
                path = (await streams.KeepAsync([path]))[0];
                var overrides = IngestCommand.ReadMap(parsed.GetValue(map) ?? []);
                var preview = CatalogPreview.Of(path, (int)(parsed.GetValue(rows) ?? 5), reading.Open(parsed));
                var mapping = preview.Mapping.With(overrides.Select(m => $"{m.Key}={m.Value}"));
                if (reading.Frame(parsed) is { } system)
                    mapping = mapping.WithSystem(system);
                mapping = mapping.WithRaFrom(reading.RaFrom(parsed));
                var tables = CatalogFile.Tables(path, ListedUpTo);
                shell.Answer(
                    Document(path, preview, tables, mapping),
                    console => Show(console, path, reading.Open(parsed).Table, preview, tables, mapping)
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static object Document(string path, CatalogPreview preview, IReadOnlyList<CatalogTable> tables, ColumnMapping mapping) =>
        new
        {
            file = Path.GetFileName(path),
            preview.Format,
            preview.Metadata,
            columns = preview.Columns.Select(c => new
            {
                c.Name,
                type = c.Type.ToString().ToLowerInvariant(),
                c.Unit,
                c.Ucd,
                c.Description,
            }),
            mapping = mapping.Fields.ToDictionary(f => f.Field, f => f.Formula),
            mapping_notes = mapping.ToString().Split('\n'),
            system = mapping.System?.ToString(),
            epoch = mapping.System?.Epoch,
            has_position = HasPosition(mapping),
            rows = preview.Rows,
            rejected_rows = preview.Rejected.Select(r => new
            {
                line = r.LineNumber,
                r.Field,
                r.Reason,
                value = r.Text,
            }),
            tables = tables.Select(t => new
            {
                t.Number,
                t.Name,
                t.Rows,
                t.Choice,
            }),
            notes = preview.Warnings,
            report = preview.Report(mapping),
        };

    private static bool HasPosition(ColumnMapping mapping) => mapping[StarField.RaDeg] is not null && mapping[StarField.DecDeg] is not null;

    private static void Show(
        IAnsiConsole console,
        string path,
        string? table,
        CatalogPreview preview,
        IReadOnlyList<CatalogTable> tables,
        ColumnMapping mapping
    )
    {
        console.Heading($"{Path.GetFileName(path)}: {preview.Format}, {ConsoleText.Plural(preview.Columns.Count, "column", "columns")}");
        console.Facts([.. preview.Warnings.Select(n => ("note", (string?)n))]);
        var taken = mapping.Fields.SelectMany(f => f.ColumnNames.Select(c => (Column: c, f.Field))).ToLookup(x => x.Column, x => x.Field);
        var ucds = preview.Columns.Any(c => c.Ucd is not null);
        var columns = ConsoleTables.Of([
            .. (string[])["column", "type", "unit"],
            .. ucds ? ["~UCD"] : Array.Empty<string>(),
            "~taken as",
            "first value",
        ]);
        for (var i = 0; i < preview.Columns.Count; i++)
        {
            var column = preview.Columns[i];
            var fields = taken[column.Name].ToList();
            columns.Row([
                ConsoleText.Clip(column.Name, 28),
                column.Type.ToString().ToLowerInvariant(),
                ConsoleText.Clip(column.Unit ?? "", 12),
                .. ucds ? [column.Ucd ?? ""] : Array.Empty<string>(),
                fields.Count > 0 ? string.Join(", ", fields) : "",
                preview.Rows.Count > 0 ? ConsoleText.Clip(preview.Rows[0][i] ?? "–", 20) : "",
            ]);
        }
        console.Write(columns);
        ShowRows(console, preview, mapping);
        if (HasPosition(mapping))
            IngestReportView.ShowMapping(console, mapping.ToString().Split('\n'));
        else
            console.Say("No position was recognised: name its columns with --map ra_deg=COLUMN dec_deg=COLUMN.");
        foreach (var suspicion in preview.Report(mapping).Suspicions)
            console.Say($"Look: {suspicion}");
        foreach (var row in preview.Rejected)
            console.Say($"Line {row.LineNumber}: {row.Reason}");
        if (tables.Count > 0 && table is null)
            console.Say(
                $"The file holds {tables.Count} tables ({ConsoleText.Clip(string.Join(", ", tables.Select(t => t.Choice)), 100)}): choose "
                    + $"one with --table NAME, or --table N, counted from 1."
            );
        console.Say(
            $"Load it: almagest ingest {IngestReportView.Quote(path)}{(table is null ? "" : $" --table {IngestReportView.Quote(table)}")}"
        );
    }

    /// <summary>The first rows of the columns that are taken, as many as a screen holds.</summary>
    private static void ShowRows(IAnsiConsole console, CatalogPreview preview, ColumnMapping mapping)
    {
        if (preview.Rows.Count < 2)
            return;
        int[] shown = [.. mapping.Fields.SelectMany(f => f.Columns).Distinct().Take(7)];
        if (shown.Length == 0)
            shown = [.. Enumerable.Range(0, Math.Min(7, preview.Columns.Count))];
        console.Say($"\nThe first {ConsoleText.Plural(preview.Rows.Count, "row", "rows")}:");
        var table = ConsoleTables.Of([.. shown.Select(c => ConsoleText.Clip(preview.Columns[c].Name, 20))]);
        foreach (var row in preview.Rows)
            table.Row([.. shown.Select(c => ConsoleText.Clip(row[c] ?? "–", 20))]);
        console.Write(table);
    }
}
