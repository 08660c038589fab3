using Almagest.Contract.Errors;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>When something is due: a cron expression and its time zone.</summary>
/// <param name="Text">the expression as it was given</param>
internal sealed record JobSchedule(string Text, CronExpression Cron, TimeZoneInfo Zone)
{
    /// <returns>null where the expression is null: never</returns>
    /// <exception cref="LedgerException">no cron expression (named by the field), or no time zone</exception>
    public static JobSchedule? Parse(string? cron, string zone, string field)
    {
        if (cron is null)
            return null;
        try
        {
            return new JobSchedule(cron, Read(cron), TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw LedgerException.Of(
                ErrorCode.InvalidValue,
                $"'{cron}' is not a cron expression: {e.Message}",
                "Write five fields, minute hour day month weekday, e.g. '0 2 * * *' for 02:00 every night.",
                field,
                e
            );
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw LedgerException.Of(
                ErrorCode.InvalidValue,
                $"this machine knows no time zone '{zone}'",
                "Write UTC, or a name such as Europe/Berlin.",
                "time_zone",
                e
            );
        }
    }

    public DateTimeOffset? Next(DateTimeOffset after) => Cron.WithTimeZone(Zone).GetNextValidTimeAfter(after);

    // Five fields are crontab's, weekdays 0-7 from Sunday. The scheduler's own dialect counts them from 1: six fields are therefore read
    // as crontab's five, and the seconds put before them.
    private static CronExpression Read(string cron)
    {
        var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
            return CronExpression.Parse(cron, CronFormat.Unix);
        var five = CronExpression.Parse(string.Join(' ', fields[1..]), CronFormat.Unix).CronExpressionString;
        return CronExpression.Parse($"{fields[0]} {five[(five.IndexOf(' ', StringComparison.Ordinal) + 1)..]}");
    }
}
