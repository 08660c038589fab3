using System.CommandLine;
using Almagest.Cli.Configuration;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>ledger export</c>, <c>import</c> and <c>verify</c>: a ledger that goes to another place.</summary>
internal static class LedgerCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "ledger",
            "Take a ledger to another place: catalogues, runs, results, labels, notes, in one file",
            "almagest ledger export pleiades.ledger",
            "almagest ledger import pleiades.ledger --database postgresql://me@server/almagest",
            "almagest ledger export --to postgresql://me@server/almagest",
            "almagest ledger verify pleiades.ledger",
            "almagest ledger take-results"
        )
        {
            Export(shell, global),
            Import(shell, global),
            Verify(shell),
            TakeResults(shell, global),
        };

    private static DescribedCommand Export(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "The file to write, compressed; - = the standard output. None with --to",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var to = OptionFactory.Text(
            "--to",
            "CONN",
            "Write into this empty database instead, and check it there: from the embedded ledger to a server in one command"
        );
        var command = new DescribedCommand(
            "export",
            "Write the ledger into one file for another place, or into another database, while it stays in use",
            "almagest ledger export pleiades.ledger",
            "almagest ledger export - | ssh server almagest ledger import -",
            "almagest ledger export --to postgresql://me@server/almagest"
        )
        {
            file,
            to,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(file);
                var target = parsed.GetValue(to);
                if ((path is null) == (target is null))
                    throw new UsageException(
                        path is null ? "FILE is missing" : "FILE and --to are two targets",
                        "Write: almagest ledger export FILE, or --to with the connection of an empty database.",
                        "FILE"
                    );
                if (path == Streams.StandardInput && shell.Json)
                    throw new UsageException("--json and - both want the standard output", "Leave one of them out.", "--json");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                if (target is not null)
                    return await CopyAsync(shell, session.Ledger, target);
                var report = await LedgerFiles.WriteAsync(shell, session.Ledger, path!, BackupPurpose.Export);
                if (path == Streams.StandardInput)
                {
                    shell.Say($"Wrote {ConsoleText.Plural(report.Rows, "row", "rows")}.");
                    return ExitCodes.Done;
                }
                var bytes = new FileInfo(path!).Length;
                shell.Answer(
                    Document(report, path, bytes),
                    console =>
                    {
                        console.Say(
                            $"Wrote {Contents(report.Header)} into {path} ({ConsoleText.Bytes(bytes)}). Read it into an empty ledger: "
                                + $"almagest ledger import {path}"
                        );
                        ShowCatalogues(console, report.Header);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<int> CopyAsync(CommandShell shell, LedgerDatabase from, string target)
    {
        await using var other = new LedgerDatabase(ConnectionText.ToNpgsql(target))
        {
            ReservedBytes = shell.Get<ProgramSettings>().ReservedBytes,
            ResultsFolder = shell.Get<ProgramSettings>().ResultsFolder,
        };
        var report = await ProgressDisplay.ShowAsync(
            shell,
            "copying",
            bar => BackupFile.CopyAsync(from, other, LedgerFiles.Report(bar), shell.CancellationToken)
        );
        return await LedgerFiles.AnswerAsync(shell, other, report, "Copied");
    }

    private static DescribedCommand Import(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string>("FILE")
        {
            Description =
                "What 'almagest ledger export' or 'almagest backup' wrote, with this program or an older one; - = the standard input",
        };
        var command = new DescribedCommand(
            "import",
            "Read an export into an empty ledger, then check its views and the hash of every run; one that holds runs is refused",
            "almagest ledger import pleiades.ledger --database postgresql://me@server/almagest",
            "almagest ledger import pleiades.ledger --database 'Host=server;Database=almagest;Username=me'"
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = LedgerFiles.SourceOf(parsed, file);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                var report = await LedgerFiles.ReadAsync(shell, session.Ledger, path);
                return await LedgerFiles.AnswerAsync(shell, session.Ledger, report, "Imported");
            }
        );
        return command;
    }

    private static DescribedCommand Verify(CommandShell shell)
    {
        var file = new Argument<string>("FILE") { Description = "An export or a backup; - = the standard input" };
        var command = new DescribedCommand(
            "verify",
            "Check that an export or a backup is whole and unchanged, and say what it holds; needs no database",
            "almagest ledger verify pleiades.ledger"
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = LedgerFiles.SourceOf(parsed, file);
                var report = await LedgerFiles.CheckAsync(shell, path);
                shell.Answer(
                    Document(report, path, null),
                    console =>
                    {
                        console.Say(
                            $"{path} is whole: {Contents(report.Header)}, {ConsoleText.Plural(report.Rows, "row", "rows")} of "
                                + $"{ConsoleText.Plural(report.Tables, "table", "tables")}, written by Almagest {report.Header.Program} on "
                                + $"{report.Header.CreatedAt:yyyy-MM-dd HH:mm} UTC."
                        );
                        ShowCatalogues(console, report.Header);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand TakeResults(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "take-results",
            "Say that the files with the results of this ledger's runs are no other ledger's: that from which it was restored is no more",
            "almagest ledger take-results"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var taken = await ResultFolders.TakeAsync(session.Ledger, shell.CancellationToken);
                var folder = session.Ledger.ResultsFolder;
                shell.Answer(
                    new { folder, runs = taken },
                    console =>
                        console.Say(
                            taken.Count == 0
                                ? $"No files with results in {folder} are to be taken: those of this ledger's runs are its alone."
                                : $"The files with the results of {ConsoleText.Plural(taken.Count, "run", "runs")} in {folder} are this "
                                    + "ledger's alone, and go with their runs."
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static string Contents(BackupHeader header) =>
        header is { Catalogues: { } catalogues, Runs: { } runs }
            ? $"{ConsoleText.Plural(catalogues.Count, "catalogue", "catalogues")} and {ConsoleText.Plural(runs.Count, "run", "runs")}"
            : "a backup";

    private static object Document(BackupReport report, string? path, long? bytes) =>
        new
        {
            file = path,
            bytes,
            report.Tables,
            report.Rows,
            purpose = report.Header.Purpose ?? BackupPurpose.Backup,
            schema = report.Header.Schema,
            view_mode = report.Header.ViewMode,
            written_by = report.Header.Program,
            created_at = report.Header.CreatedAt,
            catalogues = report.Header.Catalogues,
            runs = report.Header.Runs,
        };

    /// <summary>The catalogues of an export with their checksums; nothing of a backup.</summary>
    public static void ShowCatalogues(IAnsiConsole console, BackupHeader header)
    {
        if (header.Catalogues is not { Count: > 0 } catalogues)
            return;
        var table = ConsoleTables.Of("catalogue", ">stars", "SHA-256 of its files");
        foreach (var catalogue in catalogues)
            table.Row(ConsoleText.Clip(catalogue.Name, 28), ConsoleText.Count(catalogue.Stars), ConsoleText.Clip(catalogue.Checksum, 33));
        console.Write(table);
    }
}
