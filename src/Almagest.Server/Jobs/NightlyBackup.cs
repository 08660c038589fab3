using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>Writes a backup of the ledger into a folder on the schedule of the night, and keeps the newest few.</summary>
[DisallowConcurrentExecution]
internal sealed class NightlyBackup(LedgerDatabase ledger, ServerOptions options, ILogger<NightlyBackup> logger) : IJob
{
    public const string Name = "nightly-backup";

    private const string Pattern = "almagest-????????T??????Z.backup";

    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    public static ScheduledJob JobBy(JobSchedule schedule) =>
        new(new JobKey(Name, "backups"), typeof(NightlyBackup), "Writes a backup of the ledger", schedule);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (options.BackupFolder is not { } folder)
        {
            // Whoever reads the list of jobs must not believe that there is a backup.
            context.Result = JobRunReport.Failed("no backup was written: this server of the fleet was started without a folder for them");
            return;
        }
        try
        {
            Directory.CreateDirectory(folder);
            RemoveAbandoned(folder);
            var name = string.Create(CultureInfo.InvariantCulture, $"almagest-{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}.backup");
            var path = Path.Combine(folder, name);
            var report = await BackupFile.WriteAsync(ledger, path, BackupPurpose.Backup, null, cancellationToken);
            var removed = RemoveOld(folder);
            context.Result = JobRunReport.Succeeded(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {CountText.Of(report.Rows, "row", "rows")}, {new FileInfo(path).Length} bytes; {removed} older removed"
                )
            );
        }
        catch (Exception e) when (e is LedgerException or IOException or UnauthorizedAccessException)
        {
            var why = e is LedgerException ? e.Message : $"the folder {folder} cannot be written, or its disk is full";
            logger.LogError(e, "The nightly backup was not written: {Reason}", why);
            context.Result = JobRunReport.Failed($"no backup was written: {why}");
        }
    }

    // What a server left behind that was killed while it wrote: nobody has written to it for long.
    private static void RemoveAbandoned(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, Pattern + BackupFile.Partial))
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > s_abandoned)
                File.Delete(file);
    }

    // Only after a new one is whole, and only what has our name.
    private int RemoveOld(string folder)
    {
        var old = Directory.GetFiles(folder, Pattern).OrderDescending(StringComparer.Ordinal).Skip(options.BackupsKept).ToList();
        foreach (var file in old)
            File.Delete(file);
        return old.Count;
    }
}
