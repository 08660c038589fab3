using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Ledger.Access;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Views;
using Almagest.Postgres;
using Almagest.Runs.Replay;

namespace Almagest.Cli.Commands;

/// <summary>Ledgers as files: backups and exports, written, read and checked.</summary>
internal static class LedgerFiles
{
    /// <param name="purpose">of <see cref="BackupPurpose"/></param>
    /// <exception cref="CommandFailedException">the file cannot be written</exception>
    public static async Task<BackupReport> WriteAsync(CommandShell shell, LedgerDatabase ledger, string path, string purpose)
    {
        if (Directory.Exists(path))
            throw new UsageException($"{path} is a folder", "Name a file in it.", "FILE");
        try
        {
            var report = await ProgressDisplay.ShowAsync(
                shell,
                $"writing the {purpose}",
                async bar =>
                {
                    if (path != Streams.StandardInput && !FileKind.IsSpecial(path))
                        return await BackupFile.WriteAsync(ledger, FileKind.TargetOf(path), purpose, Report(bar), shell.CancellationToken);
                    await using var output =
                        path == Streams.StandardInput
                            ? Console.OpenStandardOutput()
                            : new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                    return await BackupFile.WriteAsync(ledger, output, purpose, Report(bar), shell.CancellationToken);
                }
            );
            var inFiles = (await new DatasetRepository(ledger).ListAllAsync(shell.CancellationToken)).Where(d => d.InPlace is not null);
            foreach (var dataset in inFiles)
                shell.Say($"The files of {dataset.Name}, which is read where it lies, are not in the {purpose}: keep them by other means.");
            return report;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Failure(path, e);
        }
    }

    /// <summary>The file that a command is told to read; - is the standard input.</summary>
    /// <exception cref="UsageException">there is no such file</exception>
    public static string SourceOf(ParseResult parsed, Argument<string> file)
    {
        var path = parsed.GetRequiredValue(file);
        if (path != Streams.StandardInput)
            IngestCommand.RequireFiles([path]);
        return path;
    }

    /// <summary>Reads a file, or the standard input, into an empty ledger.</summary>
    public static Task<BackupReport> ReadAsync(CommandShell shell, LedgerDatabase ledger, string path) =>
        WithAsync(
            shell,
            path,
            "reading",
            (stream, bar) => new LedgerRestore(ledger).ReadAsync(stream, Report(bar), shell.CancellationToken)
        );

    /// <summary>Reads a file to its end, without a ledger.</summary>
    public static Task<BackupReport> CheckAsync(CommandShell shell, string path) =>
        WithAsync(shell, path, "checking", (stream, bar) => LedgerFileCheck.ReadAsync(stream, Report(bar), shell.CancellationToken));

    private static async Task<BackupReport> WithAsync(
        CommandShell shell,
        string path,
        string doing,
        Func<Stream, IWorkProgress?, Task<BackupReport>> read
    )
    {
        await using var file =
            path == Streams.StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        await using var content = await BackupFile.OpenAsync(file, shell.CancellationToken);
        return await ProgressDisplay.ShowAsync(shell, doing, bar => read(content, bar));
    }

    public static SynchronousProgress<BackupProgress> Report(IWorkProgress? bar) =>
        new(p => bar?.Report($"{p.Table}, {p.Rows:N0} rows", null));

    /// <summary>Checks what was read against the results and their hashes, and answers.</summary>
    /// <param name="done">what was done, a word</param>
    public static async Task<int> AnswerAsync(CommandShell shell, LedgerDatabase ledger, BackupReport report, string done)
    {
        var views = await ProgressDisplay.ShowAsync(
            shell,
            "checking the views",
            _ => new ViewVerifier(ledger).VerifyAsync(cancellationToken: shell.CancellationToken)
        );
        var runs = await ProgressDisplay.ShowAsync(
            shell,
            "checking the runs",
            bar =>
                new RunIntegrity(ledger).CheckAsync(
                    new SynchronousProgress<double>(share => bar?.Report("checking the runs", share)),
                    shell.CancellationToken
                )
        );
        var tokens = await new AccessTokens(ledger).ListAsync(shell.CancellationToken);
        var shared = await ResultFolders.SharedAsync(ledger, shell.CancellationToken);
        var wrong = views.Where(v => !v.Agrees).Select(v => v.ViewName).ToList();
        shell.Answer(
            new
            {
                report.Tables,
                report.Rows,
                purpose = report.Header.Purpose ?? BackupPurpose.Backup,
                catalogues = report.Header.Catalogues,
                written_by = report.Header.Program,
                written_at = report.Header.CreatedAt,
                view_mode = report.Header.ViewMode,
                views_verified = views.Count - wrong.Count,
                views_wrong = wrong,
                runs_intact = runs.Intact,
                runs_without_hash = runs.Unknown,
                runs_changed = runs.Changed,
                runs_without_files = runs.WithoutFiles,
                runs_with_shared_files = shared,
                tokens = tokens.Select(t => t.Name).ToList(),
            },
            console =>
            {
                console.Say(
                    $"{done} {ConsoleText.Plural(report.Rows, "row", "rows")} of "
                        + $"{ConsoleText.Plural(report.Tables, "table", "tables")}, written by Almagest {report.Header.Program} on "
                        + $"{report.Header.CreatedAt:yyyy-MM-dd HH:mm} UTC."
                );
                LedgerCommands.ShowCatalogues(console, report.Header);
                console.Say(
                    wrong.Count == 0
                        ? $"All {views.Count} views agree with the results."
                        : $"These views do not agree with the results: {string.Join(", ", wrong)}. Refresh them: almagest views refresh"
                );
                if (runs.Changed.Count == 0)
                    console.Say(
                        $"{ConsoleText.Plural(runs.Intact, "run has", "runs have")} the results that were stored, to the last bit."
                    );
                else
                    console.Say($"Runs whose results are not those that were stored: {string.Join(", ", runs.Changed)}.");
                if (tokens.Count > 0)
                    console.Say(
                        $"{ConsoleText.Plural(tokens.Count, "access token lets", "access tokens let")} people in to this ledger: "
                            + $"{string.Join(", ", tokens.Select(t => $"{t.Name} ({t.Scope})"))}. "
                            + "Take away those that should not: almagest tokens revoke NAME"
                    );
                if (runs.WithoutFiles.Count > 0)
                    console.Say(
                        $"The results of {ConsoleText.Plural(runs.WithoutFiles.Count, "run", "runs")} are in files that are not in the "
                            + "folder for results here: copy those folders there, with ALMAGEST_RESULTS or the setting results."
                    );
                if (shared.Count > 0)
                    console.Say(
                        $"The files with the results of {ConsoleText.Plural(shared.Count, "run", "runs")} are another ledger's, too, "
                            + "and go when neither has the run. Where that ledger is no more: almagest ledger take-results"
                    );
                if (runs.Unknown > 0)
                    console.Say($"{ConsoleText.Plural(runs.Unknown, "run", "runs")} of an older program had no hash to check.");
            }
        );
        return wrong.Count + runs.Changed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
