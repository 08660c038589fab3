using System.CommandLine;
using Almagest.Catalog.Writing;

namespace Almagest.Cli.Shell;

/// <summary>The options of commands that write a table to a file, and the writing.</summary>
/// <param name="option">that names the file</param>
/// <param name="others">formats that the command writes by itself</param>
internal sealed class TableOutput(string option, params string[] others)
{
    private readonly Option<string?> _format = OptionFactory.Choice(
        "--format",
        "Format of the file (default: by its ending, .parquet, .json, .vot, .fits or .ecsv, else csv)",
        [.. TableFormats.Names, .. others]
    );

    // CSV is bare; what older scripts say of it still holds.
    private readonly Option<bool> _bare = new("--bare") { Hidden = true, Description = "Nothing more than CSV is anyway" };

    /// <summary>The file of commands that otherwise print.</summary>
    public static Option<string?> File() =>
        new("--output", "-o")
        {
            Description = "Write a table to this file instead; compressed if its name ends in .gz; - is standard output",
            HelpName = "FILE",
        };

    /// <summary>The same of commands whose file was once called by <c>--export</c>, which scripts may still say.</summary>
    public static Option<string?> File(string description) =>
        new("--output", "-o", "--export") { Description = $"{description}; - is standard output", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_format);
        command.Add(_bare);
    }

    /// <summary>The one of the other formats that is asked for; null where it is none of them.</summary>
    public string? Other(ParseResult parsed) => parsed.GetValue(_format) is { } name && others.Contains(name) ? name : null;

    /// <summary>Refuses, before any work, what cannot be written.</summary>
    public void Check(CommandShell shell, ParseResult parsed, string? path)
    {
        if (path is null)
        {
            if (parsed.GetValue(_format) is not null)
                throw new UsageException($"--format is given without {option}", $"Name the file with {option}.", "--format");
            return;
        }
        var chosen = Format(parsed, path);
        if (parsed.GetValue(_bare) && chosen != TableFormat.Csv)
            throw new UsageException(
                $"--bare is of CSV, and {path} is to be {chosen.Name()}",
                "Leave it out: CSV is bare anyway.",
                "--bare"
            );
        if (path == "-" && shell.Json)
            throw new UsageException(
                $"{option} - writes the table to standard output, where --json would write its document",
                "Choose one of them.",
                option
            );
        if (path == "-" && !chosen.IsText())
            throw new UsageException(
                $"{(chosen == TableFormat.Fits ? "FITS" : "Parquet")} is not text, which is all that standard output takes",
                $"Name a file with {option}.",
                option
            );
        if (chosen == TableFormat.Parquet && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            throw new UsageException(
                $"{path} would be a compressed Parquet file, which no program reads",
                "Parquet is compressed inside: leave .gz out.",
                option
            );
    }

    /// <summary>Writes the table, and answers what was written unless it went to standard output.</summary>
    /// <param name="total">rows to be expected; null where not known</param>
    public async Task WriteAsync(
        CommandShell shell,
        ParseResult parsed,
        string path,
        ExportTable table,
        string one,
        string many,
        long? total = null
    )
    {
        var chosen = Format(parsed, path);
        if (path == "-")
        {
            await using var sink = new TextSink(shell.Output);
            await table.WriteAsync(sink, chosen, null, shell.CancellationToken);
            await shell.Output.FlushAsync(shell.CancellationToken);
            return;
        }
        await using var file = OutputFile.Create(path);
        var rows = await ProgressDisplay.ShowAsync(
            shell,
            "exporting",
            async progress =>
            {
                var written = progress is null
                    ? null
                    : new SynchronousProgress<long>(n =>
                        progress.Report($"exporting {ConsoleText.Plural(n, one, many)}", total is > 0 ? (double)n / total : null)
                    );
                long count = 0;
                await file.WriteAsync(async _ => count = await table.WriteAsync(file.Stream, chosen, written, shell.CancellationToken));
                return count;
            }
        );
        foreach (var loss in table.Losses)
            shell.Say($"{loss}. CSV, ECSV, JSON, Parquet and VOTable (TABLEDATA) keep them.");
        var bytes = file.Bytes;
        var answer = new Dictionary<string, object?>
        {
            ["file"] = file.Path,
            ["format"] = chosen.Name(),
            ["rows"] = rows,
            ["bytes"] = bytes,
            ["provenance"] = table.Provenance,
        };
        if (table.Losses.Count > 0)
            answer["losses"] = table.Losses;
        if (table.Provenance["run_id"] is { } run)
            answer["run_id"] = run;
        shell.Answer(answer, console => console.Say($"Wrote {ConsoleText.Plural(rows, one, many)} to {path}{Size(bytes)}."));
    }

    private static string Size(long? bytes) => bytes is { } b ? $" ({ConsoleText.Bytes(b)})" : "";

    private TableFormat Format(ParseResult parsed, string path) =>
        parsed.GetValue(_format) is { } name ? TableFormats.Parse(name) : TableFormats.OfFile(path);
}
