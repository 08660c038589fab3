using System.CommandLine;
using System.IO.Compression;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Runs.Replay;

namespace Almagest.Cli.Commands;

/// <summary><c>backup</c> and <c>restore</c>: a whole ledger in one file.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string>("FILE") { Description = "The file to write; it is compressed, whatever its name" };
        var command = new DescribedCommand(
            "backup",
            "Write the whole ledger into one file, while it stays in use",
            "almagest backup ledger-2026-11-29.backup",
            "almagest backup /mnt/safe/ledger.backup --database postgresql://me@server/almagest"
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(file);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var report = await WriteAsync(shell, session.Ledger, path);
                var bytes = new FileInfo(path).Length;
                shell.Answer(
                    new
                    {
                        file = Path.GetFullPath(path),
                        bytes,
                        report.Tables,
                        report.Rows,
                        schema = report.Header.Schema,
                        view_mode = report.Header.ViewMode,
                        created_at = report.Header.CreatedAt,
                    },
                    console =>
                        console.Say(
                            $"Wrote {ConsoleText.Plural(report.Rows, "row", "rows")} of "
                                + $"{ConsoleText.Plural(report.Tables, "table", "tables")} "
                                + $"into {path} ({ConsoleText.Bytes(bytes)}). Restore it into an empty ledger: almagest restore {path}"
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    public static Command CreateRestore(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string>("FILE") { Description = "What 'almagest backup' wrote, with this program or an older one" };
        var command = new DescribedCommand(
            "restore",
            "Read a backup into an empty ledger, then check its views and the hash of every run",
            "almagest restore ledger.backup",
            "almagest restore ledger.backup --database postgresql://me@server/almagest"
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(file);
                IngestCommand.RequireFiles([path]);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                var report = await ReadAsync(shell, session.Ledger, path);
                var views = await ProgressDisplay.ShowAsync(
                    shell,
                    "checking the views",
                    _ => new ViewVerifier(session.Ledger).VerifyAsync(cancellationToken: shell.CancellationToken)
                );
                var runs = await ProgressDisplay.ShowAsync(
                    shell,
                    "checking the runs",
                    bar =>
                        new RunIntegrity(session.Ledger).CheckAsync(
                            new SynchronousProgress<double>(share => bar?.Report("checking the runs", share)),
                            shell.CancellationToken
                        )
                );
                var wrong = views.Where(v => !v.Agrees).Select(v => v.ViewName).ToList();
                shell.Answer(
                    new
                    {
                        report.Tables,
                        report.Rows,
                        written_by = report.Header.Program,
                        written_at = report.Header.CreatedAt,
                        view_mode = report.Header.ViewMode,
                        views_verified = views.Count - wrong.Count,
                        views_wrong = wrong,
                        runs_intact = runs.Intact,
                        runs_without_hash = runs.Unknown,
                        runs_changed = runs.Changed,
                    },
                    console =>
                    {
                        console.Say(
                            $"Restored {ConsoleText.Plural(report.Rows, "row", "rows")} of "
                                + $"{ConsoleText.Plural(report.Tables, "table", "tables")}, written by Almagest {report.Header.Program} on "
                                + $"{report.Header.CreatedAt:yyyy-MM-dd HH:mm} UTC."
                        );
                        console.Say(
                            wrong.Count == 0
                                ? $"All {views.Count} views agree with the results."
                                : $"These views do not agree with the results: {string.Join(", ", wrong)}. Refresh them: "
                                    + "almagest views refresh"
                        );
                        if (runs.Changed.Count == 0)
                            console.Say(
                                $"{ConsoleText.Plural(runs.Intact, "run has", "runs have")} the results that were stored, to the last bit."
                            );
                        else
                            console.Say($"Runs whose results are not those that were stored: {string.Join(", ", runs.Changed)}.");
                        if (runs.Unknown > 0)
                            console.Say($"{ConsoleText.Plural(runs.Unknown, "run", "runs")} of an older program had no hash to check.");
                    }
                );
                return wrong.Count + runs.Changed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
            }
        );
        return command;
    }

    private static async Task<BackupReport> WriteAsync(CommandShell shell, LedgerDatabase ledger, string path)
    {
        if (Directory.Exists(path))
            throw new UsageException($"{path} is a folder", "Name a file in it.", "FILE");
        try
        {
            return await ProgressDisplay.ShowAsync(
                shell,
                "writing the backup",
                bar => BackupFile.WriteAsync(ledger, path, Report(bar), shell.CancellationToken)
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Failure(path, e);
        }
    }

    private static async Task<BackupReport> ReadAsync(CommandShell shell, LedgerDatabase ledger, string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        var magic = new byte[2];
        var isPacked =
            await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, shell.CancellationToken) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        await using var unpacked = isPacked ? new GZipStream(file, CompressionMode.Decompress) : null;
        return await ProgressDisplay.ShowAsync(
            shell,
            "restoring",
            bar => new LedgerRestore(ledger).ReadAsync((Stream?)unpacked ?? file, Report(bar), shell.CancellationToken)
        );
    }

    private static SynchronousProgress<BackupProgress> Report(IWorkProgress? bar) =>
        new(p => bar?.Report($"{p.Table}, {p.Rows:N0} rows", null));
}
