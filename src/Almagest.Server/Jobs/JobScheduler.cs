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
    LedgerDatabase ledger,
    WritableLedger writable,
    IHostApplicationLifetime lifetime,
    ILogger<JobScheduler> logger
) : ServerJob(writable, lifetime, logger)
{
    public const string SchedulerName = "almagest";
    public const string TablePrefix = "jobs.qrtz_";

    // Nothing here is urgent: an idle server asks the store a few times a minute. What it schedules itself, it notices at once.
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_checkIn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_historyKept = TimeSpan.FromDays(90);

    // At a start, a firing this much ago was missed; it is far above the time between two looks.
    private static readonly TimeSpan s_missed = TimeSpan.FromMinutes(1);

    public static void AddTo(IServiceCollection services, IReadOnlyList<ScheduledJob> jobs)
    {
        if (jobs.Count > 0)
            services.AddSingleton(jobs).AddHostedService<JobScheduler>();
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        await using var running = await StartSchedulerAsync(stoppingToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
        finally
        {
            // The host's ShutdownTimeout bounds the wait for the jobs, which have been asked to stop.
            await running.Scheduler.Shutdown(true, CancellationToken.None);
        }
    }

    private async Task<RunningScheduler> StartSchedulerAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            // A scheduler that could not start has shut itself down for good, and with it all that was built for it.
            var parts = Parts();
            try
            {
                var scheduler = await parts.GetRequiredService<ISchedulerFactory>().GetScheduler(stoppingToken);
                foreach (var job in jobs)
                    await RegisterAsync(scheduler, job, stoppingToken);
                await scheduler.Start(stoppingToken);
                if (backoff.Reset() is { } away)
                    logger.LogWarning("The scheduled jobs have started, after {Seconds} s", Math.Round(away.TotalSeconds, 1));
                return new RunningScheduler(scheduler, parts);
            }
            catch (Exception e)
            {
                await DisposeAsync(parts);
                if (e is not (SchedulerException or NpgsqlException or LedgerException))
                    throw;
                if (await Writable.OutwaitAsync(e, stoppingToken))
                    continue;
                // The database is away for a moment, or another server registers the same at this moment.
                var wait = backoff.Next();
                logger.LogWarning("The scheduled jobs cannot start: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
                await Task.Delay(wait, stoppingToken);
            }
        }
    }

    /// <summary>What one scheduler is made of; its jobs are built from the services of the server.</summary>
    private ServiceProvider Parts()
    {
        var parts = new ServiceCollection();
        parts.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        parts.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        parts.AddQuartz(quartz =>
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
        parts.AddQuartzExecutionHistory(o => o.Retention = s_historyKept);
        foreach (var work in jobs.Select(j => j.Work).Distinct())
            parts.AddTransient(work, _ => ActivatorUtilities.CreateInstance(services, work));
        return parts.BuildServiceProvider();
    }

    private async Task DisposeAsync(ServiceProvider parts)
    {
        try
        {
            await parts.DisposeAsync();
        }
        catch (Exception e) when (e is SchedulerException or NpgsqlException)
        {
            logger.LogDebug("A scheduler that could not start did not end well: {Reason}", e.Message);
        }
    }

    private sealed record RunningScheduler(IScheduler Scheduler, ServiceProvider Parts) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Parts.DisposeAsync();
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
