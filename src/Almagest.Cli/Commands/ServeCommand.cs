using System.CommandLine;
using Almagest.Cli.Configuration;
using Almagest.Cli.Serving;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Microsoft.Extensions.Logging;

namespace Almagest.Cli.Commands;

/// <summary><c>serve</c>: migrates, then serves until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var options = new ServingOptions();
        var access = new AccessSettings();
        var nightly = OptionFactory.Text(
            "--nightly",
            "CRON",
            "When all views are refreshed (default '0 2 * * *': every night at two); the servers of a fleet share it"
        );
        var zone = OptionFactory.Text(
            "--time-zone",
            "ZONE",
            $"Time zone of --nightly, e.g. Europe/Berlin (default {ServingPlan.DefaultZone})"
        );
        var noNightly = OptionFactory.Flag("--no-nightly", "This server takes no part in the nightly refresh");
        var backups = OptionFactory.Text(
            "--backup-folder",
            "FOLDER",
            "Write a backup of the ledger into this folder, too, at the time of --nightly (default: none)"
        );
        var kept = OptionFactory.Whole(
            "--backups-kept",
            "N",
            $"Backups that are kept in --backup-folder, the newest (default {ServingPlan.DefaultBackups})",
            1,
            10_000
        );
        var threads = OptionFactory.Whole("--threads", "N", "Threads of one run (default: one per core)", 1, 1024);
        var workers = OptionFactory.Whole(
            "--workers",
            "N",
            $"Runs worked on at once; 0 = this server only answers. Servers on one database share the queue (default "
                + $"{ServingPlan.DefaultWorkers})",
            0,
            256
        );
        var longest = OptionFactory.Whole(
            "--longest-run",
            "MINUTES",
            $"How long a worker may be at one run before it fails (default {ServingPlan.DefaultLongestRun.TotalMinutes})",
            1,
            100_000
        );
        var waiting = OptionFactory.Whole(
            "--most-waiting-runs",
            "N",
            $"Runs of one person that may wait at once (default {ServingPlan.DefaultWaitingRuns})",
            1,
            1_000_000
        );
        var uploads = OptionFactory.Whole(
            "--most-uploads",
            "N",
            $"Files that one person may send at once (default {ServingPlan.DefaultUploads})",
            1,
            10_000
        );
        var uploaded = OptionFactory.Whole(
            "--upload-quota",
            "MIB",
            $"What one person may send within a day (default {ServingPlan.DefaultUploadMebibytes})",
            1,
            1L << 40
        );
        var readDatabase = OptionFactory.Text(
            SettingCatalogue.ReadDatabase,
            "CONN",
            "A standby of the database, from which views, TAP, cone searches and comparisons are read (default: the database itself)"
        );
        var level = OptionFactory.Choice(
            "--log-level",
            "The least important lines of the log on standard error (default warning); information has one for each request",
            LogSettings.Levels
        );
        var format = OptionFactory.Choice(
            "--log-format",
            "Lines of the log: text, or JSON for programs (default text)",
            LogSettings.Formats
        );
        var command = new DescribedCommand(
            SettingCatalogue.Serve,
            "Serve the HTTP API and its pages, and work on the runs asked for there",
            "almagest serve",
            "almagest serve --port 8080 --bind 0.0.0.0 --certificate server.pem --certificate-key server.key",
            "almagest serve --trusted-proxy 127.0.0.1 --allowed-host stars.example.org",
            "almagest serve --nightly '30 3 * * *' --time-zone Europe/Berlin --database postgresql://me@server/almagest"
        )
        {
            options.Port,
            options.Bind,
            nightly,
            zone,
            noNightly,
            backups,
            kept,
            workers,
            threads,
            longest,
            waiting,
            uploads,
            uploaded,
            readDatabase,
            level,
            format,
        };
        foreach (var option in access.All)
            command.Add(option);
        command.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(noNightly) && parsed.GetValue(nightly) is not null)
                    throw new UsageException("--nightly and --no-nightly exclude each other", "Give one of them.", "--nightly");
                if (parsed.GetValue(noNightly) && parsed.GetValue(zone) is not null)
                    throw new UsageException("--time-zone and --no-nightly exclude each other", "Give one of them.", "--time-zone");
                var folder = parsed.GetValue(backups);
                if (parsed.GetValue(noNightly) && folder is not null)
                    throw new UsageException("--backup-folder and --no-nightly exclude each other", "Give one of them.", "--backup-folder");
                if (parsed.GetValue(kept) is not null && folder is null)
                    throw new UsageException("--backups-kept goes with --backup-folder", "Name the folder, too.", "--backups-kept");
                shell.LogsJson = parsed.GetValue(format) == "json";
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.Migrate, isService: true);
                await using var reading = await ReadDatabase.OpenAsync(parsed.GetValue(readDatabase), session.Ledger, shell);
                var plan = new ServingPlan(options.PortOf(parsed), options.BindOf(parsed))
                {
                    Access = access.Read(parsed),
                    NightlyCron = parsed.GetValue(noNightly) ? null : parsed.GetValue(nightly) ?? ServingPlan.DefaultCron,
                    TimeZone = parsed.GetValue(zone) ?? ServingPlan.DefaultZone,
                    BackupFolder = folder is null ? null : Path.GetFullPath(folder),
                    BackupsKept = (int)(parsed.GetValue(kept) ?? ServingPlan.DefaultBackups),
                    Threads = (int)(parsed.GetValue(threads) ?? 0),
                    Workers = (int)(parsed.GetValue(workers) ?? ServingPlan.DefaultWorkers),
                    LongestRun = parsed.GetValue(longest) is { } minutes ? TimeSpan.FromMinutes(minutes) : ServingPlan.DefaultLongestRun,
                    MostWaitingRuns = (int)(parsed.GetValue(waiting) ?? ServingPlan.DefaultWaitingRuns),
                    MostUploads = (int)(parsed.GetValue(uploads) ?? ServingPlan.DefaultUploads),
                    MostUploadBytesADay = (parsed.GetValue(uploaded) ?? ServingPlan.DefaultUploadMebibytes) << 20,
                    ReadLedger = reading,
                    Log = new LogSettings(
                        parsed.GetValue(level) is { } least ? Enum.Parse<LogLevel>(least, ignoreCase: true) : LogSettings.Default.Least,
                        parsed.GetValue(format) == "json"
                    ),
                };
                await using var server = await RunningServer.StartAsync(session, plan, shell);
                shell.Answer(server.Document, server.Show);
                await server.UntilStoppedAsync();
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
