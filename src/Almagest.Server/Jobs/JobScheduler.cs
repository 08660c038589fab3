using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>A job that the database remembers.</summary>
/// <param name="Work">an <see cref="IJob"/>, built by the container for each execution</param>
/// <param name="Schedule">null = it is started by hand or by others</param>
internal sealed record ScheduledJob(JobKey Key, Type Work, string Description, JobSchedule? Schedule);

/// <summary>
/// The scheduler whose store is the database (schema <c>jobs</c>): each firing is executed by one server of a fleet, a firing that no
/// server was there for is caught up once when one starts, and a firing whose server died is executed by another.
/// </summary>
internal sealed class JobScheduler(
    IServiceProvider services,
    IReadOnlyList<ScheduledJob> jobs,
    IHostApplicationLifetime lifetime,
    ILogger<JobScheduler> logger
) : ServerJob(lifetime, logger)
{
    public const string SchedulerName = "almagest";
    public const string TablePrefix = "jobs.qrtz_";

    // Nothing here is urgent: an idle server asks the store a few times a minute. What it schedules itself, it notices at once.
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_checkIn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_historyKept = TimeSpan.FromDays(90);

    // At a start, a firing this much ago was missed; it is far above the time between two looks.
    private static readonly TimeSpan s_missed = TimeSpan.FromMinutes(1);

    public static void AddTo(IServiceCollection services, LedgerDatabase ledger, IReadOnlyList<ScheduledJob> jobs)
    {
        if (jobs.Count == 0)
            return;
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(o =>
            {
                o.InstanceName = SchedulerName;
                o.GenerateInstanceId = true;
                o.IdleWaitTime = s_lookAgain;
                o.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(4);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(o => o.DataSourceFactory = _ => ledger.DataSource);
                store.UseClustering(o => o.CheckinInterval = s_checkIn);
                store.UseExecutionHistory();
                store.ConfigureStore(o =>
                {
                    o.TablePrefix = TablePrefix;
                    o.StoreJobDataAsStrings = true;
                    o.MisfireThreshold = s_missed;
                    // A stopping server hands its work back, as a dead one's is taken over.
                    o.RecoverFiringsCancelledByShutdown = true;
                });
            });
        });
        services.AddQuartzExecutionHistory(o => o.Retention = s_historyKept);
        foreach (var job in jobs)
            services.AddTransient(job.Work);
        services.AddSingleton(jobs).AddHostedService<JobScheduler>();
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        var scheduler = await StartSchedulerAsync(stoppingToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
        finally
        {
            // The host's ShutdownTimeout bounds the wait for the jobs, which have been asked to stop.
            await scheduler.Shutdown(true, CancellationToken.None);
        }
    }

    private async Task<IScheduler> StartSchedulerAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler(stoppingToken);
                foreach (var job in jobs)
                    await RegisterAsync(scheduler, job, stoppingToken);
                await scheduler.Start(stoppingToken);
                return scheduler;
            }
            catch (Exception e) when (e is SchedulerException or NpgsqlException or LedgerException)
            {
                // The database is away for a moment, or another server registers the same at this moment.
                var wait = backoff.Next();
                logger.LogWarning("The scheduled jobs cannot start: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
                await Task.Delay(wait, stoppingToken);
            }
        }
    }

    // A trigger that stands as it should is left alone: it knows which firing is due next, and whether that was missed.
    private static async Task RegisterAsync(IScheduler scheduler, ScheduledJob job, CancellationToken stoppingToken)
    {
        var detail = JobBuilder
            .Create()
            .OfType(job.Work)
            .WithIdentity(job.Key)
            .WithDescription(job.Description)
            .StoreDurably(true)
            .RequestRecovery(true)
            .Build();
        await scheduler.AddJob(detail, AddJobOptions.Replacing, stoppingToken);
        if (job.Schedule is not { } schedule)
            return;
        var key = new TriggerKey(job.Key.Name, job.Key.Group);
        var standing = await scheduler.GetTrigger(key, stoppingToken) as ICronTrigger;
        if (
            standing is not null
            && standing.CronExpressionString == schedule.Cron.CronExpressionString
            && standing.TimeZone.Id == schedule.Zone.Id
        )
            return;
        var trigger = TriggerBuilder
            .Create()
            .WithIdentity(key)
            .ForJob(job.Key)
            .WithDescription(schedule.Text)
            .WithSchedule(
                CronScheduleBuilder
                    .Create(schedule.Cron)
                    .InTimeZone(schedule.Zone)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)
            )
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, stoppingToken);
    }
}
