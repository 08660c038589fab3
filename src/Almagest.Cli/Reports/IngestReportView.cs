using Almagest.Cli.Shell;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What a load did: the columns as they were taken, and the rows that could not be loaded.</summary>
/// <param name="rejectedShown">how many rejected rows to show</param>
internal sealed class IngestReportView(IngestReport report, int rejectedShown)
{
    /// <summary>A catalogue, its labels, or both.</summary>
    public static async Task AnswerAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        IngestReport? report,
        LabelReport? labels,
        int rejectedShown
    )
    {
        var view = report is null ? null : new IngestReportView(report, rejectedShown);
        var catalogue = report is null ? null : await DatasetResources.ReadAsync(ledger, report, rejectedShown, shell.CancellationToken);
        object? document =
            catalogue is null ? labels
            : labels is null ? catalogue
            : new { catalogue, labels };
        shell.Answer(
            document!,
            console =>
            {
                view?.Show(console);
                if (labels is not null)
                    ShowLabels(console, labels);
            }
        );
    }

    private static void ShowLabels(IAnsiConsole console, LabelReport labels)
    {
        console.Heading($"{labels.Dataset}: {ConsoleText.Plural(labels.Labels, "label", "labels")} stored in set {labels.LabelSet}");
        if (labels.Unknown > 0)
            console.Say($"{ConsoleText.Plural(labels.Unknown, "row was", "rows were")} left out: no such star in the dataset.");
        if (labels.NonMembers > 0)
            console.Say($"{ConsoleText.Plural(labels.NonMembers, "other star", "other stars")} of the dataset: members of no cluster.");
        foreach (var note in labels.Notes)
            console.Say(note);
        ShowMapping(console, labels.Mapping);
        console.Say("\nNext: almagest runs score RUN");
    }

    private void Show(IAnsiConsole console)
    {
        console.Heading(
            report.AlreadyLoaded
                ? $"{report.Dataset.Name}: already loaded, {ConsoleText.Plural(report.Rows, "star", "stars")}"
                : $"{report.Dataset.Name}: {ConsoleText.Plural(report.Rows, "star", "stars")} "
                    + $"{(report.Dataset.InPlace is null ? "loaded" : "registered where they lie")} in "
                    + ConsoleText.Duration(report.ElapsedMs)
        );
        console.Facts([.. report.Notes.Select(n => ("note", (string?)n))]);
        if (report.Notes.Any(n => n.Contains("a mark of missing values?", StringComparison.Ordinal)))
            console.Say("Values that mean nothing are named by --missing VALUE, or --missing COLUMN=VALUE, in another load.");
        ShowMapping(console, report.Mapping);
        ShowRejected(
            console,
            [.. report.RejectedRows.Take(rejectedShown).Select(DatasetResources.ToResource)],
            report.Rejected,
            rejectedShown
        );
        console.Say($"\nNext: almagest discover anomalies --dataset {Quote(report.Dataset.Name)}");
    }

    /// <param name="mapping">lines such as <c>ra_deg ← RAJ2000</c></param>
    public static void ShowMapping(IAnsiConsole console, IEnumerable<string> mapping)
    {
        console.Say("\nColumns as they were taken:");
        console.Facts([.. mapping.Select(line => line.Split(" ← ", 2) is [var field, var source] ? (field, (string?)source) : (line, ""))]);
    }

    public static void ShowRejected(IAnsiConsole console, IReadOnlyList<RejectedRowResource> rows, long total, int most)
    {
        if (total == 0)
        {
            console.Say("\nNo row was rejected.");
            return;
        }
        var shown = rows.Take(most).ToList();
        console.Say(
            $"\n{ConsoleText.Plural(total, "row was", "rows were")} "
                + $"rejected{(shown.Count < total ? $"; the first {ConsoleText.Count(shown.Count)}" : "")}:"
        );
        if (shown.Count == 0)
            return;
        // Of a folder's files there are more than those that have such rows.
        var files = shown.Select(r => r.File).Distinct().Count() > 1 || shown[0].File.Contains('/', StringComparison.Ordinal);
        var table = ConsoleTables.Of([.. files ? ["file"] : Array.Empty<string>(), ">line", "field", "~found", "~reason"]);
        foreach (var row in shown)
        {
            string[] cells =
            [
                row.LineNumber.ToString(),
                row.Field.Length == 0 ? "–" : row.Field,
                ConsoleText.Clip(row.Value ?? "–", 24),
                row.Reason,
            ];
            table.Row(files ? [row.File, .. cells] : cells);
        }
        console.Write(table);
    }

    public static string Quote(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '/')
            ? name
            : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
