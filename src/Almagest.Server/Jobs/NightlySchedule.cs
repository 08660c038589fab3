using Almagest.Ledger;
using Cronos;

namespace Almagest.Server.Jobs;

/// <summary>When the nightly refresh is due.</summary>
internal sealed record NightlySchedule(CronExpression Cron, TimeZoneInfo Zone)
{
    /// <returns>null where the expression is null: never</returns>
    /// <exception cref="LedgerException">no cron expression, or no time zone</exception>
    public static NightlySchedule? Parse(string? cron, string zone)
    {
        if (cron is null) return null;
        try
        {
            var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            return new NightlySchedule(CronExpression.Parse(cron, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard), TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
        catch (CronFormatException e)
        {
            throw new LedgerException(LedgerErrorKind.Invalid, $"'{cron}' is no cron expression: {e.Message}",
                "Write five fields, minute hour day month weekday, e.g. '0 2 * * *' for 02:00 every night.", e) { Field = "nightly" };
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new LedgerException(LedgerErrorKind.Invalid, $"this machine knows no time zone '{zone}'", "Write UTC, or a name such as Europe/Berlin.", e) { Field = "time_zone" };
        }
    }

    public DateTimeOffset? Next(DateTimeOffset after) => Cron.GetNextOccurrence(after, Zone);
}
