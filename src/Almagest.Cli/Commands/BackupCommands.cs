using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Backup;

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
                var report = await LedgerFiles.WriteAsync(shell, session.Ledger, path, BackupPurpose.Backup);
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
                var report = await LedgerFiles.ReadAsync(shell, session.Ledger, path);
                return await LedgerFiles.AnswerAsync(shell, session.Ledger, report, "Restored");
            }
        );
        return command;
    }
}
